"""Who is handed to sales, when, and that an account has one open handoff however many grow warm."""

import threading
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects import timeline
from prospects.ids import EnrollmentId, ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ActivityRow
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import HandoffRequest, Lifecycle, Plan
from routing import forget
from routing.consider import consider
from routing.lives import HandoffState, NoticeKind
from routing.rows import (
    ColleagueRow,
    DecisionRow,
    HandoffRow,
    NoticeRow,
    OfferRow,
    OpenHandoffRow,
)
from tests.routing.office import (
    act,
    arrive,
    handoff,
    lifecycle,
    look,
    offered,
    offers,
    rules,
    staff,
    three_reps,
    who,
)


def count(session: Session, row: type) -> int:
    return session.execute(select(func.count()).select_from(row)).scalar_one()


def test_a_warm_person_is_offered_with_a_clock_a_brief_and_a_reason(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    row = offered(session, now)
    assert (row.state, row.lane) == (HandoffState.OFFERED, "fast")
    assert row.rep_id == who(session, "ann").id
    assert row.expires_at == now + timedelta(minutes=15)
    assert row.brief["claim"]["stage"] == "evaluation"
    assert "email" not in str(row.brief)
    assert "ida@" not in str(row.brief)
    assert row.buyer["email"] == "ida@firm.example"
    (offer,) = offers(session, row)
    assert (offer.n, offer.state) == (1, "open")
    decision = session.execute(select(DecisionRow)).scalar_one()
    assert decision.id == row.decision_id
    assert [each["name"] for each in decision.candidates] == ["ann", "bob", "cid"]
    assert [each["chosen"] for each in decision.candidates] == [True, False, False]
    assert lifecycle(session, row.prospect_id) == Lifecycle.OFFERED
    fact = session.execute(select(ActivityRow).where(ActivityRow.kind == Kind.OFFERED)).scalar_one()
    assert fact.body["handoff"] == str(row.id)


def test_the_offer_promises_its_own_clock_and_the_news_to_the_rep(
    session: Session, now: datetime
) -> None:
    three_reps(
        session, now, lanes={"fast": {"accept_within": "15m", "clock": "real", "remind": ["5m"]}}
    )
    row = offered(session, now)
    due = {message.topic: message for message in session.execute(select(MessageRow)).scalars()}
    assert due[Topic.HANDOFF].due_at == now + timedelta(minutes=5)
    assert due[Topic.HANDOFF].ref == f"{row.prospect_id}/{row.id}"
    notice = session.execute(select(NoticeRow)).scalar_one()
    assert (notice.kind, notice.member_id) == (NoticeKind.OFFERED, row.rep_id)
    assert due[Topic.NOTICE].ref == f"{notice.prospect_id}/{notice.id}"


def test_looking_again_changes_nothing(session: Session, now: datetime) -> None:
    three_reps(session, now)
    row = offered(session, now)
    look(session, now + timedelta(minutes=1), ProspectId(row.prospect_id))
    assert count(session, HandoffRow) == count(session, OfferRow) == 1
    assert lifecycle(session, row.prospect_id) == Lifecycle.OFFERED


def test_who_is_not_warm_is_left_to_nurture(session: Session, now: datetime) -> None:
    three_reps(session, now)
    (idle, enrolled) = arrive(session, now, "a@one.example", "b@two.example", warm=False)
    plans = [Plan(prospect_id=who, enrolled=who == enrolled) for who in (idle, enrolled)]
    look(session, now, idle, enrolled, plans=plans)
    assert count(session, HandoffRow) == 0
    assert lifecycle(session, idle) == Lifecycle.INQUIRY
    assert lifecycle(session, enrolled) == Lifecycle.NURTURING


def test_a_flow_may_ask_before_somebody_is_warm_and_name_the_lane(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    (prospect_id,) = arrive(session, now, "a@one.example", warm=False)
    request = HandoffRequest(
        prospect_id=prospect_id,
        enrollment_id=EnrollmentId(new_id(now)),
        flow="considered",
        step="go",
        visit=1,
        lane="normal",
    )
    look(session, now, prospect_id, plans=[Plan(prospect_id=prospect_id, request=request)])
    row = handoff(session, prospect_id)
    assert (row.lane, row.requested_by) == ("normal", "flow considered, step go")


def test_fifty_colleagues_make_one_offer(session: Session, now: datetime) -> None:
    three_reps(session, now)
    ids = arrive(session, now, *(f"p{n}@firm.example" for n in range(50)))
    look(session, now, *ids[:20])
    look(session, now, *ids[20:])
    assert count(session, HandoffRow) == count(session, OfferRow) == 1
    assert count(session, ColleagueRow) == 49
    kinds = session.execute(select(NoticeRow.kind)).scalars().all()
    assert sorted(kinds) == [NoticeKind.JOINED, NoticeKind.OFFERED]
    assert lifecycle(session, ids[-1]) == Lifecycle.WARM


def test_people_without_a_company_each_have_their_own(session: Session, now: datetime) -> None:
    three_reps(session, now)
    ids = arrive(session, now, "a@gmail.com", "b@gmail.com")
    look(session, now, *ids)
    assert count(session, HandoffRow) == 2


def test_eight_writers_one_account_fifty_colleagues_one_offer(
    database: Database, now: datetime
) -> None:
    def prepare(session: Session) -> list[ProspectId]:
        three_reps(session, now)
        return arrive(session, now, *(f"p{n}@firm.example" for n in range(50)))

    waiting = list(perform(database, prepare))
    lock = threading.Lock()

    def take() -> ProspectId | None:
        with lock:
            return waiting.pop() if waiting else None

    def look_at(session: Session, one: ProspectId) -> bool:
        seen = timeline.lock_and_see(session, [one], now)
        consider(session, seen.snapshots, {}, now)
        return not seen.busy

    def work() -> None:
        while (one := take()) is not None:
            if not perform(database, lambda session, one=one: look_at(session, one)):
                with lock:
                    waiting.append(one)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(database) as session:
        assert count(session, HandoffRow) == count(session, OfferRow) == 1
        assert count(session, ColleagueRow) == 49


def test_after_a_finding_only_something_new_the_buyer_does_counts(
    session: Session, now: datetime
) -> None:
    three_reps(session, now)
    (prospect_id,) = arrive(session, now, "a@one.example")
    verdict = Fact(
        prospect_id=prospect_id,
        kind=Kind.VERDICT,
        happened_at=now,
        source="rep",
        key="v",
        body={"verdict": "earlier", "stage_found": "awareness"},
    )
    timeline.record(session, [verdict], now + timedelta(minutes=1), ring=False)
    look(session, now + timedelta(minutes=2), prospect_id)
    assert count(session, HandoffRow) == 0
    act(session, now + timedelta(days=3), prospect_id)
    look(session, now + timedelta(days=3), prospect_id)
    assert count(session, HandoffRow) == 1


def test_a_suspected_robot_makes_nobody_warm(session: Session, now: datetime) -> None:
    three_reps(session, now)
    (prospect_id,) = arrive(session, now, "a@one.example")
    session.execute(ActivityRow.__table__.update().values(suspect_robot=True))
    look(session, now, prospect_id)
    assert count(session, HandoffRow) == 0


def test_with_nobody_free_the_fallback_owner_answers(session: Session, now: datetime) -> None:
    three_reps(session, now)
    staff(session, now, *({"name": name, "active": False} for name in ("ann", "bob", "cid")))
    row = offered(session, now)
    assert (row.state, row.fallback) == (HandoffState.OFFERED, True)
    assert row.rep_id == who(session, "max").id
    decision = session.execute(select(DecisionRow)).scalar_one()
    assert [each["reason"] for each in decision.candidates] == ["no longer active"] * 3


def test_with_nobody_at_all_it_is_held_and_tried_again(session: Session, now: datetime) -> None:
    row = offered(session, now)
    assert (row.state, row.rep_id) == (HandoffState.HELD, None)
    assert row.reason is not None
    assert "no fallback owner" in row.reason
    message = session.execute(select(MessageRow)).scalar_one()
    assert (message.topic, message.due_at) == (Topic.HANDOFF, now + timedelta(hours=1))


def test_without_any_rules_every_active_rep_takes_turns(session: Session, now: datetime) -> None:
    staff(session, now, {"name": "ann"}, {"name": "bob"}, {"name": "eve", "roles": ["marketer"]})
    first, second = offered(session, now, "a@one.example"), offered(session, now, "b@two.example")
    assert [first.rep_id, second.rep_id] == [who(session, "ann").id, who(session, "bob").id]


def test_rules_decide_by_who_the_person_is(session: Session, now: datetime) -> None:
    staff(session, now, {"name": "ann"}, {"name": "bob"})
    rules(
        session,
        now,
        teams=[{"slug": "dach", "people": ["bob@us.example"]}],
        rules=[
            {
                "name": "german",
                "if": {"field": "country", "op": "eq", "value": "DE"},
                "to": "team:dach",
            },
            {"name": "rest", "to": "person:ann@us.example"},
        ],
    )
    (german,) = arrive(session, now, "a@one.example", country="DE")
    (other,) = arrive(session, now, "b@two.example", country="FR")
    look(session, now, german, other)
    assert handoff(session, german).rep_id == who(session, "bob").id
    assert handoff(session, other).rep_id == who(session, "ann").id


def test_somebody_whose_lead_nobody_could_have_is_forgotten_with_it(
    session: Session, now: datetime
) -> None:
    (ann,) = arrive(session, now, "ann@acme.example")
    look(session, now, ann)
    assert (handoff(session, ann).state, handoff(session, ann).rep_id) == ("held", None)

    forget.forget(session, ann, now)

    assert session.execute(select(HandoffRow)).first() is None
    assert session.execute(select(OpenHandoffRow)).first() is None
