"""Naughty strings through every field a stranger can fill: equal after the round trip, or refused by name."""

import json
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.contract.office import Office, finding, someone
from tests.support.running import ADMIN
from tests.support.suites import suite

pytestmark = pytest.mark.slow

RITA = "rita@vendor.example"
FIELDS = ("name", "title", "company", "country", "zone", "language", "phone", "form", "campaign")


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    found: list[str] = suite("04-blns/blns.json")
    assert len(found) == 515
    return found


def same(kept: Any, sent: str) -> bool:
    """Equal as texts are: in the composed form, and nothing at all where nothing was sent."""
    return unicodedata.normalize("NFC", kept or "") == unicodedata.normalize("NFC", sent)


def test_naughty_strings_come_back_from_a_lead_as_they_went_in(
    office: Office, naughty: list[str]
) -> None:
    people = [someone("blns") for _ in naughty]
    leads = [
        {
            "email": email,
            "name": text,
            "company": text,
            "title": text,
            "form": "guide",
            "fields": {"note": text, text or "empty": 1},
        }
        for email, text in zip(people, naughty, strict=True)
    ]
    delivery = office.delivery(office.lead_of(leads))
    assert {each["state"] for each in delivery["captures"]} == {"recorded"}
    found = everybody(office, "blns", len(people))
    for email, text in zip(people, naughty, strict=True):
        person = found[email]
        for name in ("name", "title", "company"):
            assert same(person[name], text) or not text.strip(), (name, text, person[name])
    bodies = {each["prospect"]: each["body"] for each in pages(office, "/activities?kind=form")}
    for email, text in zip(people, naughty, strict=True):
        assert same(bodies[found[email]["id"]]["fields"]["note"], text), text


def everybody(office: Office, part: str, count: int) -> dict[str, Any]:
    """All people whose address holds this, by address."""
    found = {each["email"]: each for each in pages(office, f"/prospects?q={part}")}
    assert len(found) >= count
    return found


def pages(office: Office, path: str) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    while True:
        page = office.call("GET", f"{path}&limit=200{cursor}")
        found += page["items"]
        if not page["next"]:
            return found
        cursor = f"&cursor={page['next']}"


def test_naughty_strings_in_every_field_break_nothing(office: Office, naughty: list[str]) -> None:
    leads: list[Any] = [
        {"email": someone("odd"), **dict.fromkeys(FIELDS, text)} for text in naughty
    ]
    leads += [
        {"email": text, "phone": text, "domain": text, "at": text, "external_id": text}
        for text in naughty
    ]
    leads += [{"email": someone("odd"), "activity": text, "body": {text: text}} for text in naughty]
    leads += [
        {"email": someone("odd"), "consent": [{"topic": text, "text": text, "at": text}]}
        for text in naughty
    ]
    delivery = office.delivery(office.lead_of(leads))
    assert delivery["state"] == "ingested"
    assert len(delivery["captures"]) == len(leads)
    for capture in delivery["captures"]:
        assert capture["state"] in ("recorded", "dead")
        assert capture["reason"] or capture["state"] == "recorded"
    for capture in delivery["captures"][: len(naughty)]:
        assert capture["state"] == "recorded", capture
    assert office.call("GET", "/prospects?limit=200")["items"]


def asked(
    office: Office, method: str, path: str, token: str = ADMIN, **options: Any
) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.request(
        method, f"{office.url}/api/v1{path}", headers=headers, timeout=30, **options
    )


def test_naughty_strings_in_an_activity_come_back(office: Office, naughty: list[str]) -> None:
    email = someone("texts")
    office.lead_of([{"email": email, "form": "guide"}])
    body = {"texts": naughty, "keys": dict.fromkeys(naughty, 1)}
    whole = {"kind": "page_view", "prospect": office.person(email)["id"], "body": body}
    view = asked(office, "POST", "/activities", json=whole)
    assert view.status_code == 201
    assert view.json()["body"] == body


