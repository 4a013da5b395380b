"""Who may be one with whom; and of those who are one, what both said and are marked with."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects import consents, doubles, groups, merges
from prospects.consents import Consent
from prospects.double_rows import DoubleRow, DoubleState
from prospects.evidence import Likeness
from prospects.ids import ProspectId
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.topics import Topic
from tests.routing.office import arrive

NAMES = ("a@one.example", "b@two.example", "c@three.example", "d@four.example")


def noted(session: Session, one: ProspectId, other: ProspectId, at: datetime) -> doubles.Pair:
    pair = doubles.pair_of(one, other)
    row = DoubleRow(
        prospect_id=pair[0],
        other_id=pair[1],
        evidence=[Likeness.NAMESAKE],
        found_at=at,
        state=DoubleState.OPEN,
    )
    session.add(row)
    session.flush()
    return pair


def listed(session: Session, after: doubles.Pair | None = None) -> list[doubles.Pair]:
    rows = doubles.waiting(session, 10, after=after)
    return [(row.prospect_id, row.other_id) for row in rows]


def test_a_pair_waits_until_a_person_judged_it_or_they_are_one(
    session: Session, now: datetime
) -> None:
    ann, bob, cid, dan = arrive(session, now, *NAMES)
    first, second = noted(session, ann, bob, now), noted(session, bob, cid, now)
    latest = noted(session, cid, dan, now + timedelta(hours=1))
    older = sorted((first, second), reverse=True)
    assert listed(session) == [latest, *older]
    assert listed(session, after=latest) == older
    doubles.settle(session, first, DoubleState.APART, "mia", now)
    session.execute(update(ProspectRow).where(ProspectRow.id == dan).values(absorbed_by=ann))
    assert listed(session) == [second]


def test_what_says_too_little_is_never_joined_by_itself(session: Session, now: datetime) -> None:
    ann, bob, *_ = arrive(session, now, *NAMES)
    one, other = noted(session, ann, bob, now)
    assert doubles.to_join(session, [f"{one}/{other}", "x", f"{one}/{one}"]) == []


def test_somebody_is_whoever_they_are_one_with_and_nobody_else(
    session: Session, now: datetime
) -> None:
    ann, bob, cid, _ = arrive(session, now, *NAMES)
    session.execute(update(ProspectRow).where(ProspectRow.id == bob).values(absorbed_by=ann))
    for who, whole in ((ann, {ann, bob}), (bob, {ann, bob}), (cid, {cid}), (None, set())):
        assert set(session.execute(groups.same_person(who)).scalars()) == whole
    ids = session.execute(select(ProspectRow.id)).scalars().all()
    assert set(groups.members(session, ids)) == set(ids)


def test_tags_of_both_are_taken_over_and_given_back(session: Session, now: datetime) -> None:
    ann, bob, *_ = arrive(session, now, *NAMES)
    kept, gone = session.get_one(ProspectRow, ann), session.get_one(ProspectRow, bob)
    kept.tags, gone.tags = ["vip"], ["vip", "fair"]
    session.flush()
    row = merges.link(session, kept, gone, merges.Said(by="mia"), now)
    session.flush()
    assert kept.tags == ["vip", "fair"]
    looks = select(MessageRow.ref).where(MessageRow.topic == Topic.REACT)
    assert set(session.execute(looks).scalars()) == {str(ann)}, "who stands for both is looked at"
    merges.unlink(session, row, "mia", now)
    assert (kept.tags, gone.tags) == (["vip"], ["vip", "fair"])
    assert set(session.execute(looks).scalars()) == {str(ann), str(bob)}


def test_who_said_yes_has_agreed_until_they_or_whom_they_are_one_with_say_no(
    session: Session, now: datetime
) -> None:
    ann, bob, *_ = arrive(session, now, *NAMES)

    def says(who: ProspectId, topic: str, given: bool, hours: int) -> bool:
        at = now + timedelta(hours=hours)
        said = Consent(
            prospect_id=who, topic=topic, given=given, text=None, at=at, source="t", key=f"{hours}"
        )
        consents.record(session, [said], at)
        return consents.agreed(session, ann, "opens")

    assert not says(ann, "news", True, 1)
    assert says(ann, "opens", True, 2)
    assert says(bob, "opens", False, 3)
    assert says(ann, "news", False, 4)
    assert not says(ann, "opens", False, 5)
    assert says(ann, "opens", True, 6)
    session.execute(update(ProspectRow).where(ProspectRow.id == bob).values(absorbed_by=ann))
    assert not says(bob, "opens", False, 7)
