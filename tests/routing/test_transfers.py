"""A won customer is put to the account team, asked about, answered, and accepted; the rep lets go."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects.faults import FaultyError
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import AccountRow, ActivityRow, ProspectRow
from prospects.stakes import Stake, say
from prospects.team import save
from routing import forget, transfer_acts, transfer_clock, transfers
from routing.finding_rows import PromiseRow
from routing.lives import NoticeKind
from routing.outcome import Result, conclude
from routing.refusals import NotAskedError, NotYoursError, StillAskedError, TransferOverError
from routing.rows import NoticeRow
from routing.transfer_life import TransferState
from routing.transfer_moves import ref_of
from routing.transfer_rows import TransferRow
from tests.routing.customers import DAY, checked, deal, hire, named, win, won
from tests.routing.office import arrive, ref, rules, staff, three_reps, who


@pytest.fixture(autouse=True)
def office(session: Session, now: datetime) -> None:
    three_reps(session, now)
    hire(session, now)


def told(session: Session, kind: NoticeKind) -> list[str | None]:
    rows = session.execute(
        select(NoticeRow.member_id).where(NoticeRow.kind == kind).order_by(NoticeRow.id)
    )
    return [named(session, each) for each in rows.scalars()]


def kinds(session: Session, row: TransferRow) -> list[str]:
    query = select(ActivityRow.kind).where(ActivityRow.prospect_id == row.prospect_id)
    return list(session.execute(query.order_by(ActivityRow.id)).scalars())


def test_a_won_lead_is_put_to_the_account_team_by_turns(session: Session, now: datetime) -> None:
    rows = [won(session, now, f"ida@firm{n}.example") for n in range(4)]
    assert [named(session, row.member_id) for row in rows] == ["eva", "fin", "eva", "fin"]
    assert {row.state for row in rows} == {"proposed"}
    assert told(session, NoticeKind.TRANSFER) == ["eva", "fin", "eva", "fin"]
    assert kinds(session, rows[0])[-1] == Kind.TRANSFER_PROPOSED
    assert rows[0].why == "of 2 on the account team, it is the turn of eva"


def test_a_lost_lead_is_put_to_nobody(session: Session, now: datetime) -> None:
    row = checked(session, now)
    rep = who(session, named(session, row.rep_id) or "")
    conclude(session, ref(row), rep, result=Result.LOST, reason="price", opportunity=None, now=now)
    assert session.execute(select(func.count()).select_from(TransferRow)).scalar_one() == 0


def test_who_is_on_the_account_team_and_owns_the_company_gets_its_next_customer(
    session: Session, now: datetime
) -> None:
    row = checked(session, now)
    session.get_one(AccountRow, row.account_id).owner_id = who(session, "fin").id
    assert named(session, win(session, row, now).member_id) == "fin"


def test_the_workspace_can_name_a_person_or_a_team(session: Session, now: datetime) -> None:
    rules(session, now, transfers={"to": "person:fin@us.example"})
    assert named(session, won(session, now, "a@one.example").member_id) == "fin"
    teams = [{"slug": "care", "people": ["eva@us.example"]}]
    rules(session, now, teams=teams, transfers={"to": "team:care"})
    assert named(session, won(session, now, "b@two.example").member_id) == "eva"


def test_those_away_and_the_rep_who_won_it_come_last(session: Session, now: datetime) -> None:
    away = [{"from": f"{now:%Y-%m-%d}", "until": f"{now + DAY:%Y-%m-%d}", "reason": "leave"}]
    staff(session, now, {"name": "eva", "roles": ["account_manager"], "absences": away})
    both = ["rep", "account_manager"]
    for name in ("ann", "bob", "cid"):
        staff(session, now, {"name": name, "roles": both})
    rows = [won(session, now, f"ida@firm{n}.example") for n in range(3)]
    assert all(row.member_id != row.rep_id for row in rows)
    assert "eva" not in [named(session, row.member_id) for row in rows]


def test_with_nobody_on_the_account_team_the_customer_waits_and_a_manager_gives_it(
    session: Session, now: datetime
) -> None:
    for name in ("eva", "fin"):
        staff(session, now, {"name": name, "roles": ["account_manager"], "active": False})
    row = won(session, now)
    assert (row.member_id, row.due_at, row.why) == (None, None, "nobody to take this customer")
    assert told(session, NoticeKind.TRANSFER) == []
    with pytest.raises(FaultyError, match="takes no customers"):
        transfers.give(session, ref_of(row), to=who(session, "eva"), reason="x", by="Max", now=now)
    give = {"to": who(session, "ann"), "by": "Max", "now": now}
    with pytest.raises(FaultyError, match="reason is missing"):
        transfers.give(session, ref_of(row), reason=" ", **give)
    transfers.give(session, ref_of(row), reason="she knows them", **give)
    assert named(session, row.member_id) == "ann"
    assert told(session, NoticeKind.TRANSFER) == ["ann"]
    assert transfer_acts.accept(session, ref_of(row), who(session, "ann"), now)


def test_the_paper_says_who_what_was_sold_found_and_promised_and_how_to_reach_nobody(
    session: Session, now: datetime
) -> None:
    row = checked(session, now)
    (bo,) = arrive(session, now, "bo@firm.example", warm=False)
    say(session, bo, Stake.BLOCKER, None, by=who(session, "ann").id, now=now)
    paper = win(session, row, now, deal(session, row, now)).paper
    assert paper["who"]["name"] == "Ida"
    assert paper["company"]["domain"] == "firm.example"
    assert paper["sold"] == {"product": "Chiller", "amount": "1200.00", "currency": "EUR"}
    assert paper["won"]["reason"] == "best offer"
    assert (paper["found"]["stage"], paper["found"]["fact"]) == (
        "decision",
        "wants two plants by May",
    )
    assert paper["needs"] == ["delivery day"]
    assert [each["what"] for each in paper["promises"]] == ["the security paper"]
    assert paper["deciders"][0]["name"] == "Bo"
    people = {each["prospect"]: each["stake"] for each in paper["contacts"]}
    assert people == {str(row.prospect_id): None, str(bo): "blocker"}
    assert paper["history"]
    assert "ida@firm.example" not in str(paper)


def test_asked_answered_asked_again_and_accepted(session: Session, now: datetime) -> None:
    row = won(session, now)
    name, eva, rep = (
        ref_of(row),
        who(session, "eva"),
        who(session, named(session, row.rep_id) or ""),
    )
    once = uuid4()
    assert transfer_acts.ask(session, name, eva, "which delivery day?", once=once, now=now)
    assert not transfer_acts.ask(session, name, eva, "which delivery day?", once=once, now=now)
    assert row.state == TransferState.ASKED
    with pytest.raises(StillAskedError):
        transfer_acts.ask(session, name, eva, "and where?", once=uuid4(), now=now)
    transfer_acts.answer(session, name, rep, "Thursday", now=now)
    assert row.state == TransferState.PROPOSED
    with pytest.raises(NotAskedError):
        transfer_acts.answer(session, name, rep, "or Friday", now=now)
    transfer_acts.ask(session, name, eva, "and where?", once=uuid4(), now=now)
    transfer_acts.answer(session, name, rep, "Kiel", now=now)
    assert transfer_acts.accept(session, name, eva, now)
    assert not transfer_acts.accept(session, name, eva, now)
    thread = [(each.question, each.answer) for each in transfer_acts.questions(session, row)]
    assert thread == [("which delivery day?", "Thursday"), ("and where?", "Kiel")]
    assert told(session, NoticeKind.TRANSFER_ASKED) == [named(session, rep.id)] * 2
    assert told(session, NoticeKind.TRANSFER_ANSWERED) == ["eva", "eva"]
    assert told(session, NoticeKind.TRANSFER_ACCEPTED) == [named(session, rep.id)]
    assert kinds(session, row)[-1] == Kind.TRANSFERRED


def test_who_accepts_owns_the_company_its_people_and_what_was_promised(
    session: Session, now: datetime
) -> None:
    row = won(session, now)
    eva = who(session, "eva")
    (bo, warm) = arrive(session, now, "bo@firm.example", "cy@firm.example", warm=False)
    for each in (bo, warm):
        session.get_one(ProspectRow, each).owner_id = row.rep_id
    session.flush()
    transfer_acts.accept(session, ref_of(row), eva, now)
    session.expire_all()
    assert row.account_id
    assert session.get_one(AccountRow, row.account_id).owner_id == eva.id
    owners = {session.get_one(ProspectRow, each).owner_id for each in (row.prospect_id, bo, warm)}
    assert owners == {eva.id}
    assert session.execute(select(PromiseRow.rep_id)).scalars().all() == [eva.id]


def test_nobody_else_may_ask_or_accept_and_what_is_accepted_stays_so(
    session: Session, now: datetime
) -> None:
    row = won(session, now)
    name, fin = ref_of(row), who(session, "fin")
    with pytest.raises(NotYoursError):
        transfer_acts.accept(session, name, fin, now)
    with pytest.raises(NotYoursError):
        transfer_acts.ask(session, name, fin, "why not me?", once=uuid4(), now=now)
    transfer_acts.accept(session, name, who(session, "eva"), now)
    for act in (
        lambda: transfer_acts.accept(session, name, fin, now),
        lambda: transfer_acts.answer(session, name, fin, "x", now=now),
        lambda: transfers.give(session, name, to=fin, reason="x", by="Max", now=now),
    ):
        with pytest.raises(TransferOverError):
            act()


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_a_question_and_an_answer_are_some_words(
    session: Session, now: datetime, text: str
) -> None:
    row = won(session, now)
    with pytest.raises(FaultyError):
        transfer_acts.ask(session, ref_of(row), who(session, "eva"), text, once=uuid4(), now=now)
    with pytest.raises(FaultyError):
        transfer_acts.answer(session, ref_of(row), who(session, "ann"), text, now=now)


def test_whoever_lets_the_clock_run_out_is_told_once_for_each_move(
    session: Session, now: datetime
) -> None:
    rules(session, now, transfers={"business_days": 1})
    save(session, [{"email": "eva@us.example", "hours": {"mon-fri": ["09:00-17:00"]}}], now)
    row = won(session, now)
    name, rep = ref_of(row), named(session, row.rep_id)
    assert row.due_at == now + DAY
    (due,) = session.execute(select(MessageRow.due_at).where(MessageRow.topic == "transfer")).one()
    assert due == row.due_at
    transfer_clock.tick(session, [str(name)], now)
    assert told(session, NoticeKind.TRANSFER_LATE) == []
    for _ in range(2):
        transfer_clock.tick(session, [str(name), "nonsense"], now + DAY)
    assert told(session, NoticeKind.TRANSFER_LATE) == ["eva"]
    transfer_acts.ask(session, name, who(session, "eva"), "when?", once=uuid4(), now=now + DAY)
    transfer_clock.tick(session, [str(name)], now + 9 * DAY)
    assert told(session, NoticeKind.TRANSFER_LATE) == ["eva", rep]


def test_a_friday_s_customer_is_not_late_on_sunday(session: Session, now: datetime) -> None:
    hours = {"mon-fri": ["09:00-17:00"]}
    save(session, [{"email": "eva@us.example", "hours": hours, "zone": "Europe/Berlin"}], now)
    friday = now + timedelta(days=(4 - now.weekday()) % 7)
    row = won(session, friday)
    assert row.due_at == friday + 4 * DAY


def test_a_forgotten_buyer_is_put_to_nobody_any_more(session: Session, now: datetime) -> None:
    row = won(session, now)
    forget.forget(session, ProspectId(row.prospect_id), now)
    session.refresh(row)
    assert (row.state, row.due_at) == (TransferState.DROPPED, None)
    with pytest.raises(TransferOverError):
        transfer_acts.accept(session, ref_of(row), who(session, "eva"), now)
