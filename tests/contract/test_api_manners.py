"""The API's manners: who comes in, what lists and errors look like, and one act under one key."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.contract.asking import anybody, api, problem
from tests.contract.office import Office, someone, soon

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
