"""Offers and their clocks as reps meet them, at the scale of seconds."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.office import MANAGER, Office, finding, instant, someone, soon
from tests.support.running import until

pytestmark = pytest.mark.slow

RITA, TOM = "rita@vendor.example", "tom@vendor.example"
EVE, EMIL = "eve@vendor.example", "emil@vendor.example"


def colleague(office: Office, email: str) -> str:
    """The id of a colleague."""
    (found,) = office.items(f"/people?email={email}")
    return str(found["id"])


def act(office: Office, handoff: str, name: str, rep: str, expect: int, **body: Any) -> Any:
    path = f"/handoffs/{handoff}/{name}"
    return office.call("POST", path, token=office.rep(rep), json=body, expect=expect)


def test_an_offer_that_is_ignored_goes_to_the_next_and_at_last_to_the_fallback(
    office: Office,
) -> None:
    email = someone()
    first = office.offered(email, fields={"team": "expiry"})
    assert instant(first["expires_at"]) - instant(first["offered_at"]) == timedelta(seconds=2)
    assert first["lane"] == "quick"
    reps = {colleague(office, EVE), colleague(office, EMIL)}
    assert first["rep"] in reps

    def at_the_fallback() -> Any:
        found = office.call("GET", f"/handoffs/{first['id']}")
        return found if found["rep"] == colleague(office, MANAGER) else None

    last = until(at_the_fallback, 15, what="the fallback owner")
    assert (last["state"], last["id"]) == ("offered", first["id"])
    asked = [
        each["body"]["rep"]
        for each in office.timeline(first["prospect"])
        if each["kind"] == "offered"
    ]
    assert set(asked[1:]) == reps, "each of them was asked once"
    assert office.kinds(first["prospect"]) == [
        "form",
        "offered",
        "offer_expired",
        "offered",
        "offer_expired",
        "offered",
    ]
    weighed = office.items(f"/decisions?handoff={first['id']}")
    assert len(weighed) == 3
    reasons = {each["member"]: each["reason"] for each in weighed[0]["candidates"]}
    assert all(reasons[rep] for rep in reps), "why not each of them"
    slow = next(rep for rep in (EVE, EMIL) if colleague(office, rep) == first["rep"])
    assert "offer_expired" in json.dumps(act(office, first["id"], "acceptance", slow, 409))


def test_too_late_is_409_and_says_so(office: Office) -> None:
    offered = office.offered(someone(), fields={"team": "alone"})
    office.rep("alan@vendor.example")
    late = (instant(offered["expires_at"]) - instant(soon())).total_seconds() + 0.05
    time.sleep(max(0.0, late))
    told = office.call(
        "POST", f"/handoffs/{offered['id']}/acceptance", token=office.rep("alan@vendor.example"),
        json={}, expect=409,
    )  # fmt: skip
    assert "offer_expired" in json.dumps(told)


def test_taking_a_lead_is_201_and_once_more_200(office: Office) -> None:
    offered = office.offered(someone(), fields={"team": "rita"}, phone="+49 30 1234567")
    seen = office.call("GET", f"/handoffs/{offered['id']}", token=office.rep(RITA))
    assert "@" not in json.dumps(seen["brief"])
    assert "1234567" not in json.dumps(seen["brief"])
    taken = act(office, offered["id"], "acceptance", RITA, 201)
    assert (taken["state"], taken["rep"]) == ("accepted", offered["rep"])
    assert instant(taken["confirm_by"]) - instant(taken["accepted_at"]) == timedelta(seconds=3)
    assert taken["brief"]["contact"]["email"]
    assert "1234567" in json.dumps(taken["brief"]["contact"])
    again = act(office, offered["id"], "acceptance", RITA, 200)
    assert again["accepted_at"] == taken["accepted_at"]
    office.rep(TOM)
    assert act(office, offered["id"], "acceptance", TOM, 404)
    assert act(office, offered["id"], "decline", RITA, 409, reason="no_time")


def test_a_body_that_is_not_empty_is_refused(office: Office) -> None:
    offered = office.offered(someone(), fields={"team": "rita"})
    act(office, offered["id"], "acceptance", RITA, 422, sure=True)
    act(office, offered["id"], "acceptance", RITA, 201)


@pytest.mark.parametrize(
    "reason", ["not_my_area", "no_time", "bad_data", "conflict", "already_known"]
)
def test_a_declined_lead_is_the_next_reps(office: Office, reason: str) -> None:
    offered = office.offered(someone())
    rep, other = (RITA, TOM) if offered["rep"] == colleague(office, RITA) else (TOM, RITA)
    act(office, offered["id"], "decline", rep, 422, reason="just because")
    act(office, offered["id"], "decline", rep, 422)
    act(office, offered["id"], "decline", rep, 201, reason=reason, note="a word")
    now = office.call("GET", f"/handoffs/{offered['id']}")
    assert (now["state"], now["rep"]) == ("offered", colleague(office, other))
    act(office, offered["id"], "acceptance", rep, 404)
    assert office.kinds(offered["prospect"])[-3:] == ["offered", "declined", "offered"]


def test_a_snoozed_offer_comes_back_to_the_same_rep(office: Office) -> None:
    offered = office.offered(someone(), fields={"team": "rita"})
    for until_when in (soon(-5), soon(8 * 86_400), "tomorrow"):
        act(office, offered["id"], "snooze", RITA, 422, until=until_when)
    act(office, offered["id"], "snooze", RITA, 201, until=soon(1.2))

    def again() -> Any:
        found = office.call("GET", f"/handoffs/{offered['id']}")
        return found if found["offered_at"] != offered["offered_at"] else None

    woken = until(again, 10, what="the offer after its snooze")
    assert (woken["state"], woken["rep"]) == ("offered", offered["rep"])
    act(office, offered["id"], "snooze", RITA, 409, until=soon(60))
    act(office, offered["id"], "acceptance", RITA, 201)


def test_a_manager_gives_a_lead_to_somebody_else(office: Office) -> None:
    offered = office.offered(someone(), fields={"team": "rita"})
    path = f"/handoffs/{offered['id']}/reassignment"
    manager = office.rep(MANAGER, "manager")
    office.call("POST", path, token=office.rep(RITA), json={"to": TOM, "reason": "x"}, expect=403)
    for bad in (
        {"to": "nobody@vendor.example", "reason": "x"},
        {"to": TOM},
        {"to": TOM, "reason": " "},
    ):
        office.call("POST", path, token=manager, json=bad, expect=422)
    given = office.call(
        "POST", path, token=manager, json={"to": TOM, "reason": "knows them"}, expect=201
    )
    assert (given["state"], given["rep"]) == ("offered", colleague(office, TOM))
    act(office, offered["id"], "acceptance", RITA, 404)
    act(office, offered["id"], "acceptance", TOM, 201)


def test_turns_follow_the_weights_exactly(office: Office) -> None:
    emails = [someone() for _ in range(9)]
    office.lead_of(
        [{"email": each, "form": "demo", "fields": {"team": "weights"}} for each in emails]
    )
    reps = [office.offer(each)["rep"] for each in emails]
    assert reps.count(colleague(office, "wanda@vendor.example")) == 6
    assert reps.count(colleague(office, "will@vendor.example")) == 3


def test_who_is_full_or_has_had_enough_today_is_passed_over(office: Office) -> None:
    for team, full, free in (("capacity", "cora", "carl"), ("daily", "dora", "dirk")):
        reps = [office.offered(someone(), fields={"team": team})["rep"] for _ in range(4)]
        assert reps.count(colleague(office, f"{full}@vendor.example")) == 1
        assert reps.count(colleague(office, f"{free}@vendor.example")) == 3


def test_who_is_away_or_gone_is_never_asked_and_the_decision_says_why(office: Office) -> None:
    offers = [office.offered(someone(), fields={"team": "absent"}) for _ in range(3)]
    assert {each["rep"] for each in offers} == {colleague(office, "anna@vendor.example")}
    decision = office.call("GET", f"/decisions/{offers[0]['decision']}")
    why = {each["member"]: each["reason"] for each in decision["candidates"]}
    assert "absent" in why[colleague(office, "abel@vendor.example")]
    assert "active" in why[colleague(office, "ivan@vendor.example")]
    assert why[colleague(office, "anna@vendor.example")] is None
    assert decision["chosen"] == offers[0]["rep"]
    assert decision["prospect"] == offers[0]["prospect"]


def test_with_nobody_free_the_fallback_owner_has_it_at_once(office: Office) -> None:
    offered = office.offered(someone(), fields={"team": "away"})
    assert offered["rep"] == colleague(office, MANAGER)
    nowhere = office.offered(someone(), fields={"team": "no such team"})
    assert nowhere["rep"] == colleague(office, MANAGER)


def test_a_rule_may_name_a_person(office: Office) -> None:
    assert office.offered(someone(), fields={"team": "tom"})["rep"] == colleague(office, TOM)


def test_the_owner_of_an_account_gets_who_comes_next_from_there(office: Office) -> None:
    domain = f"{someone('owned').split('@')[0]}.example"
    first = office.accepted(f"a@{domain}", TOM, fields={"team": "tom"})
    act(office, first["id"], "confirmation", TOM, 201, **finding("confirmed"))
    act(office, first["id"], "outcome", TOM, 201, result="lost", reason="too dear")
    person = office.person(f"a@{domain}")
    assert (person["owner"], person["lifecycle"]) == (colleague(office, TOM), "lost")
    second = office.offered(f"b@{domain}", fields={"team": "owner"})
    assert second["rep"] == colleague(office, TOM)
    assert second["account"] == first["account"]
    stranger = office.offered(someone(), fields={"team": "owner"})
    assert stranger["rep"] in {colleague(office, RITA), colleague(office, TOM)}
    decision = office.call("GET", f"/decisions/{stranger['decision']}")
    assert decision["rule"] == "unowned"


def test_an_account_has_one_open_handoff(office: Office) -> None:
    domain = f"{someone('many').split('@')[0]}.example"
    emails = [f"p{n}@{domain}" for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: office.lead(each, fields={"team": "rita"}), emails))
    accounts = {office.settled(each)["account"] for each in emails}
    assert len(accounts) == 1
    found = office.items(f"/handoffs?account={accounts.pop()}&limit=200")
    assert [each["state"] for each in found] == ["offered"]


def test_a_gate_lets_nobody_through(office: Office) -> None:
    email = someone(domain="rival.example")
    office.lead(email)
    person = office.settled(email)
    assert person["handoff"] is None
    assert person["lifecycle"] in ("inquiry", "nurturing")
    assert person["warm"] is False


def test_what_was_not_confirmed_in_time_shows(office: Office) -> None:
    taken = office.accepted(someone(), RITA, fields={"team": "rita"})
    until(lambda: office.call("GET", f"/handoffs/{taken['id']}")["overdue"], 8, what="overdue")
    act(office, taken["id"], "confirmation", RITA, 201, **finding("confirmed"))


def test_the_brief_stays_as_it_was_shown(office: Office) -> None:
    email = someone()
    offered = office.offered(email, fields={"team": "rita"}, title="Head of IT")
    brief = offered["brief"]
    assert brief["claim"]["stage"] == "evaluation"
    assert brief["claim"]["confidence"] > 0
    assert brief["questions"][0]["ask"] == "Who else do you compare?"
    assert brief["questions"][0]["disproves_if"] == "nobody"
    assert brief["evidence"]
    assert brief["needs"] == ["proof that it works"]
    office.lead(email, "guide", title="CEO")
    office.settled(email)
    assert office.call("GET", f"/handoffs/{offered['id']}")["brief"] == brief


def test_handoffs_can_be_asked_for_by_state_and_rep(office: Office) -> None:
    offered = office.offered(someone(), fields={"team": "rita"})
    for narrowed in (
        f"state=offered&rep={offered['rep']}",
        f"account={offered['account']}",
        f"prospect={offered['prospect']}",
    ):
        found = office.items(f"/handoffs?{narrowed}&limit=200")
        assert offered["id"] in {each["id"] for each in found}
    found = office.items(f"/handoffs?state=won&prospect={offered['prospect']}")
    assert found == []