def test_naughty_strings_in_the_apis_texts_come_back_or_are_refused_by_name(
    office: Office, naughty: list[str], request: pytest.FixtureRequest
) -> None:
    some = [someone("texts") for _ in range(16)]
    office.lead_of([{"email": each, "form": "guide"} for each in some])
    people = [office.person(each)["id"] for each in some]
    taken = office.accepted(someone(), RITA, fields={"team": "rita"})["id"]
    rita = office.rep(RITA)

    def through(text: str) -> None:
        turn = naughty.index(text)
        keeps_a_note(office, people[turn % len(people)], text)
        if turn % 8 == 0:
            keeps_a_fact(office, taken, text, token=rita)

    some_of_them = naughty if request.config.getoption("--soak") else naughty[::4]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(through, some_of_them))


def keeps_a_note(office: Office, who: str, text: str) -> None:
    note = asked(office, "POST", f"/prospects/{who}/notes", json={"text": text})
    if note.status_code == 201:
        assert note.json()["body"]["text"] == text
    else:
        refused(note, "text", text)


def keeps_a_fact(office: Office, taken: str, text: str, *, token: str) -> None:
    told = {"verdict": "not_reached", "channel": "call", "fact": text}
    tried = asked(office, "POST", f"/handoffs/{taken}/confirmation", token=token, json=told)
    if tried.status_code == 201:
        assert (tried.json()["note"] or "") == (text if text.strip() else ""), text
    else:
        refused(tried, "fact", text)


def refused(answer: requests.Response, field: str, text: str) -> None:
    assert answer.status_code == 422, (text, answer.text)
    assert {each["field"] for each in answer.json()["errors"]} == {field}


def test_every_text_of_a_finding_comes_back_or_is_refused_by_name(
    office: Office, naughty: list[str]
) -> None:
    taken = office.accepted(someone(), RITA, fields={"team": "rita"})
    before = None
    for text in naughty[::25]:
        told = {
            **finding(), "fact": text, "spoke_with": text, "still_needed": [text],
            "deciders": [{"name": text, "role": text, "stance": text}],
            "promises": [{"what": text, "due_at": "2030-01-01T00:00:00Z"}],
            **({"supersedes": before, "reason": "another string"} if before else {}),
        }  # fmt: skip
        answer = asked(
            office,
            "POST",
            f"/handoffs/{taken['id']}/confirmation",
            token=office.rep(RITA),
            json=told,
        )
        if answer.status_code == 201:
            made = answer.json()
            before = made["id"]
            assert made["fact"] == made["spoke_with"] == made["still_needed"][0] == text
            assert made["deciders"] == [dict.fromkeys(("name", "role", "stance"), text)]
        else:
            assert answer.status_code == 422, answer.text
            assert answer.json()["errors"][0]["field"]


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "\\udfff\\ud800", "\\u0000"])
def test_nul_and_half_characters_are_refused_by_name(office: Office, text: str) -> None:
    who = office.person(_known(office))["id"]
    taken = office.accepted(someone(), RITA, fields={"team": "rita"})["id"]
    for path, body, field in (
        (f"/prospects/{who}/notes", f'{{"text": "{text}"}}', "text"),
        ("/activities", f'{{"kind": "note", "email": "a{text}@b.example"}}', "email"),
        (
            "/activities",
            f'{{"kind": "note", "prospect": "{who}", "body": {{"a": ["{text}"]}}}}',
            "body.a.0",
        ),
        (
            "/activities",
            f'{{"kind": "note", "prospect": "{who}", "body": {{"{text}": 1}}}}',
            "body",
        ),
        (
            f"/handoffs/{taken}/confirmation",
            f'{{"verdict": "not_reached", "fact": "{text}"}}',
            "fact",
        ),
    ):
        answer = asked(
            office,
            "POST",
            path,
            token=office.rep(RITA) if "handoffs" in path else ADMIN,
            data=body.encode(),
        )
        refused(answer, field, body)


