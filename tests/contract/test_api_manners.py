"""The API's manners: who comes in, what lists and errors look like, and one act under one key."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.contract.office import Office, instant, someone, soon
from tests.support.running import ADMIN

pytestmark = pytest.mark.slow

RITA = "rita@vendor.example"
TOM = "tom@vendor.example"
LISTS = (
    "sources",
    "deliveries",
    "prospects",
    "activities",
    "handoffs",
    "sends",
    "decisions",
    "people",
)
ABSENT = "01a20316-fd37-7f52-80b1-c7c2c05d1df5"


def problem(answer: requests.Response, status: int) -> dict[str, Any]:
    """What a refusal says, in the shape of RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert isinstance(told["title"], str)
    assert isinstance(told["type"], str)
    return told


def api(office: Office, method: str, path: str, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {ADMIN}", **options.pop("headers", {})}
    return requests.request(
        method, f"{office.url}/api/v1{path}", headers=headers, timeout=20, **options
    )


@pytest.mark.parametrize("path", LISTS)
def test_nobody_comes_in_without_a_good_token(office: Office, path: str) -> None:
    for given in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer "},
    ):
        answer = requests.get(f"{office.url}/api/v1/{path}", headers=given, timeout=20)
        problem(answer, 401)
        assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_items_and_next(office: Office, path: str) -> None:
    found = office.call("GET", f"/{path}?limit=200")
    assert set(found) == {"items", "next"}
    assert isinstance(found["items"], list)
    assert found["next"] is None or isinstance(found["next"], str)


@pytest.mark.parametrize("path", LISTS)
def test_a_page_has_two_hundred_at_most(office: Office, path: str) -> None:
    for limit in ("201", "0", "-1", "ten", "", "1e2"):
        told = problem(api(office, "GET", f"/{path}?limit={limit}"), 422)
        assert told["errors"][0]["field"] == "limit"
    for cursor in ("x", "!!", "bm90anNvbg", "W10"):
        told = problem(api(office, "GET", f"/{path}?cursor={cursor}"), 422)
        assert told["errors"][0]["field"] == "cursor"
    assert problem(api(office, "GET", f"/{path}?colour=red"), 422)["errors"][0]["field"] == "colour"


def test_a_cursor_leads_to_the_rest_and_then_to_nothing(office: Office) -> None:
    names = {someone("page", domain="pages.example") for _ in range(5)}
    office.lead_of([{"email": each, "form": "guide"} for each in names])
    for each in names:
        office.person(each)
    seen: list[str] = []
    cursor = ""
    while True:
        path = f"/prospects?q=pages.example&limit=2{cursor}"
        found = office.call("GET", path)
        assert len(found["items"]) <= 2
        seen += [each["email"] for each in found["items"]]
        if found["next"] is None:
            break
        cursor = f"&cursor={found['next']}"
    assert sorted(seen) == sorted(names)


@pytest.mark.parametrize(
    "path",
    [f"/{each}/{ABSENT}" for each in LISTS if each != "activities"]
    + [
        "/prospects/none",
        "/handoffs/1",
        f"/prospects/{ABSENT}/timeline",
        f"/deliveries/{ABSENT}/raw",
        "/nothing",
    ],
)
def test_what_is_not_there_is_404(office: Office, path: str) -> None:
    problem(api(office, "GET", path), 404)


@pytest.mark.parametrize(
    ("path", "acts"),
    [
        ("/prospects/{}/erasure", {}),
        ("/prospects/{}/notes", {"text": "x"}),
        ("/prospects/{}/consents", {"topic": "newsletter", "given": True}),
        ("/deliveries/{}/replay", {}),
        ("/handoffs/{}/reassignment", {"to": TOM, "reason": "x"}),
    ],
)
def test_acts_on_what_is_not_there_are_404(office: Office, path: str, acts: Any) -> None:
    problem(api(office, "POST", path.format(ABSENT), json=acts), 404)


