"""What is kept of people so that features need no history is always what their history says."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.merge import merge, undo
from app.pipeline import believe
from prospects import erasure, old_views, people, timeline
from prospects.histories import SEEN_AT_LEAST, SEEN_AT_MOST
from prospects.identity import Identity, Lead
from prospects.ids import ActivityId, ProspectId
from prospects.kinds import Kind
from prospects.merges import Said
from prospects.past import snapshots_at
from prospects.rows import ActivityRow, ProspectRow
from prospects.snapshots import snapshots
from prospects.timeline import Fact
from prospects.values import Person
from scoring import current, feature_states
from scoring.feature_rows import FeatureStateRow
from scoring.features.registry import REGISTRY
from scoring.features.seeing import features_from, features_of
from tests.prospects.test_past import counted

SECRET = "a secret for tests"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def meet(
    session: Session, at: datetime, *names: str, domain: str = "acme.example"
) -> list[ProspectId]:
    leads = [
        Lead(
            ref=name,
            identities=(Identity("email", f"{name}@{domain}"),),
            person=Person(email=f"{name}@{domain}", title="Head of IT", zone="Europe/Berlin"),
            happened_at=at,
            domain=domain,
        )
        for name in names
    ]
    found = people.resolve(session, leads, at, secret=SECRET)
    return [each.prospect_id for each in found if each.prospect_id]


def fact(who: ProspectId, at: datetime, kind: Kind = Kind.FORM, **body: object) -> Fact:
    return Fact(
        prospect_id=who,
        kind=kind,
        happened_at=at,
        source="site",
        key=f"{kind}{at}{body}",
        body=body,
    )


def looked_at(session: Session, now: datetime, *who: ProspectId) -> None:
    believe(session, who, current.current(session), now)
    session.flush()
    session.expire_all()


def followed(session: Session, now: datetime) -> list[str]:
    """The statements by which what is kept of everybody is brought up to now."""
    rows = session.execute(select(ProspectRow)).scalars().all()
    seen = snapshots(session, rows, now)
    rules = current.current(session)
    with counted(session) as told:
        feature_states.follow(session, seen, rules, now)
    return told


def check(session: Session, now: datetime, *who: ProspectId) -> None:
    """What is kept gives the same features as the whole history, now and later."""
    rules = current.current(session)
    rows = session.execute(select(ProspectRow).where(ProspectRow.id.in_(who))).scalars().all()
    kept = feature_states.read(session, who)
    for seen in snapshots(session, rows, now):
        state = kept[seen.prospect_id].state
        for at in (now, now + 5 * DAY, now + 120 * DAY):
            anew = features_of(seen, at, rules)
            found = features_from(state, seen.person, seen.company, now=at, rules=rules)
            assert set(found) == set(anew)
            assert {name for name in anew if not _alike(anew[name], found[name])} == set()


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-9)
    return one == other


def test_it_follows_whatever_happens_to_the_record(session: Session, now: datetime) -> None:
    ann, bob = meet(session, now, "ann", "bob")
    acts = [fact(ann, now - n * DAY, Kind.PAGE_VIEW, page=f"/p{n % 3}/x") for n in range(1, 130, 2)]
    timeline.record(session, [*acts, fact(bob, now - 3 * DAY, form="demo")], now)
    looked_at(session, now, ann, bob)
    check(session, now, ann, bob)

    late = now + HOUR
    timeline.record(session, [fact(ann, now - 9 * DAY, campaign="x"), fact(bob, late)], late)
    looked_at(session, late, ann, bob)
    check(session, late, ann, bob)

    which = session.execute(select(ActivityRow.id).where(ActivityRow.prospect_id == ann).limit(9))
    timeline.suspect(session, ann, [ActivityId(each) for each in which.scalars()], late)
    looked_at(session, late + HOUR, ann)
    check(session, late + HOUR, ann)

    assert not old_views.fold(session, late + 30 * DAY)
    looked_at(session, late + 30 * DAY, ann)
    check(session, late + 30 * DAY, ann)

    row = merge(session, ann, bob, Said(by="mia"), late + 31 * DAY)
    looked_at(session, late + 31 * DAY, ann, bob)
    check(session, late + 31 * DAY, ProspectId(row.kept_id))

    undo(session, row.id, "mia", late + 32 * DAY)
    looked_at(session, late + 32 * DAY, ann, bob)
    check(session, late + 32 * DAY, ann, bob)

    erasure.erase(session, ann, late + 33 * DAY, secret=SECRET)
    assert list(feature_states.read(session, [ann, bob])) == [bob]


class Lives:
    """Two people who are looked at each hour: ann, who did much, and bob, who did one thing."""

    def __init__(
        self, session: Session, now: datetime, acts: int = feature_states.SHORT + 2
    ) -> None:
        self.session, self.now = session, now
        self.ann, self.bob = meet(session, now - 99 * DAY, "ann", "bob")
        did = [fact(self.ann, now - n * HOUR, Kind.CLICK, n=n) for n in range(acts)]
        timeline.record(session, [*did, fact(self.bob, now - DAY)], now)
        self.look()

    def look(self, *facts: Fact, of: ProspectId | None = None) -> FeatureStateRow:
        """Record these an hour later, look and check; what is kept of ann or somebody else."""
        self.now += HOUR
        timeline.record(self.session, facts, self.now)
        looked_at(self.session, self.now, self.ann, self.bob)
        check(self.session, self.now, of or self.ann)
        return self.session.get_one(FeatureStateRow, of or self.ann)

    def fact(self, kind: Kind = Kind.FORM, **body: object) -> Fact:
        return fact(self.ann, self.now, kind, **body)


def test_what_waits_beside_a_long_tally_is_read_with_it(session: Session, now: datetime) -> None:
    lives = Lives(session, now)
    before = lives.look()
    first, none = before.tally, before.beside
    assert lives.look(lives.fact(Kind.PAGE_VIEW, page="/a/b", campaign='ü "x"')).beside > none
    late = fact(lives.ann, now - 200 * DAY, campaign="spring", form="demo")
    lives.look(late, lives.fact(Kind.PAGE_VIEW, page="/a/c"))
    lives.look(late)
    row = lives.look(lives.fact(), fact(lives.bob, lives.now))
    assert (row.tally, row.beside.count("[")) == (first, 4)
    assert session.get_one(FeatureStateRow, lives.bob).beside == ""

    found = [lives.look(lives.fact(form="f"), lives.fact(form="g")) for _ in range(6)][-1]
    assert found.tally != first
    assert len(found.beside) < feature_states.BESIDE_AN_ACT * found.acts


def test_who_did_more_than_a_look_sees_is_followed_as_well(session: Session, now: datetime) -> None:
    lives = Lives(session, now, SEEN_AT_MOST + 20)
    rows = [lives.look(lives.fact(n=n)).beside for n in range(5)]
    assert any(rows)

    live = snapshots(session, [session.get_one(ProspectRow, lives.ann)], lives.now)[0]
    then = snapshots_at(session, [(lives.ann, lives.now)])[lives.ann, lives.now]
    assert tuple(live.activities) == then.activities
    assert len(live.activities) >= SEEN_AT_LEAST


def test_what_waits_beside_a_long_tally_is_made_anew_with_it(
    session: Session, now: datetime
) -> None:
    lives = Lives(session, now)
    assert lives.look(lives.fact()).beside
    which = session.execute(select(ActivityRow.id).order_by(ActivityRow.id.desc()).limit(1))
    timeline.suspect(session, lives.ann, [ActivityId(which.scalar_one())], lives.now)
    assert not lives.look().beside
    assert lives.look(lives.fact()).beside
    merged = merge(session, lives.ann, lives.bob, Said(by="mia"), lives.now)
    lives.look(of=ProspectId(merged.kept_id))
    undo(session, merged.id, "mia", lives.now)
    lives.look(lives.fact(), fact(lives.bob, lives.now), of=lives.bob)
    assert lives.look(lives.fact()).beside
    check(session, lives.now + DAY, lives.ann, lives.bob)


def test_of_who_objects_to_being_profiled_nothing_stays_kept(
    session: Session, now: datetime
) -> None:
    ann, bob = meet(session, now, "ann", "bob")
    looked_at(session, now, ann, bob)
    rows = session.execute(select(ProspectRow)).scalars().all()
    seen = snapshots(session, rows, now)
    objecting = [replace(each, profiled=each.prospect_id != ann) for each in seen]
    feature_states.follow(session, objecting, current.current(session), now)
    assert list(feature_states.read(session, [ann, bob])) == [bob]


def test_an_act_that_is_committed_late_is_not_missed(session: Session, now: datetime) -> None:
    """Its id and time are older than what was looked at meanwhile: another worker took longer."""
    (ann,) = meet(session, now, "ann")
    timeline.record(session, [fact(ann, now + HOUR)], now + HOUR)
    looked_at(session, now + 2 * HOUR, ann)
    timeline.record(session, [fact(ann, now)], now + HOUR / 2)
    looked_at(session, now + 3 * HOUR, ann)

    check(session, now + 3 * HOUR, ann)


def test_what_was_kept_before_histories_had_marks_is_made_anew_at_the_next_look(
    session: Session, now: datetime
) -> None:
    """As migration 0057 leaves it."""
    (ann,) = meet(session, now, "ann")
    timeline.record(session, [fact(ann, now)], now)
    looked_at(session, now, ann)
    session.get_one(FeatureStateRow, ann).history = 0
    session.flush()
    looked_at(session, now + HOUR, ann)

    assert session.get_one(FeatureStateRow, ann).history >= 1
    check(session, now + HOUR, ann)


def test_a_look_without_news_writes_nothing(session: Session, now: datetime) -> None:
    (ann,) = meet(session, now, "ann")
    timeline.record(session, [fact(ann, now)], now)
    looked_at(session, now, ann)
    assert [each.split()[0] for each in followed(session, now + DAY)] == ["SELECT"]


def test_many_people_are_followed_by_one_read_and_one_write(
    session: Session, now: datetime
) -> None:
    some = meet(session, now, *(f"p{n}" for n in range(20)))
    timeline.record(session, [fact(who, now) for who in some], now)
    assert [each.split()[0] for each in followed(session, now)] == ["SELECT", "INSERT"]
    assert session.execute(select(func.count()).select_from(FeatureStateRow)).scalar_one() == 20


def test_what_a_long_tally_holds_is_neither_read_nor_written_for_an_act(
    session: Session, now: datetime
) -> None:
    some = meet(session, now, *(f"p{n}" for n in range(3)))
    hours = range(feature_states.SHORT + 1)
    timeline.record(session, [fact(who, now - n * HOUR, n=n) for who in some for n in hours], now)
    looked_at(session, now, *some)
    at = now + HOUR
    timeline.record(session, [fact(who, at) for who in some], at)
    told = followed(session, at)
    assert [each.split()[0] for each in told] == ["SELECT", "UPDATE"]
    assert "tally" not in told[1]
    check(session, at, *some)


def test_every_feature_there_is_can_be_had_from_what_is_kept(
    session: Session, now: datetime
) -> None:
    (ann,) = meet(session, now, "ann")
    facts = [fact(ann, now - n * HOUR, kind, page="/a") for n, kind in enumerate(Kind)]
    timeline.record(session, facts, now)
    looked_at(session, now, ann)
    rules = current.current(session)
    (seen,) = snapshots(session, [session.get_one(ProspectRow, ann)], now)
    state = feature_states.read(session, [ann])[ann].state
    found = features_from(state, seen.person, seen.company, now=now, rules=rules)

    assert set(REGISTRY) <= set(found)
    check(session, now, ann)