def test_naughty_filters_and_paths_are_never_500(office: Office, naughty: list[str]) -> None:
    def ask(text: str) -> set[int]:
        word = requests.utils.quote(text, safe="")
        paths = (
            f"/prospects?q={word}", f"/prospects?email={word}", f"/prospects?stage={word}", f"/prospects/{word}",
            f"/handoffs?prospect={word}&rep={word}", f"/people?email={word}", f"/sends?flow={word}", f"/deliveries?source={word}",
            f"/prospects?cursor={word}", f"/prospects?{word}=1", f"/sources/{word}",
        )  # fmt: skip
        return {asked(office, "GET", path).status_code for path in paths}

    with ThreadPoolExecutor(4) as pool:
        codes = set().union(*pool.map(ask, naughty[::6]))
    assert codes <= {200, 308, 400, 404, 405, 422}


def test_a_very_long_text_is_refused_by_name_and_kept_from_nobody_else(office: Office) -> None:
    who = office.person(_known(office))["id"]
    answer = asked(office, "POST", f"/prospects/{who}/notes", json={"text": "x" * 200_000})
    refused(answer, "text", "long")
    good, long = someone(), someone()
    answer = office.send([{"email": long, "name": "x" * 100_000}, {"email": good, "form": "guide"}])
    captures = office.delivery(answer.json()["delivery"])["captures"]
    assert [each["state"] for each in captures] == ["dead", "recorded"]
    assert "name" in captures[0]["reason"]


def test_a_body_with_a_key_twice_or_deep_values_is_taken_whole(office: Office) -> None:
    email = someone()
    deep: Any = "core"
    for _ in range(40):
        deep = {"in": deep}
    office.lead(
        email, "guide", fields={"deep": deep, "big": 2**63 - 1, "float": 0.1, "unicode": "e\u0301"}
    )
    fields = office.timeline(office.person(email)["id"])[-1]["body"]["fields"]
    assert fields == {"deep": deep, "big": 2**63 - 1, "float": 0.1, "unicode": "e\u0301"}
    assert json.dumps(fields)


def _known(office: Office) -> str:
    email = "known@texts.example"
    if office.find(email) is None:
        office.lead(email, "guide")
    return email


ODD: tuple[Any, ...] = (
    None, True, 0, -1.5, 2**63, "", "  ", "é" * 12_000, "9999-12-31T23:59:59-14:00", [], {}, [None], [{}], {"a": {}}, "01a20316-fd37-7f52-80b1-c7c2c05d1df5",
)  # fmt: skip


def test_whatever_is_sent_in_whatever_field_is_taken_or_refused_by_name(office: Office) -> None:
    who = office.person(_known(office))["id"]
    taken = office.accepted(someone(), RITA, fields={"team": "rita"})["id"]
    offered = office.offered(someone(), fields={"team": "rita"})["id"]
    person = {"name": "x", "email": "x"}
    bodies: list[tuple[str, dict[str, Any]]] = [
        (f"/prospects/{who}/notes", {"text": "x"}),
        (f"/prospects/{who}/consents", {"topic": "newsletter", "given": True, "text": "x", "at": "2026-01-01T00:00:00Z"}),
        ("/activities", {"kind": "chat", "prospect": who, "happened_at": "2026-01-01T00:00:00Z", "external_id": "x", "body": {}, "suspect_robot": False}),
        (f"/handoffs/{taken}/confirmation", {**finding("wrong_person"), "fact": "", "right_person": person, "deciders": [], "promises": [], "still_needed": []}),
        (f"/handoffs/{offered}/decline", {"reason": "none", "note": "x"}),
        (f"/handoffs/{offered}/snooze", {"until": "2020-01-01T00:00:00Z"}),
    ]  # fmt: skip
    asked_for = [
        (path, {**body, name: odd} if name else odd)
        for path, body in bodies
        for name in (None, *body)
        for odd in ODD
    ]

    def ask(path: str, body: Any) -> None:
        token = office.rep(RITA) if path.startswith("/handoffs") else ADMIN
        answer = asked(office, "POST", path, token=token, json=body)
        assert answer.status_code in (200, 201, 404, 409, 422), (path, str(body)[:200], answer.text)
        if answer.status_code == 422:
            for error in answer.json()["errors"]:
                assert error["reason"]
                assert error["mend"]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda pair: ask(*pair), asked_for))
