"""Companies, deals, promises, tokens, audit, flows and models over the API."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.rows import AnswerRow
from nurture import flows
from prospects import configuration
from prospects.member import Role
from prospects.rows import AccountRow, ProspectRow
from routing.finding_rows import PromiseRow
from tests.api.conftest import Program
from tests.routing.office import offered, three_reps

HOUR = timedelta(hours=1)


@pytest.fixture
def acme(admin: Program) -> str:
    """The company of somebody we know."""
    told = admin.post("/activities", {"kind": "form", "email": "ada@acme.example"})
    return str(admin.get(f"/prospects/{told['prospect']}")["account"])


def test_a_company_is_shown_with_its_people_and_deals(admin: Program, acme: str) -> None:
    admin.post("/activities", {"kind": "form", "email": "bo@acme.example"})
    deal = admin.post("/opportunities", {"account": acme, "product": "pump"})
    seen = admin.get(f"/accounts/{acme}")
    assert seen["domain"] == "acme.example"
    assert len(seen["people"]) == 2
    assert seen["stage"] is None
    assert seen["opportunities"] == [deal]
    assert [(each["name"], each["value"]) for each in seen["found_out"]] == [
        ("website", "https://acme.example")
    ]
    assert [each["id"] for each in admin.get("/accounts?domain=ACME.example")["items"]] == [acme]
    assert admin.get("/accounts?q=cme")["items"]
    assert admin.get("/accounts?q=nobody")["items"] == []
    admin.get("/accounts/none", 404)


def test_a_company_is_a_reps_own_once_somebody_there_is(
    admin: Program, program: Callable[..., Program], database: Database, acme: str
) -> None:
    rita = program(Role.REP, "rita@us.example")
    assert rita.get("/accounts")["items"] == []
    rita.get(f"/accounts/{acme}", 404)
    rita.post("/opportunities", {"account": acme}, 404)
    rep = rita.get("/people?email=rita@us.example")["items"][0]["id"]
    said = {"line": "ask +49 30 1234567 or ada@acme.example", "seats": 7}
    whose = update(AccountRow).where(AccountRow.id == UUID(acme))
    whose = whose.values(owner_id=UUID(rep), fields=said)
    perform(database, lambda session: session.execute(whose))
    seen = rita.get(f"/accounts/{acme}")
    assert seen["owner"] == rep
    assert seen["fields"] == {"line": "ask (after accepting) or (after accepting)", "seats": 7}
    assert admin.get(f"/accounts/{acme}")["fields"] == said
    deal = rita.post("/opportunities", {"account": acme})
    assert rita.get("/opportunities")["items"] == [deal]
    assert program(Role.REP, "bob@us.example").get("/opportunities")["items"] == []


def test_money_is_a_decimal_text_with_its_currency(admin: Program, acme: str) -> None:
    amount = {"amount": "9999999999999.99", "currency": "EUR"}
    whole = {"account": acme, "amount": amount, "expected_on": "2026-06-30"}
    deal = admin.post("/opportunities", whole)
    assert deal["amount"] == amount
    path = f"/opportunities/{deal['id']}"
    assert admin.get(path) == deal
    less = {"amount": {"amount": "5", "currency": "USD"}, "state": "won"}
    changed = admin.ask("PATCH", path, less, status=200)
    assert changed["amount"] == {"amount": "5.00", "currency": "USD"}
    assert (changed["state"], changed["expected_on"]) == ("won", "2026-06-30")
    assert changed["closed_at"]
    again = admin.ask("PATCH", path, {"state": "open", "amount": None}, status=200)
    assert (again["closed_at"], again["amount"]) == (None, None)
    assert admin.get("/opportunities?state=open")["items"] == [again]
    assert admin.get("/opportunities?state=lost")["items"] == []
    admin.get("/opportunities?state=gone", 422)


@pytest.mark.parametrize(
    "amount", [1200, {"amount": 1200, "currency": "EUR"}, {"amount": "-1", "currency": "EUR"}]
)
def test_money_that_is_none_is_refused(admin: Program, acme: str, amount: Any) -> None:
    problem = admin.post("/opportunities", {"account": acme, "amount": amount}, 422)
    assert problem["errors"][0]["field"].startswith("amount")


def test_a_token_is_shown_once_and_ends_when_it_is_taken_back(
    admin: Program, with_token: Callable[[str], Program], database: Database
) -> None:
    body, key = {"role": "marketer", "name": "crm"}, {"Idempotency-Key": "k"}
    made = admin.post("/tokens", body, **key)
    assert made["token"].startswith("wl_")
    assert admin.post("/tokens", body, **key) == {**made, "token": None}
    with reading(database) as session:
        assert made["token"] not in str(session.execute(select(AnswerRow.answer)).scalars().all())
    crm = with_token(made["token"])
    crm.get("/prospects")
    crm.post("/tokens", body, 403)
    assert "token" not in admin.get("/tokens")["items"][0]
    revoked = admin.ask("DELETE", f"/tokens/{made['id']}", status=200)
    assert revoked["revoked_at"]
    assert admin.ask("DELETE", f"/tokens/{made['id']}", status=200) == revoked
    crm.get("/prospects", 401)
    acts = [each["act"] for each in admin.get(f"/audit?about={made['id']}")["items"]]
    assert acts == ["token revoked", "token created"]
    assert admin.get("/audit?who=nobody")["items"] == []


def test_a_token_for_nobody_we_know_is_not_made(admin: Program) -> None:
    body = {"role": "rep", "name": "x", "person": "nobody@us.example"}
    assert admin.post("/tokens", body, 422)["errors"][0]["field"] == "person"


@pytest.fixture
def ann(database: Database, program: Callable[..., Program], now: datetime) -> Program:
    """A rep who talked to a buyer and promised prices within the hour."""

    def prepare(session: Session) -> None:
        start = now - HOUR - timedelta(seconds=1)
        three_reps(session, start)
        offered(session, start)

    perform(database, prepare)
    ann = program(Role.REP, "ann@us.example")
    lead = ann.get("/handoffs")["items"][0]["id"]
    ann.post(f"/handoffs/{lead}/acceptance", {})
    finding = {
        "verdict": "confirmed",
        "spoke_with": "Ida",
        "channel": "call",
        "at": (now - HOUR).isoformat(),
        "fact": "May.",
        "promises": [{"what": "prices", "due_at": (now + HOUR).isoformat()}],
    }
    ann.post(f"/handoffs/{lead}/confirmation", finding)
    return ann


def test_a_promise_is_moved_or_in_trouble_by_who_owes_it_and_given_to_who_helps(
    ann: Program, program: Callable[..., Program], now: datetime
) -> None:
    bob, boss = program(Role.REP, "bob@us.example"), program(Role.MANAGER, "max@us.example")
    (promise,) = ann.get("/promises")["items"]
    path = f"/promises/{promise['id']}"
    tomorrow = {"due_at": (now + 24 * HOUR).isoformat(), "reason": "they asked for it"}
    bob.post(f"{path}/postponement", tomorrow, 404)
    ann.post(f"{path}/postponement", {**tomorrow, "due_at": (now - HOUR).isoformat()}, 422)
    moved = ann.post(f"{path}/postponement", tomorrow)
    assert moved["due_at"] > promise["due_at"]
    assert ann.post(f"{path}/trouble", {"reason": "no prices yet"})["trouble"] == "no prices yet"
    ann.post(f"{path}/giving", {**tomorrow, "to": "max@us.example"}, 403)
    boss.post(f"{path}/giving", {**tomorrow, "to": "bob@us.example"}, 422)
    given = boss.post(f"{path}/giving", {**tomorrow, "to": "max@us.example"})
    assert (given["rep"] != promise["rep"], given["trouble"]) == (True, None)
    boss.post(f"{path}/keeping", {})
    boss.post(f"{path}/giving", {**tomorrow, "to": "max@us.example"}, 409)


def test_a_promise_is_kept_by_who_made_it(
    ann: Program, database: Database, program: Callable[..., Program], now: datetime
) -> None:
    bob, boss = program(Role.REP, "bob@us.example"), program(Role.MANAGER, "max@us.example")
    lead = ann.get("/handoffs")["items"][0]["id"]
    (promise,) = ann.get("/promises?state=open")["items"]
    assert (promise["what"], promise["late"], promise["kept_at"]) == ("prices", False, None)
    late = update(PromiseRow).values(due_at=now - 2 * HOUR)
    perform(database, lambda session: session.execute(late))
    assert [each["late"] for each in boss.get("/promises?state=late")["items"]] == [True]
    assert bob.get("/promises")["items"] == []
    path = f"/promises/{promise['id']}/keeping"
    bob.post(path, {}, 404)
    boss.post(path, {}, 404)
    kept = ann.post(path, {})
    assert kept["kept_at"]
    assert ann.post(path, {}, 200) == kept
    assert boss.get(f"/promises?state=kept&handoff={lead}")["items"] == [kept]
    boss.get("/promises?state=broken", 422)


def test_a_flow_is_shown_in_every_version(
    admin: Program, database: Database, now: datetime
) -> None:
    def set_up(session: Session, steps: int) -> None:
        document = {
            "flow": "hello",
            "enter": {"activity": "form"},
            "steps": [{"id": f"s{n}", "wait": "1d"} for n in range(steps)],
        }
        configuration.write(session, "flow", "hello", document, now, by="test")

    perform(database, lambda session: set_up(session, 1))
    assert admin.get("/flows")["items"][0]["version"] is None
    for steps in (1, 2):
        perform(database, lambda session, steps=steps: set_up(session, steps))
        perform(database, lambda session: flows.current(session, now))
    (listed,) = admin.get("/flows")["items"]
    assert (listed["slug"], listed["version"], listed["people"]) == ("hello", 2, {})
    shown = admin.get("/flows/hello")
    assert [each["version"] for each in shown["versions"]] == [2, 1]
    assert len(shown["versions"][0]["definition"]["steps"]) == 2
    admin.get("/flows/none", 404)


def test_the_model_is_the_one_assessments_name(admin: Program) -> None:
    (model,) = admin.get("/models")["items"]
    assert model["id"].startswith("points")
    assert model["state"] == "active"


def test_people_of_a_company_that_were_forgotten_are_not_listed(
    admin: Program, database: Database, acme: str, now: datetime
) -> None:
    gone = update(ProspectRow).values(erased_at=now)
    perform(database, lambda session: session.execute(gone))
    assert admin.get(f"/accounts/{acme}")["people"] == []
