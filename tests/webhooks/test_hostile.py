"""Everything a stranger can post: answered as promised, never a 500 of ours, nothing lost."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.suites import suite
from tests.webhooks.support import LINKEDIN, TOKEN, Site, lead

PATH_TOKEN = "a-long-token-in-the-path"
BODIES = {
    "deep nesting": b"[" * 100_000,
    "deep closed nesting": b"[" * 100_000 + b"]" * 100_000,
    "huge integer": b'{"lead_id": ' + b"9" * 5000 + b"}",
    "huge exponent": b'{"score": 1e999999}',
    "nan": b'{"score": NaN}',
    "infinity": b'{"score": -Infinity}',
    "not utf-8": b"\xff\xfe",
    "utf-16": '{"email": "a@b.example"}'.encode("utf-16"),
    "half a character": b'{"name": "\xc3"}',
    "empty": b"",
    "white space": b" \n ",
    "a text": b'"text"',
    "a number": b"1",
    "null": b"null",
    "an empty list": b"[]",
    "a form": b"email=a%40b.example",
    "truncated": b'{"email": "a@b.example"',
    "two values": b"{} {}",
    "gzip": b"\x1f\x8b\x08\x00\x00",
}
SURVIVES = {
    "nul": b'{"email":"a\\u0000@example.org"}',
    "surrogate": b'{"email":"a@nordwind.example","name":"\\ud800"}',
    "nul in a name": b'{"email":"b@nordwind.example","name":"a\\u0000b","x\\u0000":"\\u0000"}',
    "doubled key": b'{"email":"c@nordwind.example","email":"d@nordwind.example"}',
    "byte order mark": b'\xef\xbb\xbf{"email":"e@nordwind.example"}',
    "strange types": b'{"email":"f@nordwind.example","name":[],"at":{},"consent":7,"fields":1}',
    "stranger types": b'{"email":"g@nordwind.example","external_id":{},"country":"Q\\u00df"}',
}
CONTENT_TYPES = (
    "",
    "text/plain",
    "application/xml",
    "multipart/form-data; boundary=x",
    "a/b; charset=utf-7",
    "application/x-www-form-urlencoded",
    "\xff",
    "x" * 5000,
)


def test_authentic_bodies_that_cannot_be_read_are_kept_as_unreadable(site: Site) -> None:
    site.configure()
    for name, body in BODIES.items():
        assert site.post(body).status_code == 200, name
    site.read()
    kept = site.deliveries()
    assert [each.body for each in kept] == list(BODIES.values())
    assert {each.state for each in kept} == {"unreadable"}
    assert all(each.reason for each in kept)


def test_where_nothing_is_signed_they_are_refused(site: Site) -> None:
    site.configure(kind="generic_json", token=PATH_TOKEN)
    for name, body in BODIES.items():
        assert site.post(body, f"/webhooks/api/{PATH_TOKEN}").status_code == 400, name
    assert site.deliveries() == []


def test_signed_notifications_that_cannot_be_read_are_kept(site: Site) -> None:
    site.configure("li", **LINKEDIN)
    for name, body in BODIES.items():
        assert site.notify(body).status_code == 200, name
    site.read()
    assert [each.state for each in site.deliveries()] == ["unreadable"] * len(BODIES)


def test_strange_items_are_recorded_or_dead_with_a_reason(site: Site) -> None:
    site.configure()
    for name, body in SURVIVES.items():
        assert site.post(body).status_code == 200, name
    site.read()
    assert [each.body for each in site.deliveries()] == list(SURVIVES.values())
    assert site.states() == ["dead" if name == "nul" else "recorded" for name in SURVIVES]


def test_the_content_type_does_not_matter(site: Site) -> None:
    site.configure()
    for n, content_type in enumerate(CONTENT_TYPES):
        item = lead(external_id=n, email=f"p{n}@nordwind.example")
        assert site.post(item, Content_Type=content_type).status_code == 200, content_type
    site.read()
    assert site.states() == ["recorded"] * len(CONTENT_TYPES)


def test_a_body_of_ten_megabytes_is_refused_and_the_next_is_received(site: Site) -> None:
    site.configure()
    assert site.post(b'{"email": "' + b"x" * (10 << 20) + b'"}').status_code == 413
    assert site.post(lead()).status_code == 200


def test_naughty_strings_come_back_as_they_went_in(site: Site) -> None:
    site.configure()
    naughty = [each for each in suite("04-blns/blns.json") if each]
    site.post(
        [
            lead(external_id=f"n{n}", email=f"p{n}@nordwind.example", name=text, company=text)
            for n, text in enumerate(naughty)
        ]
    )
    site.read()
    assert set(site.states()) == {"recorded"}
    by_email = {each.email: each for each in site.people()}
    wrong = [
        text
        for n, text in enumerate(naughty)
        if (person := by_email[f"p{n}@nordwind.example"]).name != text or person.company != text
    ]
    assert wrong == []


def test_many_strange_items_in_one_list_each_have_their_fate(site: Site) -> None:
    site.configure()
    strange: list[Any] = [None, 1, "x", [], {}, {"email": 1}, {"email": None}, {"activity": None}]
    site.post([*strange, lead()])
    site.read()
    assert site.states() == ["dead"] * len(strange) + ["recorded"]
    assert all(each.reason for each in site.captures()[:-1])


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = ["external_id", "at", "email", "name", "phone", "country", "zone", "domain", "consent"]
NAMES += ["fields", "activity", "body", "form", "campaign", "company", "language", "anything"]
ITEMS = st.dictionaries(st.sampled_from(NAMES), ANY_JSON, max_size=8)
WITH_ADDRESS = ITEMS.map(lambda item: {**item, "email": "h@nordwind.example"})
FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(
    body=st.binary(max_size=200)
    | st.lists(ITEMS | WITH_ADDRESS | ANY_JSON, max_size=5).map(lambda v: json.dumps(v).encode()),
    headers=st.dictionaries(
        st.sampled_from(["Idempotency-Key", "Webhook-Id", "Content-Type", "User-Agent"]),
        st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=50),
        max_size=3,
    ),
)
def test_whatever_is_posted_is_answered_kept_and_read(
    site: Site, body: bytes, headers: dict[str, str]
) -> None:
    site.configure()
    answer = site.app.test_client().post(
        "/webhooks/api", data=body, headers={"X-Token": TOKEN, **headers}
    )
    assert answer.status_code == 200
    site.read()
    assert {each.state for each in site.deliveries()} <= {"ingested", "unreadable"}
    assert set(site.states()) <= {"recorded", "dead"}


@FUZZ
@given(body=st.binary(max_size=300) | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_linkedin_would_sign_is_answered_kept_and_read(site: Site, body: bytes) -> None:
    site.configure("li", **LINKEDIN)
    assert site.notify(body).status_code == 200
    site.read()
    assert {each.state for each in site.deliveries()} <= {"ingested", "unreadable"}


@FUZZ
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH"]),
    path=st.text(max_size=30),
    query=st.text(max_size=30),
    body=st.binary(max_size=100),
)
def test_no_request_of_a_stranger_is_a_fault_of_ours(
    site: Site, method: str, path: str, query: str, body: bytes
) -> None:
    site.configure("li", **LINKEDIN)
    for slug in ("li", "api", path):
        answer = site.app.test_client().open(
            f"/webhooks/{quote(slug)}", method=method, query_string=query, data=body
        )
        assert answer.status_code < 500
    assert site.deliveries() == []
