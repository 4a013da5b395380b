"""Programs that were told of a lead hear when two people are found to be one, and when they are two after all."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.merge import merge, undo
from prospects.merges import Said
from prospects.message import MessageRow
from prospects.topics import Topic
from routing.lives import HandoffState
from tests.routing import office
from webhooks import calls, happenings, hooks
from webhooks.call_rows import CallRow
from webhooks.events import Event

SAID = Said(by="mia@us.example", why="the same voice on the phone", evidence=["phone"])


def told(session: Session, now: datetime) -> list[tuple[str, str, dict[str, str]]]:
    """What a program is told of what was promised meanwhile, announced twice over as after a lost lease."""
    promised = select(MessageRow.ref).where(MessageRow.topic == Topic.ANNOUNCE)
    refs = list(session.execute(promised).scalars())
    before = set(session.execute(select(CallRow.id)).scalars())
    for _ in range(2):
        calls.announce(session, happenings.read(session, refs), now, secret=office.SECRET)
    session.execute(delete(MessageRow).where(MessageRow.topic == Topic.ANNOUNCE))
    rows = session.execute(select(CallRow).where(CallRow.id.not_in(before)).order_by(CallRow.id))
    return [
        (row.event, row.body["data"].pop("prospect"), row.body["data"]) for row in rows.scalars()
    ]


def listen(session: Session, now: datetime) -> None:
    url, secret = "https://crm.example/", hooks.fresh_secret()
    wanted = tuple(Event)
    hooks.save(
        session, "crm", now, url=url, events=wanted, secret=secret, key=office.SECRET, by="test"
    )


def test_a_lead_that_ends_because_its_person_is_another_too_is_told_of_and_so_is_that_it_goes_on(
    session: Session, now: datetime
) -> None:
    office.three_reps(session, now)
    listen(session, now)
    ann, bob = office.arrive(session, now, "ann@acme.example", "bob@gmail.com")
    office.look(session, now, ann, bob)
    assert [event for event, *_ in told(session, now)].count("handoff.offered") == 2
    leads = {who: str(office.handoff(session, who).id) for who in (ann, bob)}

    row = merge(session, ann, bob, SAID, now)
    kept, gone = (ann, bob) if row.kept_id == ann else (bob, ann)
    ((event, who, said),) = told(session, now)
    assert (event, who) == ("handoff.recycled", str(gone))
    assert said == {"handoff": leads[gone], "merged_into": str(kept)}

    later = now + timedelta(minutes=1)
    assert not undo(session, row.id, "mia", later).left
    session.expire_all()
    lead = office.handoff(session, gone)
    assert lead.state == HandoffState.OFFERED
    ((event, who, said),) = told(session, later)
    assert (event, who, said["handoff"]) == ("handoff.offered", str(gone), leads[gone])
    assert UUID(said["rep"]) == lead.rep_id

    # And once more: each time is told of by itself.
    merge(session, ann, bob, SAID, later)
    assert [event for event, *_ in told(session, later)] == ["handoff.recycled"]
