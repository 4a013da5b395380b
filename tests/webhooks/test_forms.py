"""Forms on our own pages: who may post, what robots fall into, what browsers are told."""

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.door import reading
from prospects.reading import UnreadableError
from prospects.rows import ConsentRow
from tests.support.suites import suite
from tests.webhooks.support import Site, payload
from webhooks.adapter import Incoming, Posted, Quarantined, Read, Refused, Verified
from webhooks.form_fields import read_fields
from webhooks.kinds.html_form import parse, verify
from webhooks.written import read_source

ORIGIN = "https://www.vendor.example"
FORM = {"kind": "html_form", "origins": [ORIGIN], "redirect": f"{ORIGIN}/thanks"}
KARL = payload("generic/html_form_urlencoded.txt")
NOW = datetime(2026, 11, 4, tzinfo=UTC)


def read(body: bytes | str, now: datetime = NOW, **changes: Any) -> Any:
    source = read_source({"slug": "site", **FORM, **changes})
    (found,) = parse(Posted(body.encode() if isinstance(body, str) else body, now), source)
    return found


@pytest.fixture
def form(site: Site) -> Site:
    """A site with the form `site`."""
    site.configure("site", **FORM)
    return site


def send(site: Site, data: Any = KARL, **headers: str) -> TestResponse:
    """As a browser does, its script if no header says otherwise."""
    sent = {"Origin": ORIGIN, "Accept": "*/*"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    kind = None if isinstance(data, dict) else "application/x-www-form-urlencoded"
    client = site.app.test_client()
    return client.post("/webhooks/site", data=data, headers=sent, content_type=kind)


def test_a_filled_in_form_becomes_a_person(form: Site) -> None:
    answer = send(form)
    assert answer.status_code == 200
    assert answer.get_json() == {"delivery": str(form.deliveries()[0].id)}
    form.read()
    (person,) = form.people()
    assert (person.name, person.email) == ("Karl Vogt", "karl.vogt@meridian-tools.example")
    assert person.company == "Meridian Tools"
    assert person.fields == {}
    (activity,) = form.activities()
    assert activity.body["form"] == "site"
    assert activity.body["touch"] == {"utm_source": "google", "gclid": "EAIaIQexample"}
    with reading(form.database) as session:
        given_rows = session.execute(select(ConsentRow)).scalars()
        assert [(row.topic, row.given) for row in given_rows] == [("marketing", True)]


def test_a_multipart_form_says_the_same_and_files_are_passed_over(form: Site) -> None:
    fields = {"your-email": "mia@nordwind.example", "your-name": "Mia Wölf", "size": "50"}
    file = (BytesIO(b"secret"), "cv.pdf")
    assert send(form, {**fields, "cv": file}).status_code == 200
    form.read()
    (person,) = form.people()
    assert (person.name, person.email) == ("Mia Wölf", "mia@nordwind.example")
    assert person.fields == {"size": "50"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": f"{ORIGIN}.evil.example"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "", "Referer": f"{ORIGIN}/demo?x=1"}, 200),
        ({"Origin": "", "Referer": "https://evil.example/"}, 403),
        ({"Origin": ORIGIN.upper()}, 200),
    ],
)
def test_only_our_own_pages_may_post(form: Site, headers: dict[str, str], status: int) -> None:
    answer = send(form, **headers)
    assert answer.status_code == status
    assert len(form.deliveries()) == (status == 200)


def test_a_robot_that_fills_in_the_hidden_field_is_answered_like_anybody(form: Site) -> None:
    answer = send(form, KARL.replace(b"website=", b"website=http%3A%2F%2Fspam.example"))
    assert answer.status_code == 200
    form.read()
    assert form.states() == ["quarantined"]
    assert form.people() == []
    meant = read("email=a@b.example&website=b.example", map={"website": "domain"})
    assert isinstance(meant, Read)
    assert meant.about.domain == "b.example"


def test_a_visitor_without_scripts_is_led_to_the_next_page(form: Site) -> None:
    page = {"Accept": "text/html,application/xhtml+xml"}
    for headers in (page, {"Sec_Fetch_Mode": "navigate"}):
        answer = send(form, **headers)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{ORIGIN}/thanks")
    assert send(form, **page, Sec_Fetch_Mode="cors").status_code == 200


def test_without_a_next_page_a_visitor_is_thanked(site: Site) -> None:
    site.configure("site", kind="html_form", origins=[ORIGIN])
    answer = send(site, Sec_Fetch_Mode="navigate")
    assert answer.status_code == 200
    assert "Thank you" in answer.text


