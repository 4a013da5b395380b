"""Sources as senders meet them: each way to prove oneself, what is kept, what is refused, what becomes of it."""

import base64
import gzip
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import requests

from tests.contract.office import KEY, SIGNING, Office, signature, someone, soon
from tests.support.running import until

pytestmark = pytest.mark.slow

JSON = {"Content-Type": "application/json"}
SITE = {**JSON, "X-Token": KEY}
SHARED = "the-shared-secrets"


def standard(
    body: bytes, name: str, *, at: float | None = None, secret: str = SIGNING
) -> dict[str, str]:
    """Standard Webhooks' three headers."""
    stamp = str(int(at or time.time()))
    message = f"{name}.{stamp}.".encode() + body
    mac = base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()
    return {
        **JSON,
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{mac}",
    }


def body_of(email: str, **more: Any) -> bytes:
    return json.dumps({"email": email, "form": "guide", **more}).encode()


def test_a_header_proves_the_sender(office: Office) -> None:
    email = someone()
    assert office.post("site", body_of(email), {**JSON, "X-Token": "wrong"}).status_code == 401
    assert office.post("site", body_of(email), JSON).status_code == 401
    assert office.post("site", body_of(email), {**JSON, "x-token": KEY}).status_code == 200
    assert office.person(email)["email"] == email


def test_an_hmac_of_the_raw_bytes_proves_the_sender(office: Office) -> None:
    email = someone()
    body = b'{"email": "%s",\n  "form": "guide"}' % email.encode()
    good = signature(body)
    for bad in ("", "garbage", good[:-1], signature(body, "another"), good[:32], "é", f"{good} x"):
        headers = {**JSON, "X-Signature": bad.encode().decode("latin-1")}
        assert office.post("signed", body, headers).status_code == 401
    same = json.dumps(json.loads(body)).encode()
    assert office.post("signed", same, {**JSON, "X-Signature": good}).status_code == 401
    assert office.post("signed", body, {**JSON, "X-Signature": good}).status_code == 200
    for secret, written in ((SIGNING, "sha256={}"), ("an-older-signing-secret", "{}")):
        other = body_of(someone())
        headers = {**JSON, "X-Signature": written.format(signature(other, secret))}
        assert office.post("signed", other, headers).status_code == 200
    other = body_of(someone())
    mac = base64.b64encode(bytes.fromhex(signature(other))).decode()
    assert office.post("signed", other, {**JSON, "X-Signature": mac}).status_code == 200
    assert office.person(email)


def test_standard_webhooks_proves_the_sender(office: Office) -> None:
    email = someone()
    body = body_of(email)
    good = standard(body, "msg_1")
    for change in (
        {"webhook-signature": "garbage"}, {"webhook-signature": "v1,A"}, {"webhook-signature": "v1,a,b"},
        {"webhook-signature": "v1,\xe9"}, {"webhook-id": "msg_2"}, {"webhook-timestamp": "x"},
        {"webhook-timestamp": str(int(time.time()) - 600)},
    ):  # fmt: skip
        assert office.post("standard", body, {**good, **change}).status_code == 401, change
    for off in (-600, 600):
        old = standard(body, "msg_1", at=time.time() + off)
        assert office.post("standard", body, old).status_code == 401
    first = office.post("standard", body, good)
    again = office.post("standard", body, standard(body, "msg_1"))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert office.person(email)


