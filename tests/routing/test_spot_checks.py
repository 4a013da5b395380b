"""A spot check goes to the desk, says what it is, is found out like any lead, and counts in nobody's figures."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import first_touch_anew, groups
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.touch_rows import FirstTouchRow
from routing import offers
from routing.confirm import confirm
from routing.current import loads
from routing.drawing import Lottery, next_draw
from routing.finding import RepFinding
from routing.lives import DeclineReason, HandoffState
from routing.rows import DecisionRow, HandoffRow, TeamTurnRow
from tests.routing import office
from tests.routing.office import act, arrive, handoff, look, ref, staff, three_reps, who

ALL = Lottery(1.0, "card-1")
HOUR = timedelta(hours=1)


@pytest.fixture
def drawn_at(session: Session, now: datetime) -> datetime:
    """When chance draws Ida, who is not warm; three reps and the desk are there."""
    three_reps(session, now)
    staff(session, now, {"name": "dora", "roles": ["desk"]})
    (ida,) = arrive(session, now, "ida@firm.example", warm=False)
    (seen,) = look(session, now, ida, lottery=ALL)
    at = next_draw(seen, ALL, now)
    assert at is not None
    return at


def ida(session: Session) -> ProspectId:
    found = session.execute(select(ProspectRow.id).where(ProspectRow.email == "ida@firm.example"))
    return ProspectId(found.scalar_one())


def checks(session: Session) -> int:
    query = select(func.count()).where(HandoffRow.drawn.is_not(None))
    return session.execute(query).scalar_one()


def test_who_is_drawn_is_offered_to_the_desk_once_with_the_chance_on_record(
    session: Session, drawn_at: datetime
) -> None:
    look(session, drawn_at - HOUR, ida(session), lottery=ALL)
    assert checks(session) == 0
    look(session, drawn_at, ida(session), lottery=ALL)
    look(session, drawn_at + HOUR, ida(session), lottery=ALL)
    row = handoff(session, ida(session))
    assert checks(session) == 1
    assert (row.drawn, row.state, row.rep_id) == (1.0, "offered", who(session, "dora").id)
    assert row.brief["requested_by"] == "drawn by chance to be checked"
    told = session.execute(
        select(ActivityRow.kind, ActivityRow.body)
        .where(ActivityRow.kind.in_(("explored", "offered")))
        .order_by(ActivityRow.id)
    ).all()
    assert [kind for kind, _ in told] == ["explored", "offered"]
    assert told[0].body == {"handoff": str(row.id), "probability": 1.0, "model": "card-1"}
    assert told[1].body["drawn"] is True


def test_who_was_drawn_is_not_drawn_again_as_part_of_who_absorbed_them(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    staff(session, now, {"name": "dora", "roles": ["desk"]})
    both = arrive(session, now, "ida@firm.example", "ada@other.example", warm=False)
    seen = look(session, now, *both, lottery=ALL)
    draws = [(next_draw(each, ALL, now) or now, each.prospect_id) for each in seen]
    (first, absorbed), (second, kept) = sorted(draws)
    look(session, first, absorbed, lottery=ALL)
    row = handoff(session, absorbed)
    offers.decline(
        session, ref(row), who(session, "dora"),
        reason=DeclineReason.NO_TIME, note=None, now=first,
    )  # fmt: skip
    session.get_one(ProspectRow, absorbed).absorbed_by = kept
    session.flush()
    look(session, second, kept, lottery=ALL)
    assert checks(session) == 1


def test_without_desk_and_volunteers_nobody_is_drawn(session: Session, now: datetime) -> None:
    three_reps(session, now)
    (someone,) = arrive(session, now, "ida@firm.example", warm=False)
    (seen,) = look(session, now, someone, lottery=ALL)
    at = next_draw(seen, ALL, now)
    assert at is not None
    look(session, at, someone, lottery=ALL)
    assert checks(session) == 0


def test_a_spot_check_takes_nobodys_turn_and_nobodys_capacity(
    session: Session, drawn_at: datetime
) -> None:
    staff(session, drawn_at, {"name": "dora", "roles": ["desk", "rep"], "capacity": {"open": 1}})
    look(session, drawn_at, ida(session), lottery=ALL)
    dora = who(session, "dora")
    assert handoff(session, ida(session)).rep_id == dora.id
    assert loads(session, [dora], drawn_at).get(dora.id) in (None, loads(session, [], drawn_at))
    assert session.execute(select(func.count()).select_from(TeamTurnRow)).scalar_one() == 0


def test_what_is_found_counts_for_the_person_and_in_no_report(
    session: Session, drawn_at: datetime
) -> None:
    look(session, drawn_at, ida(session), lottery=ALL)
    row, dora = handoff(session, ida(session)), who(session, "dora")
    offers.accept(session, ref(row), dora, drawn_at + HOUR)
    finding = RepFinding.model_validate(
        {
            "verdict": "later",
            "stage_found": "decision",
            "spoke_with": "Ida",
            "channel": "call",
            "at": (drawn_at + HOUR).isoformat(),
            "fact": "wants two plants by May",
        }
    )
    confirm(session, ref(row), dora, finding, now=drawn_at + HOUR, secret=office.SECRET)
    person = session.get_one(ProspectRow, ida(session), populate_existing=True)
    assert (person.confirmed_stage, person.owner_id) == ("decision", None)
    touch = select(
        FirstTouchRow.offered_at, FirstTouchRow.taken_at, FirstTouchRow.verdict,
        FirstTouchRow.handed,
    )  # fmt: skip
    assert session.execute(touch).all() == [(None, None, None, False)]
    first_touch_anew.rebuild(session, [groups.head_of(session, ida(session))])
    assert session.execute(touch).all() == [(None, None, None, False)]


def test_who_grows_warm_before_it_is_taken_goes_to_a_rep_at_once(
    session: Session, drawn_at: datetime
) -> None:
    look(session, drawn_at, ida(session), lottery=ALL)
    first = handoff(session, ida(session))
    session.query(ProspectRow).update({"warm": True})
    act(session, drawn_at + HOUR, ida(session))
    look(session, drawn_at + HOUR, ida(session), lottery=ALL)
    second = handoff(session, ida(session))
    session.refresh(first)
    assert first.state == HandoffState.RECYCLED
    assert (second.drawn, second.state) == (None, "offered")
    assert second.rep_id == who(session, "ann").id


def test_a_passed_on_spot_check_ends_when_nobody_is_left_and_tells_no_manager(
    session: Session, drawn_at: datetime
) -> None:
    look(session, drawn_at, ida(session), lottery=ALL)
    row = handoff(session, ida(session))
    offers.decline(
        session, ref(row), who(session, "dora"),
        reason=DeclineReason.NO_TIME, note=None, now=drawn_at + HOUR,
    )  # fmt: skip
    session.refresh(row)
    assert (row.state, row.rep_id) == (HandoffState.RECYCLED, who(session, "dora").id)
    decisions = session.execute(select(func.count()).select_from(DecisionRow)).scalar_one()
    assert decisions == 1
    declined = select(ActivityRow.body).where(ActivityRow.kind == Kind.DECLINED)
    assert session.execute(declined).scalar_one()["drawn"] is True
