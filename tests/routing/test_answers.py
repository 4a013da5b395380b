"""Who of us is told that somebody answered: whoever has the lead, or else whose they are."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects import timeline
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.timeline import Fact
from routing import answers
from routing.lives import NoticeKind
from routing.rows import NoticeRow
from tests.routing.office import arrive, handoff, look, three_reps, who


def answered(session: Session, at: datetime, *people: ProspectId) -> list[str]:
    facts = [
        Fact(prospect_id=each, kind=Kind.REPLY, happened_at=at, source="in", key=uuid4().hex)
        for each in people
    ]
    timeline.record(session, facts, at)
    acts = session.execute(select(ActivityRow).where(ActivityRow.kind == Kind.REPLY)).scalars()
    return [f"{each.prospect_id}/{each.id}" for each in acts]


def told(session: Session) -> dict[tuple[object, object], object]:
    rows = session.execute(select(NoticeRow).where(NoticeRow.kind == NoticeKind.ANSWERED)).scalars()
    return {(each.prospect_id, each.handoff_id): each.member_id for each in rows}


def test_each_answer_of_a_batch_is_told_to_whom_it_concerns(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    lead, owned, alone, absorbed = arrive(
        session, now, "a@one.example", "b@two.example", "c@three.example", "a@gmail.com"
    )
    look(session, now, lead)
    own = update(ProspectRow).where(ProspectRow.id == owned)
    session.execute(own.values(owner_id=who(session, "cid").id))
    one = update(ProspectRow).where(ProspectRow.id == absorbed)
    session.execute(one.values(absorbed_by=lead))
    refs = answered(session, now, owned, alone, absorbed)
    for _ in range(2):
        answers.heed(session, refs, now)
    hers = handoff(session, lead)
    assert told(session) == {
        (lead, hers.id): hers.rep_id,
        (owned, answers.NO_LEAD): who(session, "cid").id,
    }


def test_an_answer_of_long_ago_is_history(session: Session, now: datetime) -> None:
    three_reps(session, now)
    (lead,) = arrive(session, now, "a@one.example")
    look(session, now, lead)
    answers.heed(session, answered(session, now - timedelta(days=4), lead), now)
    assert told(session) == {}
