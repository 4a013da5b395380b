"""What becomes of a promise: moved, in trouble, given to somebody who helps, kept by who owes it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import erasure
from prospects.faults import FaultyError
from prospects.ids import HandoffId, ProspectId
from prospects.kinds import Kind
from prospects.member import Member
from prospects.message import MessageRow
from prospects.rows import ActivityRow
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import offers, promise_clock, promises
from routing.finding_rows import PromiseRow
from routing.lives import NoticeKind
from routing.promise_rows import PromiseChangeRow
from routing.promises import Change, PromiseRef
from routing.refusals import KeptError, NotYoursError
from routing.rows import HandoffRow, NoticeRow
from tests.routing.office import SECRET, offered, ref, staff, three_reps, who
from tests.routing.test_interventions import promised

DAY = timedelta(days=1)


@pytest.fixture
def owed(session: Session, now: datetime) -> PromiseRow:
    """Ann owes a buyer prices by tomorrow; max is her manager, dee is of the desk."""
    three_reps(session, now)
    staff(session, now, {"name": "dee", "roles": ["desk"]})
    row = offered(session, now)
    promised(session, str(ref(row)), now, due=now + DAY)
    return session.execute(select(PromiseRow)).scalar_one()


def name(row: PromiseRow) -> PromiseRef:
    return PromiseRef(ProspectId(row.prospect_id), row.id)


def change(by: Member, now: datetime, reason: str = "it takes longer") -> Change:
    return Change(by=by.name, reason=reason, now=now, member_id=by.id)


def test_who_owes_it_moves_it_and_says_why(
    session: Session, now: datetime, owed: PromiseRow
) -> None:
    ann = who(session, "ann")
    promises.move(session, name(owed), change(ann, now), due_at=now + 3 * DAY)
    assert owed.due_at == now + 3 * DAY
    (kept,) = session.execute(select(PromiseChangeRow)).scalars()
    assert (kept.act, kept.reason, kept.due_before) == ("moved", "it takes longer", now + DAY)


def test_a_promise_in_trouble_is_told_of_and_moving_it_ends_the_trouble(
    session: Session, now: datetime, owed: PromiseRow
) -> None:
    ann = who(session, "ann")
    promises.ask_for_help(session, name(owed), change(ann, now, "no prices yet"))
    assert (owed.trouble, owed.trouble_at, owed.due_at) == ("no prices yet", now, now + DAY)
    promises.move(session, name(owed), change(ann, now), due_at=now + 2 * DAY)
    assert (owed.trouble, owed.trouble_at) == (None, None)


def test_somebody_of_the_desk_keeps_it_and_the_lead_stays(
    session: Session, now: datetime, owed: PromiseRow
) -> None:
    max_, dee, ann = (who(session, each) for each in ("max", "dee", "ann"))
    promises.ask_for_help(session, name(owed), change(ann, now))
    promises.give(session, name(owed), change(max_, now), to=dee, due_at=now + 2 * DAY)
    assert (owed.rep_id, owed.due_at, owed.trouble) == (dee.id, now + 2 * DAY, None)
    (told,) = session.execute(
        select(NoticeRow.member_id).where(NoticeRow.kind == NoticeKind.PROMISE_GIVEN)
    ).scalars()
    assert told == dee.id
    with pytest.raises(NotYoursError):
        promises.move(session, name(owed), change(ann, now), due_at=now + 3 * DAY)
    row = session.get_one(HandoffRow, (owed.prospect_id, owed.handoff_id))
    assert row.rep_id == ann.id


def test_what_the_desk_keeps_stays_with_the_desk_when_the_lead_is_given_away(
    session: Session, now: datetime, owed: PromiseRow
) -> None:
    max_, dee, bob = (who(session, each) for each in ("max", "dee", "bob"))
    promises.give(session, name(owed), change(max_, now), to=dee, due_at=now + 2 * DAY)
    lead = ref_of(owed)
    offers.reassign(session, lead, to=bob, reason="ann is ill", by="max", now=now)
    offers.accept(session, lead, bob, now)
    session.refresh(owed)
    assert owed.rep_id == dee.id


@pytest.mark.parametrize(
    ("days", "reason", "wrong"),
    [(0, "x", {"due_at"}), (-1, "x", {"due_at"}), (91, "x", {"due_at"}), (1, " ", {"reason"})],
)
def test_a_day_that_is_over_or_far_and_a_missing_reason_are_refused(
    session: Session, now: datetime, owed: PromiseRow, *, days: int, reason: str, wrong: set[str]
) -> None:
    ann = who(session, "ann")
    with pytest.raises(FaultyError) as refused:
        promises.move(session, name(owed), change(ann, now, reason), due_at=now + days * DAY)
    assert {each.place for each in refused.value.faults} == wrong


@pytest.mark.parametrize("to", ["bob", "ann"])
def test_a_rep_is_given_the_lead_and_not_the_promise_alone(
    session: Session, now: datetime, owed: PromiseRow, to: str
) -> None:
    with pytest.raises(FaultyError) as refused:
        given = change(who(session, "max"), now)
        promises.give(session, name(owed), given, to=who(session, to), due_at=now + DAY)
    assert [each.place for each in refused.value.faults] == ["to"]


def test_a_kept_promise_is_not_changed_any_more(
    session: Session, now: datetime, owed: PromiseRow
) -> None:
    ann, dee = who(session, "ann"), who(session, "dee")
    assert promises.keep(session, ref_of(owed), owed.id, ann, now)
    later: list[Callable[[], None]] = [
        lambda: promises.move(session, name(owed), change(ann, now), due_at=now + DAY),
        lambda: promises.ask_for_help(session, name(owed), change(ann, now)),
        lambda: promises.give(session, name(owed), change(ann, now), to=dee, due_at=now + DAY),
    ]
    for act in later:
        with pytest.raises(KeptError):
            act()


def ref_of(row: PromiseRow) -> HandoffRef:
    return HandoffRef(ProspectId(row.prospect_id), HandoffId(row.handoff_id))


def test_nothing_more_is_written_about_a_promise_to_somebody_forgotten(
    session: Session, now: datetime, owed: PromiseRow
) -> None:
    ann, max_, dee = (who(session, each) for each in ("ann", "max", "dee"))
    ref_ = name(owed)
    erasure.erase(session, ref_.prospect_id, now, secret=SECRET)
    with pytest.raises(NotYoursError):
        promises.move(session, ref_, change(ann, now, "Bea is ill"), due_at=now + 2 * DAY)
    with pytest.raises(NotYoursError):
        promises.ask_for_help(session, ref_, change(ann, now, "Bea is ill"))
    with pytest.raises(NotYoursError):
        promises.give(session, ref_, change(max_, now, "Bea is ill"), to=dee, due_at=now + DAY)


def missed(session: Session) -> list[ActivityRow]:
    query = select(ActivityRow).where(ActivityRow.kind == Kind.PROMISE_MISSED)
    return list(session.execute(query.order_by(ActivityRow.happened_at)).scalars())


def days(session: Session) -> list[tuple[str, datetime]]:
    """The looks that are promised at promises."""
    query = select(MessageRow.ref, MessageRow.due_at).where(MessageRow.topic == Topic.PROMISE)
    return [(row.ref, row.due_at) for row in session.execute(query.order_by(MessageRow.due_at))]


def test_a_promise_whose_day_has_come_is_missed_once_and_once_more_if_it_was_moved(
    session: Session, now: datetime, owed: PromiseRow
) -> None:
    ((look, due),) = days(session)
    assert due == now + DAY
    assert promise_clock.tick(session, [look], now) == set()
    assert missed(session) == [], "its day has not come"
    for _ in range(2):
        promise_clock.tick(session, [look], due)
    (first,) = missed(session)
    assert first.happened_at == due
    assert first.body["promise"] == str(owed.id)
    assert "what" not in first.body
    ann = who(session, "ann")
    promises.move(session, name(owed), change(ann, due), due_at=now + 3 * DAY)
    assert days(session)[-1] == (look, now + 3 * DAY)
    promise_clock.tick(session, [look], now + 3 * DAY)
    assert [each.happened_at for each in missed(session)] == [due, now + 3 * DAY]


def test_a_promise_that_was_kept_is_not_missed(
    session: Session, now: datetime, owed: PromiseRow
) -> None:
    ((look, due),) = days(session)
    handoff = HandoffRef(ProspectId(owed.prospect_id), HandoffId(owed.handoff_id))
    assert promises.keep(session, handoff, owed.id, who(session, "ann"), now)
    promise_clock.tick(session, [look, "no/ref", "garbage"], due)
    assert missed(session) == []
