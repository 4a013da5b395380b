"""Every platform's samples: believed as they are, refused with one bit changed, and read to the letter."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.reading import UnreadableError
from tests.webhooks.kinds import (
    ENTRIES,
    NOW,
    SAMPLES,
    judged,
    parsed,
    request_of,
    source_of,
)
from tests.webhooks.support import SECRETS, payload, sample
from webhooks.adapter import (
    Dead,
    Posted,
    Quarantined,
    Read,
    Refused,
    Test,
    Thin,
    Verified,
    Withdrawn,
)
from webhooks.kinds.registry import ADAPTERS
from webhooks.leads import lead_of
from webhooks.sources import OF_MAILS, SourceKind
from webhooks.trial import trial
from webhooks.written import read_source

FILES = [each["file"] for each in SAMPLES]
SIGNED = [each for each in SAMPLES if each.get("secret", "").endswith(("_secret", "_key"))]
HUBSPOT = "hubspot/webhook_batch.json"
TYPEFORM = "typeform/form_response.json"


@pytest.mark.parametrize("given_sample", SAMPLES, ids=FILES)
def test_each_sample_is_believed_and_read(given_sample: dict[str, Any]) -> None:
    assert isinstance(judged(given_sample, request_of(given_sample)), Verified)
    for item in parsed(given_sample["file"]):
        assert isinstance(item, Read | Thin), item
        assert isinstance(item, Thin) or not isinstance(lead_of(item, "x"), str)


@pytest.mark.parametrize("given_sample", SIGNED, ids=[each["file"] for each in SIGNED])
def test_one_changed_bit_anywhere_is_refused(given_sample: dict[str, Any]) -> None:
    body = payload(given_sample["file"])
    for place in (0, len(body) // 2, len(body) - 1):
        for bit in (1, 128):
            other = body[:place] + bytes([body[place] ^ bit]) + body[place + 1 :]
            answer = judged(given_sample, request_of(given_sample, other))
            assert isinstance(answer, Refused)
            assert answer.status == 401


@pytest.mark.parametrize("given_sample", SIGNED, ids=[each["file"] for each in SIGNED])
def test_a_signature_without_its_secret_or_header_proves_nothing(
    given_sample: dict[str, Any],
) -> None:
    source = source_of(given_sample["file"], secrets=["another-secret"])
    request = request_of(given_sample)
    assert isinstance(ADAPTERS[source.kind].verify(request, source, NOW), Refused)
    assert isinstance(judged(given_sample, replace(request, headers={})), Refused)
    rotated = source_of(given_sample["file"], secrets=["newer", SECRETS[given_sample["secret"]]])
    assert isinstance(ADAPTERS[source.kind].verify(request, rotated, NOW), Verified)


TIMED = [each for each in SIGNED if each["file"].startswith(("calendly", "hubspot", "webflow"))]


@pytest.mark.parametrize("given_sample", TIMED, ids=[each["file"] for each in TIMED])
def test_a_signed_time_is_good_for_five_minutes_either_way(given_sample: dict[str, Any]) -> None:
    request = request_of(given_sample)
    for off in (-299, 299):
        assert isinstance(judged(given_sample, request, NOW + timedelta(seconds=off)), Verified)
    for off in (-86_400, -3600, -301, 301, 86_400):
        assert isinstance(judged(given_sample, request, NOW + timedelta(seconds=off)), Refused)


def test_typeforms_signature_in_hex_is_refused() -> None:
    found = sample(TYPEFORM)
    key, body = SECRETS["typeform_secret"].encode(), payload(TYPEFORM)
    sign = hmac.new(key, body, hashlib.sha256).hexdigest()
    assert isinstance(
        judged(found, request_of(found, Typeform_Signature=f"sha256={sign}")), Refused
    )


def test_hubspots_time_in_seconds_is_refused() -> None:
    found = sample(HUBSPOT)
    stamp, key = "1793697300", SECRETS["hubspot_client_secret"].encode()
    text = b"POST" + found["uri"].encode() + payload(HUBSPOT) + stamp.encode()
    sign = base64.b64encode(hmac.digest(key, text, "sha256")).decode()
    headers = {"X_HubSpot_Request_Timestamp": stamp, "X_HubSpot_Signature_v3": sign}
    assert isinstance(judged(found, request_of(found, **headers)), Refused)


def test_hubspot_signs_the_address_and_only_ours_will_do() -> None:
    found = sample(HUBSPOT)
    request = request_of(found)
    assert isinstance(
        judged(found, replace(request, urls=("https://elsewhere.example/",))), Refused
    )
    assert isinstance(judged(found, replace(request, urls=())), Refused)


def test_hubspots_older_hash_proves_nothing() -> None:
    found = sample(HUBSPOT)
    old = {name: value for name, value in found["headers"].items() if "v3" not in name}
    assert "X-HubSpot-Signature" in old
    assert isinstance(judged(found, request_of({**found, "headers": old})), Refused)


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("header", ["", "garbage", "sha256=", "t=,v1=", "t=١,v1=é", "v1=" * 9999])
def test_garbage_in_a_header_is_refused_and_never_raises(name: str, header: str) -> None:
    found = next(each for each in SAMPLES if each["file"].startswith(name))
    names = [each for each in found["headers"] if each != "Content-Type"] or ["TikTok-Signature"]
    given_headers = {each.replace("-", "_"): header for each in names}
    source = source_of(found["file"], secrets=["a-secret"], token="another-long-token")
    request = request_of(found, **given_headers)
    assert isinstance(ADAPTERS[source.kind].verify(request, source, NOW), Refused)


NASTY = [b"", b"[", b"[]", b"{}", b"null", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}']
NASTY += [b'{"event": "invitee.created", "payload": []}', b'{"payload": {"data": 1}}', b"[{}]"]
NASTY += [b'{"form_response": {"token": {}, "answers": [1, {"type": []}], "hidden": 1}}']
NASTY += [
    b'{"entry": [1, {}, {"id": {}}]}',
    b'{"lead_id": "1", "consent_1": {}, "create_time": []}',
]


@pytest.mark.parametrize("name", ENTRIES)
def test_no_body_breaks_a_reader(name: str) -> None:
    for body in NASTY:
        try:
            items = parsed(f"{name}/x", body)
        except UnreadableError:
            continue
        assert all(isinstance(each, Read | Thin | Dead | Quarantined | Withdrawn) for each in items)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_sample_with_any_part_replaced_is_read_or_refused(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([each for each in FILES if each.endswith(".json")]))
    document = json.loads(payload(file))
    place = document
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if data.draw(st.booleans()) or not isinstance(place[key], dict | list) or not place[key]:
            place[key] = data.draw(ANY_JSON)
            break
        place = place[key]
    try:
        items = parsed(file, json.dumps(document).encode())
    except UnreadableError:
        return
    for item in items:
        if isinstance(item, Read):
            lead_of(item, "x")
            json.dumps(dict(item.body)).encode()


@pytest.mark.parametrize(
    "kind",
    [each for each in SourceKind if each not in {"html_form", "linkedin_lead_gen", *OF_MAILS}],
)
def test_our_own_test_of_each_kind_is_believed_and_is_nobodys_history(kind: SourceKind) -> None:
    entries: dict[str, dict[str, Any]] = {each["kind"]: each for each in ENTRIES.values()}
    known = {
        "segment": {"secrets": ["a-write-key"]},
        "google_lead_form": {"secrets": ["a-long-key-of-it"]},
        "meta_lead_ads": {"secrets": ["s"]},
    }
    entry = entries.get(kind, {"token": "a-long-token", **known.get(kind, {})})
    source = kept_as(entry, kind)
    sent = trial(source, NOW)
    assert sent is not None
    url = "http://localhost/webhooks/api" + (f"/{sent.token}" if sent.token else "")
    request = replace(
        request_of({"file": TYPEFORM, "headers": sent.headers}, sent.body),
        token=sent.token,
        urls=(url,),
    )
    assert isinstance(ADAPTERS[kind].verify(request, source, NOW), Verified)
    assert [type(each) for each in ADAPTERS[kind].parse(Posted(sent.body, NOW), source)] == [Test]


def kept_as(entry: dict[str, Any], kind: SourceKind) -> Any:
    return read_source({"slug": "api", **entry, "kind": kind.value})