def test_a_script_on_our_page_may_ask_post_and_read_the_answer(form: Site) -> None:
    client = form.app.test_client()
    asked = client.options("/webhooks/site", headers={"Origin": ORIGIN})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Methods"] == "POST"
    for answer in (asked, send(form), send(form, b"")):
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Origin" in answer.headers["Vary"]
    for answer in (
        client.options("/webhooks/site", headers={"Origin": "https://evil.example"}),
        send(form, Origin="https://evil.example"),
    ):
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    wrong = client.get("/webhooks/site")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "POST, OPTIONS")


def test_a_flood_from_one_address_is_stopped_without_a_write(site: Site) -> None:
    site.configure("site", **FORM, per_minute=3)
    statuses = [send(site, f"email=p{n}@nordwind.example").status_code for n in range(8)]
    assert statuses == [200] * 3 + [429] * 5
    assert send(site).headers["Retry-After"] == "60"
    assert len(site.deliveries()) == 3
    other = site.app.test_client().post(
        "/webhooks/site",
        data=KARL,
        headers={"Origin": ORIGIN},
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert other.status_code == 200


def test_pressed_twice_it_counts_once_and_what_differs_is_another(form: Site) -> None:
    assert send(form).data == send(form).data
    again = KARL.replace(b"_ts=1793697290", b"_ts=1793697999")
    assert send(form, again).data == send(form).data
    send(form, KARL + b"&note=more")
    form.read()
    assert len(form.activities()) == 2
    assert read(KARL).key is None


def test_a_secret_address_is_proof_enough_for_any_origin(site: Site) -> None:
    site.configure("site", kind="html_form", token="a-long-token")
    client = site.app.test_client()
    assert (
        client.post("/webhooks/site/a-long-token", data={"email": "a@b.example"}).status_code == 200
    )
    assert (
        client.post("/webhooks/site/another-one", data={"email": "a@b.example"}).status_code == 401
    )


@pytest.mark.parametrize(
    ("fields", "topics"),
    [
        ("consent=on", {"marketing": True}),
        ("consent=newsletter&consent=events", {"newsletter": True, "events": True}),
        ("consent=0&consent=1", {"marketing": True}),
        ("consent=off", {"marketing": False}),
        ("consent_calls=yes", {"calls": True}),
        ("box=on", {}),
    ],
)
def test_a_ticked_box_is_a_consent_with_the_text_beside_it(
    fields: str, topics: dict[str, bool]
) -> None:
    found = read(f"email=a@b.example&consent_text=Write+to+me&{fields}")
    assert {each.topic: each.given for each in found.agreements} == topics
    assert {each.text for each in found.agreements} <= {"Write to me"}
    assert found.about.fields.keys() <= {"box"}
    mapped = read("email=a@b.example&box=on", map={"box": "consent.newsletter"})
    assert [each.topic for each in mapped.agreements] == ["newsletter"]


def test_no_form_can_claim_a_time_an_id_or_an_activity() -> None:
    found = read("email=a@b.example&at=2020-01-01&activity=purchase&external_id=1")
    assert (found.kind, found.happened_at) == ("form", NOW)
    assert found.about.fields == {"at": "2020-01-01", "activity": "purchase", "external_id": "1"}


def test_what_holds_no_field_is_refused_and_what_is_too_long_names_its_field(form: Site) -> None:
    for body in (b"", b"&&", b"a=", b"\xff", b"[]", b"{", b"--x\r\n", b"a=b&" * 1001):
        assert send(form, body).status_code == 400, body
    answer = send(form, f"email=a@b.example&name={'x' * 1001}")
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith("name: ")
    assert "motto" in send(form, f"email=a@b.example&motto={'x' * 5001}").get_json()["error"]
    assert form.deliveries() == []


def test_naughty_strings_come_back_as_they_went_in(site: Site) -> None:
    site.configure("site", **FORM, per_minute=10_000)
    naughty = [each for each in suite("04-blns/blns.json") if each.strip()]
    for n, text in enumerate(naughty):
        fields = {"email": f"p{n}@nordwind.example", "name": text, "note": text}
        assert send(site, fields).status_code == 200
    site.read()
    by_email = {each.email: each for each in site.people()}
    wrong = [
        text
        for n, text in enumerate(naughty)
        if (kept := by_email[f"p{n}@nordwind.example"]).name != text or kept.fields["note"] != text
    ]
    assert wrong == []


HEAD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n'


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda some: HEAD + some))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    source = read_source({"slug": "site", **FORM})
    request = Incoming("POST", {"origin": ORIGIN}, {}, body)
    try:
        read_fields(body)
    except UnreadableError:
        assert isinstance(verify(request, source, NOW), Refused)
        return
    assert isinstance(verify(request, source, NOW), Verified | Refused)
    (found,) = parse(Posted(body, NOW), source)
    assert isinstance(found, Read | Quarantined)
    json.dumps(found.body if isinstance(found, Read) else found.reason).encode()
