"""Handoffs over the API: what each sees, what acts answer, and that contact data comes after accepting."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from prospects.ids import HandoffId, ProspectId
from prospects.member import Role
from prospects.values import HandoffRef
from routing import clocks
from tests.api.conftest import Program
from tests.routing.office import arrive, look, offered, three_reps

HOUR = timedelta(hours=1)
Rep = Callable[[str], Program]


@pytest.fixture
def lead(database: Database, now: datetime) -> dict[str, str]:
    """A lead just offered to ann for 15 minutes; bob and cid come next, max is the fallback owner."""

    def prepare(session: Session) -> dict[str, str]:
        # The site's clock starts an hour ago; ids are ordered by time.
        start = now - HOUR - timedelta(seconds=1)
        three_reps(session, start)
        row = offered(session, start)
        return {"id": str(row.id), "prospect": str(row.prospect_id)}

    return perform(database, prepare)


@pytest.fixture
def rep(program: Callable[..., Program], lead: dict[str, str]) -> Rep:
    """A program that acts for a colleague."""
    return lambda name: program(Role.MANAGER if name == "max" else Role.REP, f"{name}@us.example")


def run_out(database: Database, lead: dict[str, str], at: datetime) -> None:
    ref = HandoffRef(ProspectId(UUID(lead["prospect"])), HandoffId(UUID(lead["id"])))
    perform(database, lambda session: clocks.tick(session, [str(ref)], at))


def finding(now: datetime, **more: Any) -> dict[str, Any]:
    whole = {
        "verdict": "confirmed",
        "spoke_with": "Ida",
        "channel": "call",
        "at": (now - HOUR).isoformat(),
        "fact": "They want to start in May.",
    }
    return {**whole, **more}


def test_how_to_reach_the_buyer_is_shown_after_accepting_and_not_before(
    rep: Rep, lead: dict[str, str]
) -> None:
    ann = rep("ann")
    before = ann.get(f"/handoffs/{lead['id']}")
    assert (before["state"], before["lane"]) == ("offered", "fast")
    assert before["brief"]["claim"]["stage"] == "evaluation"
    assert before["brief"]["contact"] is None
    assert "ida@firm.example" not in str(before)
    after = ann.post(f"/handoffs/{lead['id']}/acceptance", {}, 201)
    assert after["state"] == "accepted"
    assert after["brief"]["contact"] == {"email": "ida@firm.example", "phone": None}
    assert after["confirm_by"] > after["accepted_at"]
    ann.post(f"/handoffs/{lead['id']}/acceptance", {}, 200)


def test_a_rep_sees_their_own_and_a_manager_everybodys(rep: Rep, lead: dict[str, str]) -> None:
    bob = rep("bob")
    bob.get(f"/handoffs/{lead['id']}", 404)
    assert bob.get("/handoffs")["items"] == []
    assert bob.get("/decisions")["items"] == []
    bob.post(f"/handoffs/{lead['id']}/acceptance", {}, 404)
    bob.post(f"/handoffs/{lead['id']}/reassignment", {"to": "x", "reason": "y"}, 403)
    for somebody in (rep("ann"), rep("max")):
        assert [each["id"] for each in somebody.get("/handoffs")["items"]] == [lead["id"]]
    rep("max").post(f"/handoffs/{lead['id']}/acceptance", {}, 404)


def test_too_late_is_said_by_its_name(
    database: Database, rep: Rep, lead: dict[str, str], now: datetime
) -> None:
    run_out(database, lead, now - HOUR + timedelta(minutes=15))
    told = rep("ann").post(f"/handoffs/{lead['id']}/acceptance", {}, 409)
    assert told["code"] == "offer_expired"
    assert told["detail"] == "The offer has run out, and the lead was passed on."
    rep("ann").get(f"/handoffs/{lead['id']}", 404)
    assert rep("bob").get(f"/handoffs/{lead['id']}")["state"] == "offered"


def test_the_decision_lists_everybody_and_why_not(rep: Rep, lead: dict[str, str]) -> None:
    body = {"reason": "bad_data", "note": "no such firm"}
    rep("ann").post(f"/handoffs/{lead['id']}/decline", body, 201)
    boss = rep("max")
    latest, first = boss.get(f"/decisions?handoff={lead['id']}")["items"]
    assert boss.get(f"/handoffs/{lead['id']}")["decision"] == latest["id"]
    assert boss.get(f"/decisions/{first['id']}") == first
    weighed = [(each["name"].split("@")[0], each["reason"]) for each in latest["candidates"]]
    assert weighed == [
        ("ann", "passed this lead on"),
        ("bob", None),
        ("cid", None),
    ]
    assert (latest["team"], latest["turn"], latest["rule"]) == ("all", 2, "all")


def test_a_finding_is_answered_with_its_id_and_shown_beside_the_brief(
    rep: Rep, lead: dict[str, str], now: datetime
) -> None:
    ann = rep("ann")
    path = f"/handoffs/{lead['id']}/confirmation"
    assert ann.post(path, finding(now), 409)["code"] == "not_accepted"
    ann.post(f"/handoffs/{lead['id']}/acceptance", {}, 201)
    tried = ann.post(path, {"verdict": "not_reached"}, 201)
    due = (now + timedelta(days=1)).isoformat()
    told = ann.post(path, finding(now, promises=[{"what": "prices", "due_at": due}]), 201)
    assert (told["claimed"], told["stage_found"]) == ("evaluation", "evaluation")
    assert ann.post(path, finding(now), 409)["code"] == "already_confirmed"
    correction = finding(now, verdict="later", stage_found="decision")
    ann.post(path, {**correction, "supersedes": told["id"], "reason": "misheard"}, 201)
    seen = ann.get(f"/handoffs/{lead['id']}")
    assert seen["state"] == "checked"
    assert seen["confirmation"]["verdict"] == "later"
    assert [each["id"] for each in seen["attempts"]] == [tried["id"]]
    assert seen["promises"][0]["what"] == "prices"
    ended = ann.post(f"/handoffs/{lead['id']}/outcome", {"result": "won"}, 201)
    assert ended["state"] == "won"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["verdict"]),
        ({"verdict": "maybe"}, ["verdict"]),
        ({"verdict": "confirmed"}, ["at", "spoke_with", "channel", "fact"]),
        ({"verdict": "confirmed", "spoke_whit": "Ida"}, ["spoke_whit"]),
        ({"verdict": "not_reached", "at": 5}, ["at"]),
        ({"verdict": "not_reached", "at": "2026-03-03T10:00:00"}, ["at"]),
        ({"verdict": "not_reached", "channel": "owl"}, ["channel"]),
    ],
)
def test_an_answer_that_is_not_whole_is_told_field_by_field(
    rep: Rep, lead: dict[str, str], body: dict[str, Any], fields: list[str]
) -> None:
    ann = rep("ann")
    ann.post(f"/handoffs/{lead['id']}/acceptance", {}, 201)
    told = ann.post(f"/handoffs/{lead['id']}/confirmation", body, 422)
    assert [each["field"] for each in told["errors"]] == fields
    assert all(each["mend"] for each in told["errors"])


def test_a_manager_gives_a_lead_to_a_colleague_by_address_or_id(
    rep: Rep, lead: dict[str, str]
) -> None:
    boss, path = rep("max"), f"/handoffs/{lead['id']}/reassignment"
    told = boss.post(path, {"to": "cit@us.example", "reason": "knows them"}, 422)
    assert told["errors"][0]["mend"] == "did you mean `cid@us.example`?"
    boss.post(path, {"to": "cid@us.example"}, 422)
    given = boss.post(path, {"to": "cid@us.example", "reason": "knows them"}, 201)
    assert rep("cid").get(f"/handoffs/{lead['id']}")["rep"] == given["rep"]
    rep("ann").get(f"/handoffs/{lead['id']}", 404)


def test_a_manager_gives_a_lead_more_time_and_takes_it_back(
    rep: Rep, lead: dict[str, str], now: datetime
) -> None:
    boss, path = rep("max"), f"/handoffs/{lead['id']}"
    late = {"until": (now + HOUR).isoformat(), "reason": "she is in a meeting"}
    rep("ann").post(f"{path}/extension", late, 403)
    assert boss.post(f"{path}/extension", late, 201)["expires_at"] == "2026-03-03T11:00:00Z"
    told = boss.post(f"{path}/extension", late, 422)
    assert told["errors"][0]["field"] == "until"
    boss.post(f"{path}/withdrawal", {}, 422)
    gone = boss.post(f"{path}/withdrawal", {"reason": "a competitor"}, 201)
    assert (gone["state"], gone["reason"]) == ("recycled", "a competitor")
    assert boss.post(f"{path}/withdrawal", {"reason": "again"}, 409)["code"] == "closed"
    assert boss.post(f"{path}/extension", late, 409)["code"] == "closed"


def test_the_same_answer_sent_twice_under_one_key_is_one_answer(
    rep: Rep, lead: dict[str, str], now: datetime
) -> None:
    ann = rep("ann")
    ann.post(f"/handoffs/{lead['id']}/acceptance", {}, 201)
    path, key = f"/handoffs/{lead['id']}/confirmation", {"Idempotency-Key": "tap"}
    first = ann.ask("POST", path, finding(now), status=201, headers=key)
    assert ann.ask("POST", path, finding(now), status=201, headers=key) == first


def test_an_offer_is_put_off_until_an_instant(
    rep: Rep, lead: dict[str, str], now: datetime
) -> None:
    ann, path = rep("ann"), f"/handoffs/{lead['id']}/snooze"
    until = (now + HOUR).isoformat()
    assert ann.post(path, {"until": until}, 201)["expires_at"].startswith("2026-03-03T11:00:00")
    assert ann.post(path, {"until": until}, 409)["code"] == "snoozed_before"
    late = (now + timedelta(days=30)).isoformat()
    assert ann.post(path, {"until": late}, 422)["errors"][0]["field"] == "until"


def test_colleagues_are_named_in_the_brief_until_they_are_forgotten(
    database: Database, program: Callable[..., Program], now: datetime
) -> None:
    def prepare(session: Session) -> str:
        three_reps(session, now - HOUR)
        arrive(session, now - HOUR, "bo@firm.example", warm=False)
        row = offered(session, now - HOUR)
        look(session, now - HOUR, ProspectId(row.prospect_id))
        return str(row.id)

    handoff = perform(database, prepare)
    ann = program(Role.REP, "ann@us.example")
    (bo,) = ann.get(f"/handoffs/{handoff}")["brief"]["colleagues"]
    assert bo["name"] == "Bo"


@pytest.mark.parametrize("query", ["state=offered", "state=held", "rep=nobody", "prospect=x"])
def test_lists_are_narrowed_down(rep: Rep, lead: dict[str, str], query: str) -> None:
    found = rep("max").get(f"/handoffs?{query}")["items"]
    assert len(found) == (1 if query == "state=offered" else 0)
    rep("max").get("/handoffs?state=asleep", 422)
    rep("max").get("/handoffs?color=red", 422)
