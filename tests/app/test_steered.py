"""What colleagues add to scores ends by itself, and who objects to being profiled is believed nothing about."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from app import pipeline
from app.merge import merge
from prospects import consents, overrides, timeline
from prospects.consents import Consent
from prospects.erasure import erase
from prospects.everything import everything
from prospects.ids import AccountId, ProspectId
from prospects.merges import Said
from prospects.message import MessageRow
from prospects.overrides import OverrideError, Wanted
from prospects.profiling import TOPIC
from prospects.rows import AssessmentRow, ProspectRow
from routing.rows import HandoffRow
from tests.app.test_pipeline import arrive, furnish

DAY = timedelta(days=1)


def at_the_fair(now: datetime, value: float = 0.8, days: int = 30) -> Wanted:
    return Wanted(value=value, reason="met at\nthe fair", until=now + days * DAY, by="Mia")


def looked_at(session: Session, who: ProspectId, now: datetime) -> ProspectRow:
    pipeline.react(session, [who], now)
    session.expire_all()
    return session.get_one(ProspectRow, who)


def last(session: Session, who: ProspectId) -> AssessmentRow:
    row = session.get_one(ProspectRow, who)
    return session.get_one(AssessmentRow, (who, row.assessment_id))


def objects(session: Session, who: ProspectId, at: datetime, *, given: bool = False) -> None:
    said = Consent(
        prospect_id=who,
        topic=TOPIC,
        given=given,
        text="said so on the phone",
        at=at,
        source="page",
        key=f"{at}",
    )
    consents.record(session, [said], at)


def test_an_override_counts_from_now_is_a_line_of_its_own_and_ends_by_itself(
    session: Session, now: datetime
) -> None:
    (ann,) = arrive(session, now, "ann")
    before = looked_at(session, ann, now).points
    overrides.add(session, ann, at_the_fair(now), now)

    row = looked_at(session, ann, now)
    assert row.points == before + 8
    lines = [each["text"] for each in last(session, ann).reasons]
    assert any(line.startswith("Mia: met at the fair (until ") for line in lines)
    assert row.look_due_at is not None
    assert row.look_due_at <= now + 30 * DAY
    assert looked_at(session, ann, now + 31 * DAY).points < before


def test_it_can_be_ended_before_its_time_and_stays_on_record(
    session: Session, now: datetime
) -> None:
    (ann,) = arrive(session, now, "ann")
    before = looked_at(session, ann, now).points
    row = overrides.add(session, ann, at_the_fair(now, -1.5), now)
    assert looked_at(session, ann, now).points == before - 15
    overrides.end(session, row, "Ida", now + DAY)
    overrides.end(session, row, "Somebody", now + 2 * DAY)
    assert (row.ended_by, row.ended_at) == ("Ida", now + DAY)
    assert session.get_one(ProspectRow, ann).steered_until is None
    told = everything(session, ann)["override"]
    assert [(each["value"], each["ended_by"]) for each in told] == [(-1.5, "Ida")]


def test_one_of_a_company_counts_for_everybody_there(session: Session, now: datetime) -> None:
    ann, bob = arrive(session, now, "ann", "bob")
    firm = session.get_one(ProspectRow, ann).account_id
    assert firm is not None
    before = looked_at(session, ann, now).points
    session.execute(update(MessageRow).values(due_at=now))
    row = overrides.add_for_company(session, AccountId(firm), at_the_fair(now, 2.0), now)
    assert looked_at(session, ann, now).points == before + 20
    assert looked_at(session, bob, now).points == before
    overrides.end(session, row, "Mia", now)
    assert looked_at(session, ann, now).points == before


def test_what_makes_no_sense_is_refused_with_the_field(session: Session, now: datetime) -> None:
    (ann,) = arrive(session, now, "ann")
    for wanted, field in (
        (at_the_fair(now, 0), "value"),
        (at_the_fair(now, 5), "value"),
        (at_the_fair(now, days=400), "until"),
        (at_the_fair(now, days=0), "until"),
        (Wanted(value=1, reason=" ", until=now + DAY, by="Mia"), "reason"),
    ):
        with pytest.raises(OverrideError) as refused:
            overrides.add(session, ann, wanted, now)
        assert refused.value.field == field


def test_nothing_more_is_read_of_people_nobody_steers(session: Session, now: datetime) -> None:
    (ann,) = arrive(session, now, "ann")
    asked: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda *told: asked.append(told[2]))
    looked_at(session, ann, now)
    assert asked
    assert not any("override" in each for each in asked)


def test_overrides_and_objections_of_who_was_absorbed_hold_for_who_stands_for_them(
    session: Session, now: datetime
) -> None:
    ann, bob = arrive(session, now, "ann", "bob")
    overrides.add(session, bob, at_the_fair(now), now)
    objects(session, bob, now)
    merge(session, ann, bob, Said(by="mia@us.example"), now)
    session.expire_all()
    row = session.get_one(ProspectRow, ann)
    assert row.steered_until == now + 30 * DAY
    assert row.unprofiled_at == now


def test_the_reason_of_an_override_goes_with_the_person(session: Session, now: datetime) -> None:
    (ann,) = arrive(session, now, "ann")
    row = overrides.add(session, ann, at_the_fair(now), now)
    erase(session, ann, now, secret="s")
    session.refresh(row)
    assert (row.reason, row.value) == ("", 0.8)


def test_who_objects_loses_score_and_claim_and_may_come_back(
    session: Session, now: datetime
) -> None:
    (ann,) = arrive(session, now, "ann")
    assert looked_at(session, ann, now).grade
    objects(session, ann, now)
    row = looked_at(session, ann, now)
    assert (row.stage, row.grade, row.score, row.warm) == (None, "", None, False)
    assert (row.points, row.fit, row.engagement) == (0, 0, 0)
    assert last(session, ann).scored_by == "no profiling"
    (seen,) = timeline.lock_and_see(session, [ann], now).snapshots
    assert not seen.profiled

    count = len(session.execute(select(AssessmentRow)).all())
    looked_at(session, ann, now + DAY)
    assert len(session.execute(select(AssessmentRow)).all()) == count

    objects(session, ann, now + 2 * DAY, given=True)
    assert looked_at(session, ann, now + 2 * DAY).grade


def test_what_they_ask_for_still_reaches_a_rep(session: Session, now: datetime) -> None:
    furnish(session, now)
    (ann,) = arrive(session, now, "ann")
    objects(session, ann, now)
    looked_at(session, ann, now)
    arrive(session, now, "ann", form="demo")
    looked_at(session, ann, now)

    handoff = session.execute(select(HandoffRow)).scalar_one()
    assert handoff.state == "offered"
    assert handoff.brief["claim"] is None
    assert handoff.brief["standing"] == {"profiled": False}


def test_refusing_all_mail_is_no_objection(session: Session, now: datetime) -> None:
    (ann,) = arrive(session, now, "ann")
    all_mail = Consent(
        prospect_id=ann, topic="*", given=False, text=None, at=now, source="page", key="k"
    )
    consents.record(session, [all_mail], now)
    assert session.get_one(ProspectRow, ann).unprofiled_at is None