@pytest.mark.parametrize("act", ["acceptance", "decline", "snooze", "confirmation", "outcome"])
def test_a_reps_acts_on_a_lead_that_is_not_there_are_404(office: Office, act: str) -> None:
    bodies = {
        "decline": {"reason": "no_time"},
        "snooze": {"until": soon(60)},
        "confirmation": {"verdict": "not_reached"},
        "outcome": {"result": "won"},
    }
    headers = {"Authorization": f"Bearer {office.rep(RITA)}"}
    path = f"/handoffs/{ABSENT}/{act}"
    problem(api(office, "POST", path, json=bodies.get(act, {}), headers=headers), 404)


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[", b"", b"nothing", b'{"text": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"text": "x"',
        b'{"n": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_is_400(office: Office, body: bytes) -> None:
    who = anybody(office)
    answer = api(
        office,
        "POST",
        f"/prospects/{who}/notes",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    told = problem(answer, 400 if body else 422)
    assert "errors" in told or told["status"] == 400


@pytest.mark.parametrize("body", [[], "text", 1, None, True, [{"text": "x"}]])
def test_a_body_that_is_no_object_is_422(office: Office, body: Any) -> None:
    who = anybody(office)
    answer = api(
        office,
        "POST",
        f"/prospects/{who}/notes",
        data=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    problem(answer, 422)


def test_a_field_there_is_not_is_422_and_named(office: Office) -> None:
    who = anybody(office)
    for path, good in (
        (f"/prospects/{who}/notes", {"text": "x"}),
        (f"/prospects/{who}/consents", {"topic": "newsletter", "given": True}),
        (f"/prospects/{who}/erasure", {}),
        ("/activities", {"kind": "note", "prospect": who}),
    ):
        told = problem(api(office, "POST", path, json={**good, "colour": "red"}), 422)
        (error,) = told["errors"]
        assert set(error) == {"field", "reason", "mend"}
        assert error["field"] == "colour"
        assert all(isinstance(each, str) for each in error.values())
        assert error["reason"]
        assert error["mend"]


def test_every_missing_or_wrong_field_is_named_at_once(office: Office) -> None:
    told = problem(api(office, "POST", "/activities", json={"happened_at": 7, "body": 3}), 422)
    assert {each["field"] for each in told["errors"]} == {"kind", "happened_at", "body"}
    for at in (
        "yesterday",
        "2026-03-03",
        "2026-03-03T10:00:00",
        1_700_000_000,
        "99999-01-01T00:00:00Z",
    ):
        body = {"kind": "note", "email": someone(), "happened_at": at}
        told = problem(api(office, "POST", "/activities", json=body), 422)
        assert told["errors"][0]["field"] == "happened_at"


def test_a_kind_there_is_not_or_that_only_we_record_is_422(office: Office) -> None:
    for kind in ("telepathy", "offered", "verdict", "mail_sent", ""):
        body = {"kind": kind, "email": someone()}
        told = problem(api(office, "POST", "/activities", json=body), 422)
        assert told["errors"][0]["field"] == "kind"


def test_filters_that_mean_nothing_are_422(office: Office) -> None:
    for path in (
        "/prospects?lifecycle=x",
        "/handoffs?state=x",
        "/sends?state=x",
        "/deliveries?state=x",
        "/activities?kind=x",
    ):
        problem(api(office, "GET", path), 422)


def test_other_methods_are_405_in_the_same_shape(office: Office) -> None:
    for method, path in (("DELETE", "/prospects"), ("PUT", "/handoffs"), ("PATCH", "/people")):
        problem(api(office, method, path), 405)


def test_a_body_too_large_is_413(office: Office) -> None:
    who = anybody(office)
    body = json.dumps({"text": "x" * (2 << 20)}).encode()
    headers = {"Content-Type": "application/json"}
    problem(api(office, "POST", f"/prospects/{who}/notes", data=body, headers=headers), 413)


def test_one_key_is_one_act(office: Office) -> None:
    who = anybody(office)
    path, headers = f"/prospects/{who}/notes", {"Idempotency-Key": someone("key")}
    first = api(office, "POST", path, json={"text": "once"}, headers=headers)
    again = api(office, "POST", path, json={"text": "once"}, headers=headers)
    other = api(office, "POST", path, json={"text": "twice"}, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    problem(other, 409)
    written = [each["body"]["text"] for each in office.items(f"/prospects/{who}/notes")]
    assert written.count("once") == 1
    assert "twice" not in written


def test_one_key_sent_at_the_same_time_is_one_act(office: Office) -> None:
    who = anybody(office)
    headers = {"Idempotency-Key": someone("key")}
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(api, office, "POST", f"/prospects/{who}/notes", json={"text": "at once"}, headers=headers)
            for _ in range(8)
        ]  # fmt: skip
    answers = [each.result() for each in asked]
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["id"] for each in answers}) == 1


def test_a_key_belongs_to_its_caller(office: Office) -> None:
    who = anybody(office)
    headers = {"Idempotency-Key": someone("key")}
    mine = api(office, "POST", f"/prospects/{who}/notes", json={"text": "a"}, headers=headers)
    marketer = {**headers, "Authorization": f"Bearer {office.token('marketer')}"}
    theirs = api(office, "POST", f"/prospects/{who}/notes", json={"text": "b"}, headers=marketer)
    assert (mine.status_code, theirs.status_code) == (201, 201)


def test_what_was_refused_under_a_key_may_be_mended(office: Office) -> None:
    who = anybody(office)
    headers = {"Idempotency-Key": someone("key")}
    problem(api(office, "POST", f"/prospects/{who}/notes", json={}, headers=headers), 422)
    mended = api(office, "POST", f"/prospects/{who}/notes", json={"text": "a"}, headers=headers)
    assert mended.status_code == 201


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


def anybody(office: Office) -> str:
    """Somebody whom no rep has; the same each time."""
    email = "anybody@nobodys.example"
    if office.find(email) is None:
        office.lead(email, form="guide")
    return str(office.person(email)["id"])


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
