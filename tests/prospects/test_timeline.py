"""What happened is written once, seen under lock, and looked at again when due."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, unit_of_work
from prospects import beliefs, erasure, people, timeline
from prospects.histories import SEEN_AT_LEAST, SEEN_AT_MOST
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.kinds import Kind, Verdict
from prospects.message import MessageRow
from prospects.rows import ActivityRow, AssessmentRow, ProspectRow
from prospects.store import on_sqlite
from prospects.timeline import Fact
from prospects.values import Assessment, Person, Reason, StageClaim


def known(session: Session, now: datetime, *names: str) -> list[ProspectId]:
    leads = [
        Lead(
            ref=name,
            identities=(Identity("email", f"{name}@acme.example"),),
            person=Person(email=f"{name}@acme.example"),
            happened_at=now,
            domain="acme.example",
        )
        for name in names
    ]
    found = people.resolve(session, leads, now, secret="s")
    return [ProspectId(each.prospect_id) for each in found if each.prospect_id]


def view(who: ProspectId, at: datetime, key: str, **body: str) -> Fact:
    return Fact(
        prospect_id=who, kind=Kind.PAGE_VIEW, happened_at=at, source="site", key=key, body=body
    )


def test_the_same_thing_twice_is_recorded_once_and_rings_once(
    session: Session, now: datetime
) -> None:
    (ann,) = known(session, now, "ann")
    fact = view(ann, now, "site:1", page="/pricing")
    assert timeline.record(session, [fact], now) == [ann]
    assert timeline.record(session, [fact], now) == []
    assert session.execute(select(func.count()).select_from(ActivityRow)).scalar_one() == 1
    assert session.execute(select(MessageRow.ref)).scalars().all() == [str(ann)]


def test_what_a_reaction_records_itself_does_not_ring(session: Session, now: datetime) -> None:
    (ann,) = known(session, now, "ann")
    timeline.record(session, [view(ann, now, "1")], now, ring=False)
    assert session.execute(select(func.count()).select_from(MessageRow)).scalar_one() == 0


def test_a_snapshot_of_the_past_holds_only_what_was_known_then(
    session: Session, now: datetime
) -> None:
    (ann,) = known(session, now, "ann")
    timeline.record(session, [view(ann, now - timedelta(days=3), "late")], now)
    (before,) = timeline.lock_and_see(session, [ann], now - timedelta(days=1)).snapshots
    (after,) = timeline.lock_and_see(session, [ann], now).snapshots
    assert len(before.activities) == 0, "it had happened, but nobody had told us"
    assert len(after.activities) == 1


def test_activities_are_seen_in_the_order_they_happened_and_not_without_end(
    session: Session, now: datetime
) -> None:
    (ann,) = known(session, now, "ann")
    facts = [view(ann, now - timedelta(minutes=n), str(n)) for n in range(SEEN_AT_MOST + 50)]
    timeline.record(session, facts, now)
    (seen,) = timeline.lock_and_see(session, [ann], now).snapshots
    instants = [each.happened_at for each in seen.activities]
    assert instants == sorted(instants)
    assert instants[-1] == now
    assert SEEN_AT_LEAST <= len(instants) <= SEEN_AT_MOST


def test_nobody_waits_for_a_person_somebody_else_holds(database: Database, now: datetime) -> None:
    ann, bob = perform(database, lambda session: known(session, now, "ann", "bob"))
    if perform(database, on_sqlite):
        pytest.skip("SQLite has one writer: there is nobody else")
    other = threading.Event()
    with unit_of_work(database) as holder:
        held = timeline.lock_and_see(holder, [ann], now)
        assert [each.prospect_id for each in held.snapshots] == [ann]

        def second() -> None:
            with unit_of_work(database) as session:
                seen = timeline.lock_and_see(session, [ann, bob], now)
                assert seen.snapshots == []
                assert sorted(seen.busy) == sorted([ann, bob]), "same company, same lock"
            other.set()

        thread = threading.Thread(target=second)
        thread.start()
        assert other.wait(5), "it waited"
        thread.join()


def test_a_later_look_is_promised_once(session: Session, now: datetime) -> None:
    (ann,) = known(session, now, "ann")
    tomorrow = now + timedelta(days=1)
    timeline.look_again(session, {ann: tomorrow}, now)
    timeline.look_again(session, {ann: tomorrow + timedelta(hours=1)}, now)
    assert session.execute(select(func.count()).select_from(MessageRow)).scalar_one() == 1
    timeline.look_again(session, {ann: now + timedelta(hours=1)}, now)
    due = session.execute(select(MessageRow.due_at).order_by(MessageRow.due_at)).scalars().all()
    assert due == [now + timedelta(hours=1), tomorrow]


def test_the_latest_verdict_stands_and_not_reached_is_none(session: Session, now: datetime) -> None:
    (ann,) = known(session, now, "ann")
    verdicts = [
        (Verdict.LATER, "decision"),
        (Verdict.EARLIER, "awareness"),
        (Verdict.NOT_REACHED, None),
    ]
    facts = [
        Fact(
            prospect_id=ann,
            kind=Kind.VERDICT,
            happened_at=now - timedelta(days=3 - n),
            source="rep",
            key=str(n),
            body={"verdict": verdict, "stage_found": stage},
        )
        for n, (verdict, stage) in enumerate(verdicts)
    ]
    timeline.record(session, facts, now)
    (seen,) = timeline.lock_and_see(session, [ann], now).snapshots
    assert seen.finding is not None
    assert (seen.finding.verdict, seen.finding.stage) == (Verdict.EARLIER, "awareness")


def test_a_correction_stands_though_it_names_an_earlier_talk(
    session: Session, now: datetime
) -> None:
    (ann,) = known(session, now, "ann")
    talks = [(now - timedelta(hours=1), "evaluation"), (now - timedelta(days=1), "awareness")]
    for n, (at, stage) in enumerate(talks):
        fact = Fact(
            prospect_id=ann,
            kind=Kind.VERDICT,
            happened_at=at,
            source="rep",
            key=str(n),
            body={"verdict": Verdict.EARLIER, "stage_found": stage},
        )
        timeline.record(session, [fact], now + timedelta(minutes=n))
    (seen,) = timeline.lock_and_see(session, [ann], now + timedelta(hours=1)).snapshots
    assert seen.finding is not None
    assert seen.finding.stage == "awareness"


def test_a_belief_keeps_its_reasons_and_is_written_again_only_when_it_changed(
    session: Session, now: datetime
) -> None:
    (ann,) = known(session, now, "ann")
    timeline.record(session, [view(ann, now, "1")], now)
    (seen,) = timeline.lock_and_see(session, [ann], now).snapshots
    why = Reason("Looked at prices", "pricing", 12.0, (seen.activities[0].id,))
    claim = StageClaim(
        stage="evaluation",
        confidence=0.8,
        at=now,
        expires_at=None,
        model="points/1",
        reasons=(why,),
    )
    assessment = Assessment(
        claim=claim, points=32.0, fit=40.0, engagement=24.0, grade="B3", warm=True, reasons=(why,)
    )
    beliefs.record(session, [(seen, assessment)], now)
    session.expire_all()
    (again,) = timeline.lock_and_see(session, [ann], now + timedelta(hours=1)).snapshots
    assert (again.points, again.warm, again.grade) == (32.0, True, "B3")
    assert again.claim is not None
    assert again.claim.stage == "evaluation"
    beliefs.record(session, [(again, assessment)], now + timedelta(hours=1))
    (row,) = session.execute(select(AssessmentRow)).scalars()
    assert row.stage_reasons[0]["activities"] == [str(seen.activities[0].id)]
    assert session.get_one(ProspectRow, ann).assessment_id == row.id


def test_a_time_without_a_zone_is_refused(session: Session, now: datetime) -> None:
    (ann,) = known(session, now, "ann")
    with pytest.raises(StatementError, match="naive datetime"):
        timeline.record(session, [view(ann, now.replace(tzinfo=None), "1")], now)


def test_nothing_is_written_of_the_erased_whoever_says_it(session: Session, now: datetime) -> None:
    ann, bob = known(session, now, "ann", "bob")
    timeline.record(session, [view(ann, now, "before")], now)
    erasure.erase(session, ann, now, secret="s")
    facts = [view(who, now, "after", page="/pricing") for who in (ann, bob)]
    assert timeline.record(session, facts, now) == [bob]
    keys = select(ActivityRow.key).where(ActivityRow.prospect_id == ann)
    assert session.execute(keys).scalars().all() == ["before"]


def test_what_is_said_during_an_erasure_waits_for_it_and_is_not_written(
    database: Database, now: datetime
) -> None:
    (ann,) = perform(database, lambda session: known(session, now, "ann"))
    told = threading.Thread(
        target=perform,
        args=(database, lambda session: timeline.record(session, [view(ann, now, "late")], now)),
    )
    with unit_of_work(database) as session:
        erasure.erase(session, ann, now, secret="s")
        told.start()
        told.join(0.3)
        assert told.is_alive(), "it does not overtake the erasure"
    told.join()
    count = perform(
        database, lambda s: s.execute(select(func.count()).select_from(ActivityRow)).scalar_one()
    )
    assert count == 0