def test_a_token_in_the_path_proves_the_sender(office: Office) -> None:
    email = someone()
    for bad in ("plain", "plain/wrong", "plain/"):
        assert office.post(bad, body_of(email), JSON).status_code in (401, 404)
    assert office.post("plain", body_of(email), JSON).status_code == 401
    assert office.post("plain/a-token-in-the-path", body_of(email), JSON).status_code == 200
    assert office.person(email)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"   ", b"{", b"not json", b"[" * 100_000, b'{"lead_id": ' + b"9" * 5000 + b"}", b'{"score": NaN}',
        b'{"score": Infinity}', b"\xff\xfe", '{"email": "a@b.example"}'.encode("utf-16"), b'"text"', b"7", b"null",
        b"[]", gzip.compress(b"{}", mtime=0),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_kept_where_it_is_authentic_and_400_where_nothing_was_signed(
    office: Office, body: bytes
) -> None:
    assert office.post("plain/a-token-in-the-path", body, JSON).status_code == 400
    kept = office.post("signed", body, {**JSON, "X-Signature": signature(body)})
    assert kept.status_code == 200
    delivery = office.delivery(kept.json()["delivery"])
    assert delivery["state"] == "unreadable"
    assert delivery["reason"]
    assert delivery["captures"] == []
    assert office.post("signed", body, JSON).status_code == 401


def test_what_is_odd_but_readable_breaks_nothing(office: Office) -> None:
    for body in (
        b'{"email":"a\\u0000@example.org"}', b'{"name":"\\ud800"}', b'{"email":"%s","name":"\\ud800 \\u0000"}' % someone().encode(),
        b"{}", b"[1, null, [], {}]", b'{"email": {"a": 1}, "name": [1], "phone": true}', b'{"email": 5}',
        b'{"email":"x@y.example","fields":7,"consent":9,"at":{}}', b'{"":""}',
    ):  # fmt: skip
        answer = office.post("signed", body, {**JSON, "X-Signature": signature(body)})
        assert answer.status_code == 200
        delivery = office.delivery(answer.json()["delivery"])
        assert delivery["state"] == "ingested"
        assert delivery["captures"]
        for capture in delivery["captures"]:
            assert capture["state"] in ("recorded", "dead")
            assert capture["reason"] or capture["state"] == "recorded"


def test_other_content_types_are_read_all_the_same(office: Office) -> None:
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "x/y; charset=utf-7",
    ):
        email = someone()
        assert (
            office.post("site", body_of(email), {"X-Token": KEY, "Content-Type": kind}).status_code
            == 200
        )
        assert office.person(email)


def test_too_large_is_413_and_is_not_read(office: Office) -> None:
    for size in (2 << 20, 10 << 20):
        body = b'{"email": "' + b"x" * size + b'"}'
        for slug in ("site", "signed", "plain/a-token-in-the-path", "linkedin"):
            assert refused_early(office, slug, body) == 413
    just = b'{"email": "just@fits.example", "pad": "' + b"x" * ((1 << 20) - 60) + b'"}'
    assert office.post("site", just, SITE).status_code == 200


def refused_early(office: Office, slug: str, body: bytes) -> int:
    """The status of a body that is too large; the server need not wait for all of it."""
    try:
        return office.post(slug, body, SITE).status_code
    except requests.ConnectionError:
        return 413


def test_a_slug_there_is_not_is_404(office: Office) -> None:
    for slug in ("nowhere", "SITE", "site/with-a-token", "site%00", "..%2f", "%F0%9F%98%80"):
        assert office.post(slug, b"{}", SITE).status_code == 404


def test_other_methods_are_405_and_never_404(office: Office) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for slug in ("site", "signed", "plain/a-token-in-the-path"):
            answer = requests.request(method, f"{office.url}/webhooks/{slug}", timeout=10)
            assert answer.status_code == 405, (method, slug)
            assert "POST" in answer.headers["Allow"]
    for method in ("HEAD", "PUT", "DELETE"):
        answer = requests.request(method, f"{office.url}/webhooks/linkedin", timeout=10)
        assert answer.status_code == 405


def test_a_duplicate_gets_the_same_200_and_counts_once(office: Office) -> None:
    email = someone()
    answers = [
        office.send({"email": email, "form": "guide", "external_id": email}) for _ in range(3)
    ]
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert len({each.text for each in answers}) == 1
    other = office.send(
        {"email": email, "form": "guide", "external_id": email, "later": "addition"}
    )
    assert office.delivery(other.json()["delivery"])["captures"][0]["state"] == "recorded"
    assert office.kinds(office.settled(email)["id"]).count("form") == 1


