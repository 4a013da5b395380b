"""Whose the API shows what to, and the shape of each document."""

import json
from typing import Any

import pytest

from tests.contract.asking import anybody, api, problem
from tests.contract.office import Office, instant, someone, soon

pytestmark = pytest.mark.slow

RITA = "rita@vendor.example"


def test_a_role_that_may_not_is_403_and_what_is_foreign_is_404(office: Office) -> None:
    rita, marketer = office.rep(RITA), office.token("marketer")
    who = anybody(office)
    forbidden = [
        ("GET", "/deliveries", rita, None),
        ("GET", "/sources", rita, None),
        ("GET", "/sends", rita, None),
        ("POST", f"/prospects/{who}/erasure", rita, {}),
        ("POST", "/switches/live", marketer, {}),
        ("POST", "/activities", rita, {"kind": "note", "email": someone()}),
    ]
    for method, path, token, body in forbidden:
        answer = api(office, method, path, json=body, headers={"Authorization": f"Bearer {token}"})
        problem(answer, 403)
    for path in (f"/prospects/{who}", f"/prospects/{who}/timeline"):
        problem(api(office, "GET", path, headers={"Authorization": f"Bearer {rita}"}), 404)


def test_a_reps_lists_hold_what_is_theirs_alone(office: Office) -> None:
    office.offered(someone(), fields={"team": "tom"})
    mine = office.offered(someone(), fields={"team": "rita"})
    found = office.items("/handoffs?limit=200", token=office.rep(RITA))
    assert mine["id"] in {each["id"] for each in found}
    assert {each["rep"] for each in found} == {mine["rep"]}


def test_a_delivery_has_the_names_the_contract_gives(office: Office) -> None:
    delivery = office.delivery(office.lead(someone(), name="Mia", fields={"team": "rita"}))
    assert set(delivery) >= {
        "id", "source", "state", "reason", "received_at", "sha256", "bytes", "captures",
    }  # fmt: skip
    assert set(delivery["captures"][0]) >= {"key", "state", "reason", "prospect"}


def test_a_handoff_and_its_person_have_the_names_the_contract_gives(office: Office) -> None:
    email = someone()
    office.lead(email, name="Mia", fields={"team": "rita"})
    handoff = office.offer(email)
    assert set(handoff) >= {
        "id", "prospect", "account", "opportunity", "rep", "state", "lane", "offered_at", "expires_at",
        "accepted_at", "confirm_by", "brief", "confirmation", "attempts", "promises", "decision",
    }  # fmt: skip
    assert (handoff["attempts"], handoff["promises"], handoff["confirmation"]) == ([], [], None)
    person = office.person(email)
    assert set(person) >= {
        "id", "email", "name", "title", "account", "country", "zone", "lifecycle", "owner", "stage",
        "confirmed_stage", "score", "grade", "points", "fit", "engagement", "reasons", "consents",
        "enrollments", "handoff",
    }  # fmt: skip
    assert set(person["stage"]) >= {"claimed", "confidence", "reasons", "model", "at", "expires_at"}
    assert person["handoff"] == handoff["id"]
    assert person["score"] is None
    assert 0 <= person["stage"]["confidence"] <= 1
    assert person["grade"][0] in "ABCD"
    assert person["grade"][1] in "1234"
    assert all(0 <= person[each] <= 100 for each in ("points", "fit", "engagement"))
    for reason in person["reasons"]:
        assert set(reason) >= {"text", "term", "value", "activities"}


def test_an_activity_has_the_names_the_contract_gives(office: Office) -> None:
    email = someone()
    office.lead(email)
    activity = office.timeline(office.person(email)["id"])[-1]
    assert set(activity) >= {
        "id", "kind", "happened_at", "learned_at", "source", "body", "suspect_robot",
    }  # fmt: skip
    assert activity["suspect_robot"] is False


def test_every_instant_ends_with_z_and_every_id_is_a_string(office: Office) -> None:
    handoff = office.accepted(someone(), RITA, fields={"team": "rita"})
    office.confirm(
        handoff["id"], RITA, verdict="confirmed", spoke_with="Mia", channel="call", at=soon(), fact="x",
        promises=[{"what": "a paper", "due_at": soon(3600)}],
    )  # fmt: skip
    who = handoff["prospect"]
    found = [
        office.call("GET", f"/handoffs/{handoff['id']}"),
        office.call("GET", f"/prospects/{who}"),
    ]
    found += office.timeline(who) + office.items(f"/decisions?prospect={who}")
    found += office.items("/deliveries?limit=3") + office.items("/sources")
    for name, value in [pair for each in found for pair in leaves(each)]:
        if name.endswith(("_at", ".confirm_by", ".at")) and value is not None:
            instant(value)
        if name.endswith(".id") or name in ("id", "prospect", "rep", "decision", "account"):
            assert value is None or isinstance(value, str)


def leaves(value: Any, name: str = "") -> list[tuple[str, Any]]:
    """Every value in a document with its path."""
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in leaves(each, f"{name}.{key}")]
    if isinstance(value, list):
        return [pair for each in value for pair in leaves(each, name)]
    return [(name, value)]


def test_how_to_reach_the_buyer_is_shown_to_a_rep_after_accepting_and_to_nobody_before(
    office: Office,
) -> None:
    email = someone("reach")
    offered = office.offered(
        email, name="Mia", phone="+49 30 1112223", fields={"team": "rita", "mail": email}
    )
    rita, who = office.rep(RITA), offered["prospect"]

    def seen() -> str:
        paths = (
            f"/prospects/{who}",
            f"/prospects/{who}/timeline",
            f"/handoffs/{offered['id']}",
            "/prospects?q=Mia",
        )
        return json.dumps([office.call("GET", path, token=rita) for path in paths])

    assert email not in seen()
    assert "1112223" not in seen()
    assert office.call("GET", f"/prospects/{who}", token=rita)["email"] is None
    found = office.call("GET", f"/prospects?email={email}", token=rita)["items"]
    assert all(each["email"] is None for each in found)
    office.call("POST", f"/handoffs/{offered['id']}/acceptance", token=rita, json={}, expect=201)
    assert office.call("GET", f"/prospects/{who}", token=rita)["email"] == email
    assert "1112223" in seen()


def test_a_colleague_who_is_gone_comes_in_no_more(office: Office) -> None:
    office.write(
        {"team.yaml": "people:\n  - {email: brief@vendor.example, name: B, roles: [rep]}\n"}
    )
    office.apply()
    token = office.rep("brief@vendor.example")
    office.call("GET", "/people", token=token)
    office.write({"team.yaml": "people:\n  - {email: brief@vendor.example, active: false}\n"})
    office.apply()
    told = office.call("GET", "/people", token=token, expect=401)
    assert told["status"] == 401
