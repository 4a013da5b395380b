"""What a rep found is kept beside what marketing claimed, and decides where the lead goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects.faults import FaultyError
from prospects.ids import OpportunityId, ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ActivityRow, OpportunityRow, ProspectRow
from prospects.topics import Topic
from prospects.values import Lifecycle
from routing import offers
from routing.confirm import Recorded, confirm
from routing.finding import RepFinding
from routing.finding_rows import ConfirmationRow, ContactAttemptRow, PromiseRow
from routing.lives import HandoffState
from routing.outcome import Result, conclude
from routing.refusals import (
    AlreadyConfirmedError,
    AnotherOpenError,
    ClosedError,
    NotAcceptedError,
    NotCheckedError,
    NotYoursError,
    RoutingError,
)
from routing.rows import HandoffRow, OpenHandoffRow
from tests.routing.office import (
    SECRET,
    act,
    arrive,
    handoff,
    lifecycle,
    look,
    offered,
    ref,
    three_reps,
    who,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def row(session: Session, now: datetime) -> HandoffRow:
    """A lead claimed to be in evaluation, taken by ann an hour ago."""
    three_reps(session, now - HOUR)
    taken = offered(session, now - HOUR)
    offers.accept(session, ref(taken), who(session, "ann"), now - HOUR)
    return taken


def answer(verdict: str, now: datetime, **more: Any) -> RepFinding:
    whole = {
        "spoke_with": "Ida Lind",
        "channel": "call",
        "at": (now - timedelta(minutes=5)).isoformat(),
        "fact": "They compare us with one other.",
    }
    return RepFinding.model_validate({"verdict": verdict, **whole, **more})


def say(
    session: Session, row: HandoffRow, finding: RepFinding, now: datetime, rep: str = "ann"
) -> Recorded:
    recorded = confirm(session, ref(row), who(session, rep), finding, now=now, secret=SECRET)
    session.flush()
    return recorded


def refused(session: Session, row: HandoffRow, finding: RepFinding, now: datetime) -> list[str]:
    with pytest.raises(FaultyError) as error:
        say(session, row, finding, now)
    assert all(fault.reason for fault in error.value.faults)
    return [fault.place for fault in error.value.faults]


def test_a_confirmed_stage_stands_beside_the_claim_and_enters_the_record(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    due = (now + timedelta(days=2)).isoformat()
    finding = answer(
        "confirmed",
        now,
        still_needed=["a reference"],
        deciders=[{"name": "Bo", "role": "signs", "stance": "doubts it"}],
        promises=[{"what": "the offer", "due_at": due}],
    )
    recorded = say(session, row, finding, now)
    kept = session.execute(select(ConfirmationRow)).scalar_one()
    assert (kept.id, kept.claimed, kept.stage_found) == (recorded.id, "evaluation", "evaluation")
    assert kept.claimed_confidence == 0.8
    assert (row.state, row.confirm_by) == (HandoffState.CHECKED, None)
    assert lifecycle(session, row.prospect_id) == Lifecycle.CHECKED
    promise = session.execute(select(PromiseRow)).scalar_one()
    assert (promise.what, promise.due_at) == ("the offer", now + timedelta(days=2))
    fact = session.execute(select(ActivityRow).where(ActivityRow.kind == Kind.VERDICT)).scalar_one()
    assert fact.body["claimed"] == fact.body["stage_found"] == "evaluation"
    rung = session.execute(select(MessageRow.ref).where(MessageRow.topic == Topic.REACT)).scalars()
    assert str(row.prospect_id) in list(rung)
    assert session.get_one(ProspectRow, row.prospect_id).confirmed_stage == "evaluation"


@pytest.mark.parametrize(
    ("verdict", "more", "state", "place"),
    [
        ("later", {"stage_found": "decision"}, "checked", "checked"),
        ("earlier", {"stage_found": "awareness"}, "recycled", "recycled"),
        ("not_a_buyer", {}, "disqualified", "disqualified"),
        (
            "wrong_person",
            {"right_person": {"name": "Bo", "email": "bo@firm.example"}},
            "recycled",
            "recycled",
        ),
    ],
)
def test_where_each_verdict_takes_the_lead(
    session: Session,
    now: datetime,
    row: HandoffRow,
    verdict: str,
    more: dict[str, Any],
    state: str,
    place: str,
) -> None:
    say(session, row, answer(verdict, now, **more), now)
    assert (row.state, lifecycle(session, row.prospect_id)) == (state, place)
    still_open = session.execute(select(func.count()).select_from(OpenHandoffRow)).scalar_one()
    assert still_open == (1 if state == "checked" else 0)


def test_back_in_nurture_it_takes_something_new_to_be_handed_over_again(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    say(session, row, answer("earlier", now, stage_found="awareness"), now)
    prospect_id = ProspectId(row.prospect_id)
    look(session, now + HOUR, prospect_id)
    assert handoff(session, prospect_id).id == row.id
    act(session, now + 2 * HOUR, prospect_id)
    look(session, now + 2 * HOUR, prospect_id)
    again = handoff(session, prospect_id)
    assert again.id != row.id
    (earlier,) = again.brief["findings"]
    assert (earlier["verdict"], earlier["rep"]) == ("earlier", "ann")
    assert earlier["fact"] == "They compare us with one other."


def test_at_a_confirmed_decision_the_next_brief_says_stop_selling(
    session: Session, now: datetime
) -> None:
    three_reps(session, now - HOUR)
    (prospect_id,) = arrive(session, now - HOUR, "ida@firm.example")
    look(session, now - HOUR, prospect_id, claimed="decision")
    row = handoff(session, prospect_id)
    assert row.brief["advice"] is None
    offers.accept(session, ref(row), who(session, "ann"), now - HOUR)
    say(session, row, answer("confirmed", now), now)
    conclude(
        session,
        ref(row),
        who(session, "ann"),
        result=Result.LOST,
        reason="budget frozen",
        opportunity=None,
        now=now,
    )
    act(session, now + HOUR, prospect_id)
    look(session, now + HOUR, prospect_id)
    assert "take the order" in handoff(session, prospect_id).brief["advice"]


def test_not_reached_is_an_attempt_and_no_finding(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    bare = RepFinding.model_validate({"verdict": "not_reached"})
    assert say(session, row, bare, now).attempt
    say(session, row, bare, now + HOUR)
    count = select(func.count())
    assert session.execute(count.select_from(ContactAttemptRow)).scalar_one() == 2
    assert session.execute(count.select_from(ConfirmationRow)).scalar_one() == 0
    assert row.state == HandoffState.ACCEPTED
    assert row.confirm_by == now - HOUR + timedelta(days=3)


def test_the_right_person_becomes_a_lead_of_the_same_company_and_is_not_warm(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    right = {"name": "Bo Ek", "email": "Bo@Gmail.com"}
    say(session, row, answer("wrong_person", now, right_person=right), now)
    bo = session.execute(select(ProspectRow).where(ProspectRow.name == "Bo Ek")).scalar_one()
    assert bo.account_id == row.account_id
    assert not bo.warm
    kept = session.execute(select(ConfirmationRow)).scalar_one()
    assert kept.right_prospect_id == bo.id
    rung = session.execute(select(MessageRow.ref).where(MessageRow.topic == Topic.REACT)).scalars()
    assert str(bo.id) in list(rung)


@pytest.mark.parametrize("verdict", ["confirmed", "not_a_buyer"])
@pytest.mark.parametrize(
    ("field", "value"),
    [("spoke_with", "  "), ("channel", None), ("at", None), ("fact", " \n"), ("fact", None)],
)
def test_an_answer_needs_whom_how_when_and_one_fact(
    session: Session, now: datetime, row: HandoffRow, verdict: str, field: str, value: object
) -> None:
    assert refused(session, row, answer(verdict, now, **{field: value}), now) == [field]


@pytest.mark.parametrize(
    ("verdict", "more", "places"),
    [
        ("confirmed", {"stage_found": "decision"}, ["stage_found"]),
        ("earlier", {}, ["stage_found"]),
        ("earlier", {"stage_found": "evaluation"}, ["stage_found"]),
        ("earlier", {"stage_found": "decision"}, ["stage_found"]),
        ("later", {"stage_found": "awareness"}, ["stage_found"]),
        ("later", {"stage_found": "nirvana"}, ["stage_found"]),
        ("wrong_person", {}, ["right_person"]),
        ("wrong_person", {"right_person": {"name": "Bo", "email": "nope"}}, ["right_person.email"]),
        (
            "wrong_person",
            {"right_person": {}},
            ["right_person.name", "right_person.email"],
        ),
        (
            "confirmed",
            {"promises": [{"what": " ", "due_at": "2020-01-01T00:00:00Z"}]},
            ["promises.0.what", "promises.0.due_at"],
        ),
        ("confirmed", {"supersedes": str(uuid4()), "reason": "x"}, ["supersedes"]),
    ],
)
def test_what_contradicts_itself_is_refused_field_by_field(
    session: Session,
    now: datetime,
    row: HandoffRow,
    verdict: str,
    more: dict[str, Any],
    places: list[str],
) -> None:
    assert refused(session, row, answer(verdict, now, **more), now) == places


def test_nobody_talked_in_the_future(session: Session, now: datetime, row: HandoffRow) -> None:
    ahead = (now + timedelta(seconds=1)).isoformat()
    assert refused(session, row, answer("confirmed", now, at=ahead), now) == ["at"]
    say(session, row, answer("confirmed", now, at=now.isoformat()), now)


def test_a_second_answer_names_the_first_and_says_why(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    first = say(session, row, answer("confirmed", now), now)
    for correction in (
        {},
        {"supersedes": str(first.id)},
        {"supersedes": str(first.id), "reason": " "},
        {"supersedes": str(uuid4()), "reason": "I misread"},
    ):
        with pytest.raises(AlreadyConfirmedError):
            say(session, row, answer("later", now, stage_found="decision", **correction), now)
    finding = answer(
        "earlier", now, stage_found="awareness", supersedes=str(first.id), reason="I misread"
    )
    second = say(session, row, finding, now + HOUR)
    rows = session.execute(select(ConfirmationRow).order_by(ConfirmationRow.recorded_at)).scalars()
    assert [(each.id, each.superseded_at) for each in rows] == [
        (first.id, now + HOUR),
        (second.id, None),
    ]
    assert row.state == HandoffState.RECYCLED


def test_a_correction_brings_a_lead_back_unless_its_company_has_another(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    first = say(session, row, answer("not_a_buyer", now), now)
    back = answer("confirmed", now, supersedes=str(first.id), reason="wrong box")
    (colleague,) = arrive(session, now, "bo@firm.example")
    look(session, now, colleague)
    with pytest.raises(AnotherOpenError):
        say(session, row, back, now)


def test_a_correction_brings_a_lead_back(session: Session, now: datetime, row: HandoffRow) -> None:
    first = say(session, row, answer("not_a_buyer", now), now)
    back = answer("confirmed", now, supersedes=str(first.id), reason="wrong box")
    say(session, row, back, now)
    assert (row.state, row.closed_at) == (HandoffState.CHECKED, None)
    assert session.execute(select(OpenHandoffRow.handoff_id)).scalar_one() == row.id


def test_only_the_rep_who_took_the_lead_answers(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now)
    with pytest.raises(NotAcceptedError):
        say(session, row, answer("confirmed", now), now)
    with pytest.raises(NotYoursError):
        say(session, row, answer("confirmed", now), now, rep="bob")


def test_won_or_lost_comes_after_the_finding(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    ann = who(session, "ann")

    def end(result: Result, reason: str | None = None, deal: UUID | None = None) -> None:
        chosen = OpportunityId(deal) if deal else None
        conclude(session, ref(row), ann, result=result, reason=reason, opportunity=chosen, now=now)

    with pytest.raises(NotCheckedError):
        end(Result.WON)
    say(session, row, answer("confirmed", now), now)
    with pytest.raises(FaultyError):
        end(Result.LOST, " ")
    with pytest.raises(FaultyError):
        end(Result.WON, None, uuid4())
    deal = OpportunityRow(id=new_id(now), account_id=row.account_id, created_at=now)
    session.add(deal)
    session.flush()
    end(Result.WON, None, deal.id)
    assert (row.state, deal.state, row.opportunity_id) == (HandoffState.WON, "won", deal.id)
    assert lifecycle(session, row.prospect_id) == Lifecycle.WON
    with pytest.raises(ClosedError):
        end(Result.WON)
    with pytest.raises(ClosedError):
        say(session, row, answer("confirmed", now), now)


def test_when_a_lead_goes_back_its_warm_colleagues_are_looked_at_anew(
    session: Session, now: datetime, row: HandoffRow
) -> None:
    (bo,) = arrive(session, now, "bo@firm.example")
    look(session, now, bo)
    assert lifecycle(session, bo) == Lifecycle.WARM
    say(session, row, answer("not_a_buyer", now), now)
    rung = session.execute(select(MessageRow.ref).where(MessageRow.topic == Topic.REACT)).scalars()
    assert str(bo) in list(rung)
    look(session, now, bo)
    assert handoff(session, bo).state == HandoffState.OFFERED


def test_two_answers_at_the_same_instant_leave_one_standing(
    database: Database, now: datetime
) -> None:
    def prepare(session: Session) -> HandoffRow:
        three_reps(session, now - HOUR)
        taken = offered(session, now - HOUR)
        offers.accept(session, ref(taken), who(session, "ann"), now - HOUR)
        return taken

    row = perform(database, prepare)

    def one(verdict: str) -> object:
        finding = answer(verdict, now)
        try:
            return perform(database, lambda session: say(session, row, finding, now))
        except RoutingError as refusal:
            return type(refusal)

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(one, ["confirmed"] * 4))
    assert results.count(AlreadyConfirmedError) == 3
    with reading(database) as session:
        count = select(func.count()).select_from(ConfirmationRow)
        assert session.execute(count).scalar_one() == 1