def test_the_raw_bytes_are_as_received(office: Office) -> None:
    body = (
        b'\xef\xbb\xbf {"email":  "%s" ,\r\n\t"name": "Zo\xc3\xab \\u00e9 \xf0\x9f\x98\x80", "n": 1.10}\n'
        % someone().encode()
    )
    answer = office.post("site", body, SITE)
    delivery = office.delivery(answer.json()["delivery"])
    raw = raw_of(office, delivery["id"])
    assert raw.content == body
    assert delivery["bytes"] == len(body)
    assert delivery["sha256"] == hashlib.sha256(body).hexdigest()
    assert delivery["source"] == "site"
    assert raw.headers["Content-Type"] == "application/octet-stream"


def raw_of(office: Office, delivery_id: str) -> requests.Response:
    return requests.get(
        f"{office.url}/api/v1/deliveries/{delivery_id}/raw",
        headers={"Authorization": f"Bearer {office.environment['WARMLINE_API_TOKEN']}"},
        timeout=10,
    )


def test_a_secret_in_the_bytes_is_masked_with_equal_length(office: Office) -> None:
    body = body_of(someone(), key=KEY)
    delivery = office.post("site", body, SITE).json()["delivery"]
    assert raw_of(office, delivery).content == body.replace(KEY.encode(), b"*" * len(KEY))
    office.delivery(delivery)
    assert KEY not in json.dumps(office.items("/activities?limit=200"))
    assert KEY not in json.dumps(office.items("/sources"))
    assert KEY not in (office.folder / "up.log").read_text()


def test_a_map_renames_and_the_rest_goes_to_fields(office: Office) -> None:
    email = someone()
    office.send(
        {
            "work_email": email,
            "who": "Mia Wolf",
            "how_big_is_your_team?": 700,
            "colour": "blue",
            "extra": [1],
        },
        source="mapped",
    )
    person = office.person(email)
    assert person["name"] == "Mia Wolf"
    terms = {each["term"] for each in person["reasons"]}
    assert {"fit.employees", "fit.eq"} <= terms
    (form,) = [each for each in office.timeline(person["id"]) if each["kind"] == "form"]
    assert form["body"]["fields"] == {"word": "blue", "extra": [1]}


def test_a_lead_without_a_map_is_read_under_the_names_of_the_contract(office: Office) -> None:
    email = someone(domain="sub.big-firm.co.uk")
    lead = {
        "external_id": email, "at": "2026-03-03T10:00:00+02:00", "email": email.upper(), "name": "Zoë O'Hara",
        "phone": "+44 1632 960011", "title": "Head of IT", "company": "Big Firm", "country": "gb", "zone": "Europe/London",
        "form": "guide", "campaign": "summer", "consent": [{"topic": "newsletter", "text": "Yes", "at": "2026-03-03T08:00:00Z"}],
        "fields": {"budget": "10k"}, "unknown": {"deep": [1, 2]},
    }  # fmt: skip
    delivery = office.delivery(office.lead_of(lead))
    person = office.person(email)
    (capture,) = delivery["captures"]
    assert (capture["key"], capture["state"], capture["prospect"]) == (
        email,
        "recorded",
        person["id"],
    )
    assert [person[each] for each in ("email", "name", "title", "country", "zone")] == [
        email, "Zoë O'Hara", "Head of IT", "GB", "Europe/London"
    ]  # fmt: skip
    assert person["account"]
    (consent,) = person["consents"]
    assert (consent["topic"], consent["given"], consent["text"]) == ("newsletter", True, "Yes")
    assert consent["at"] == "2026-03-03T08:00:00Z"
    form = office.timeline(person["id"])[-1]
    assert (form["kind"], form["happened_at"], form["source"]) == (
        "form",
        "2026-03-03T08:00:00Z",
        "site",
    )
    assert form["body"]["form"] == "guide"
    assert form["body"]["campaign"] == "summer"
    assert form["body"]["fields"] == {"budget": "10k", "unknown": {"deep": [1, 2]}}


def test_a_campaign_of_the_source_stands_in_where_the_sender_says_none(office: Office) -> None:
    email = someone()
    office.lead(email, "guide")
    assert office.timeline(office.person(email)["id"])[-1]["body"]["campaign"] == "spring"


def test_an_activity_is_recorded_with_its_kind_and_body(office: Office) -> None:
    email = someone()
    office.act(
        email,
        "page_view",
        external_id=f"view-{email}",
        at="2026-04-01T00:00:00Z",
        body={"page": "/price"},
    )
    (view,) = office.timeline(office.person(email)["id"])
    assert (view["kind"], view["body"], view["happened_at"]) == (
        "page_view",
        {"page": "/price"},
        "2026-04-01T00:00:00Z",
    )


def test_each_item_of_a_list_has_its_own_fate(office: Office) -> None:
    good, other = someone(), someone()
    answer = office.send([
        {"email": good, "form": "guide"}, {"name": "nobody"}, {"email": "no address", "form": "guide"},
        {"email": other, "activity": "telepathy"}, 7, {"phone": "+49 30 1234567", "form": "guide"},
    ])  # fmt: skip
    captures = office.delivery(answer.json()["delivery"])["captures"]
    assert [each["state"] for each in captures] == [
        "recorded",
        "dead",
        "dead",
        "dead",
        "dead",
        "recorded",
    ]
    assert all(each["reason"] for each in captures if each["state"] == "dead")
    assert all(each["prospect"] is None for each in captures if each["state"] == "dead")
    assert office.person(good)
    assert office.find(other) is None


def test_a_replay_changes_nothing_that_was_done(office: Office) -> None:
    email = someone()
    delivery = office.lead(email, "guide", external_id=email)
    before = office.settled(email)
    history = office.timeline(before["id"])
    replayed = office.call("POST", f"/deliveries/{delivery}/replay", json={}, expect=202)
    assert replayed["id"] == delivery
    again = office.delivery(delivery)
    assert again["state"] == "ingested"
    assert [each["prospect"] for each in again["captures"]] == [before["id"]]
    office.call("POST", f"/deliveries/{delivery}/replay", json={}, expect=202)
    office.delivery(delivery)
    assert office.timeline(before["id"]) == history
    assert office.person(email)["points"] == before["points"]


def test_one_person_is_one_whatever_the_spelling(office: Office) -> None:
    email = someone()
    for spelling in (email, email.upper(), f"  {email} "):
        office.lead(spelling, "guide", name=spelling.strip())
    office.settled(email)
    assert len(office.items(f"/prospects?q={email}")) == 1


def test_free_mail_makes_no_company_and_one_domain_makes_one(office: Office) -> None:
    firm = f"{someone('co').split('@')[0]}.example"
    emails = [f"a@mail.{firm}", f"b@{firm}", someone(domain="gmail.com")]
    office.send([{"email": each, "form": "guide"} for each in emails])
    first, second, third = (office.person(each)["account"] for each in emails)
    assert first == second is not None
    assert third is None


def test_a_refused_sender_is_counted_and_nothing_is_kept(office: Office) -> None:
    before = office.call("GET", "/sources/signed")
    marker = someone("never")
    assert (
        office.post("signed", body_of(marker), {**JSON, "X-Signature": "0" * 64}).status_code == 401
    )

    def counted() -> bool:
        return bool(office.call("GET", "/sources/signed")["refused"] > before["refused"])

    until(counted, what="the count of refusals")
    assert office.find(marker) is None


def test_a_time_ahead_or_unreadable_becomes_the_time_of_arrival(office: Office) -> None:
    for at in (soon(86_400), "next week", "9999-12-31T23:59:59-14:00", -5, 1e300, ""):
        email = someone()
        office.lead(email, "guide", at=at)
        form = office.timeline(office.person(email)["id"])[-1]
        assert form["happened_at"] <= soon()
        assert form["happened_at"] > "2026"
