"""Who is believed: every scheme of `generic_json`, judged on the raw bytes, never raising."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.suites import suite
from tests.webhooks.support import SECRETS, SIGNATURES, a_source, lead, payload, sample
from webhooks import signatures
from webhooks.adapter import Incoming, Refused, Verified
from webhooks.kinds.generic_json import verify
from webhooks.kinds.linkedin_lead_gen import verify as verify_linkedin
from webhooks.sources import Source
from webhooks.written import read_source

NOW = datetime.fromtimestamp(1793697300, UTC)
BODY = json.dumps(lead()).encode()


def incoming(headers: dict[str, str], body: bytes = BODY, **changes: Any) -> Incoming:
    lowered = {name.lower(): value for name, value in headers.items()}
    return Incoming(method="POST", headers=lowered, query={}, body=body, **changes)


def believed(request: Incoming, source: Source, now: datetime = NOW) -> bool:
    return isinstance(verify(request, source, now), Verified)


def mac(secret: bytes, message: bytes) -> bytes:
    return hmac.new(secret, message, hashlib.sha256).digest()


def standard(secret: str, now: datetime = NOW, identity: str = "msg_1") -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(mac(key, f"{identity}.{stamp}.".encode() + BODY)).decode()
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }


def test_a_header_has_the_secret_or_one_of_the_spares() -> None:
    source = a_source(auth={"header": "X-Token", "value": "new"}, secrets=["old"])
    assert believed(incoming({"X-Token": "new"}), source)
    assert believed(incoming({"x-token": "old"}), source)
    assert not believed(incoming({"X-Token": "older"}), source)
    assert not believed(incoming({}), source)


def test_the_authorization_header_may_say_bearer() -> None:
    source = a_source(auth={"header": "Authorization", "value": SECRETS["shared_header_token"]})
    file = "generic/zapier_make_n8n_lead.json"
    request = incoming(sample(file)["headers"], payload(file))
    assert believed(request, source)
    assert believed(incoming({"Authorization": SECRETS["shared_header_token"]}), source)
    assert not believed(incoming({"Authorization": "Bearer nonsense"}), source)


@pytest.mark.parametrize("secret", ["schlüssel", "ключ"])
def test_a_secret_need_not_be_ascii(secret: str) -> None:
    source = a_source(auth={"header": "X-Token", "value": secret})
    assert believed(incoming({"X-Token": secret}), source)


def test_an_hmac_is_taken_in_hex_or_base64_with_or_without_its_prefix() -> None:
    source = a_source(auth={"hmac_header": "X-Signature", "secret": "s3cret"})
    raw = mac(b"s3cret", BODY)
    for good in (
        raw.hex(),
        raw.hex().upper(),
        f"sha256={raw.hex()}",
        base64.b64encode(raw).decode(),
        f"sha256={base64.b64encode(raw).decode()}",
    ):
        assert believed(incoming({"X-Signature": good}), source), good
    assert not believed(incoming({"X-Signature": raw.hex()}, BODY + b" "), source)


def test_a_stated_encoding_and_prefix_are_the_only_ones() -> None:
    auth = {"hmac_header": "X-S", "secret": "s3cret", "encoding": "base64", "prefix": "v0="}
    raw = mac(b"s3cret", BODY)
    assert believed(incoming({"X-S": f"v0={base64.b64encode(raw).decode()}"}), a_source(auth=auth))
    assert not believed(incoming({"X-S": f"v0={raw.hex()}"}), a_source(auth=auth))


def test_signed_by_the_old_or_the_new_secret() -> None:
    source = a_source(auth={"hmac_header": "X-S", "secret": ["new", "old"]})
    for secret in (b"new", b"old"):
        assert believed(incoming({"X-S": mac(secret, BODY).hex()}), source)


def test_the_specifications_own_vector() -> None:
    vector = json.loads(payload("standard_webhooks/published_vector.json"))
    source = a_source(auth={"standard_webhooks": vector["secret"]})
    headers = {
        "webhook-id": vector["id"],
        "webhook-timestamp": str(vector["timestamp"]),
        "webhook-signature": vector["signature"],
    }
    at = datetime.fromtimestamp(vector["timestamp"], UTC)
    assert believed(incoming(headers, vector["body"].encode()), source, at)


def test_the_suites_vectors() -> None:
    vectors = suite("01-standard-webhooks/vectors.json")
    for vector in vectors["vectors"]:
        for secret in (vectors["secret"], vectors["secret"].removeprefix("whsec_")):
            headers = {
                "webhook-id": vector["id"],
                "webhook-timestamp": str(vector["timestamp"]),
                "webhook-signature": vector["expected"],
            }
            at = datetime.fromtimestamp(vector["timestamp"], UTC)
            source = a_source(auth={"standard_webhooks": secret})
            assert believed(incoming(headers, vector["payload"].encode()), source, at)


def test_samples_signed_by_old_and_new_keys() -> None:
    samples = [each for each in SIGNATURES["samples"] if each["file"].startswith("standard")]
    assert len(samples) == 3
    new, old = SECRETS["standard_webhooks_secret"], SECRETS["standard_webhooks_old_secret"]
    body = payload("standard_webhooks/outbound_lead_routed.json")
    for each in samples:
        assert believed(incoming(each["headers"], body), a_source(auth={"standard_webhooks": new}))
    both = incoming(samples[1]["headers"], body)
    assert believed(both, a_source(auth={"standard_webhooks": old}))
    assert believed(both, a_source(auth={"standard_webhooks": True}, secrets=[old]))


WHSEC = "whsec_" + base64.b64encode(b"k" * 24).decode()


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": ""},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "١٧٩٣٦٩٧٣٠٠"},
        {"webhook-timestamp": str(1793697300 - 301)},
        {"webhook-timestamp": str(1793697300 + 301)},
        {"webhook-timestamp": str(1793697300 * 1000)},
        {"webhook-signature": ""},
        {"webhook-signature": "garbage"},
        {"webhook-signature": "v1,A"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v1a,AAAA"},
    ],
)
def test_garbage_is_refused_and_never_raises(change: dict[str, str]) -> None:
    source = a_source(auth={"standard_webhooks": WHSEC})
    assert believed(incoming(standard(WHSEC)), source)
    assert not believed(incoming(standard(WHSEC) | change), source)


def test_a_signature_is_good_for_five_minutes_either_way() -> None:
    source = a_source(auth={"standard_webhooks": WHSEC})
    for off in (-299, 299):
        assert believed(incoming(standard(WHSEC)), source, NOW + timedelta(seconds=off))
    for off in (-301, 301):
        assert not believed(incoming(standard(WHSEC)), source, NOW + timedelta(seconds=off))


def test_a_retry_is_known_by_its_signed_id() -> None:
    source = a_source(auth={"standard_webhooks": WHSEC})
    later = NOW + timedelta(seconds=60)
    first = verify(incoming(standard(WHSEC)), source, NOW)
    assert first == verify(incoming(standard(WHSEC, later)), source, later)
    assert first != verify(incoming(standard(WHSEC, NOW, "msg_2")), source, NOW)


@pytest.mark.parametrize("name", ["created_sponsored", "created_event", "deleted"])
def test_linkedins_samples_are_believed_with_either_live_secret(name: str) -> None:
    file = f"linkedin/notification_{name}.json"
    request = incoming(sample(file)["headers"], payload(file))
    entry = {"slug": "li", "kind": "linkedin_lead_gen"}
    rotated = read_source({**entry, "secrets": ["newer", SECRETS["linkedin_client_secret"]]})
    assert isinstance(verify_linkedin(request, rotated, NOW), Verified)
    other = read_source({**entry, "secrets": ["newer"]})
    assert verify_linkedin(request, other, NOW) == Refused(401, "the sender could not be proved")


def test_each_vector_of_the_wycheproof_suite() -> None:
    for group in suite("03-wycheproof/hmac_sha256_test.json")["testGroups"]:
        for test in group["tests"]:
            key, message = bytes.fromhex(test["key"]), bytes.fromhex(test["msg"])
            good = hmac.compare_digest(bytes.fromhex(test["tag"]), signatures.mac(key, message))
            whole = group["tagSize"] == 256
            assert good == (whole and test["result"] == "valid"), test["tcId"]


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "x-token",
                "x-s",
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
                "x-li-signature",
                "idempotency-key",
            ]
        ),
        st.text(),
    ),
    st.binary(),
)
def test_no_header_and_no_body_raises(headers: dict[str, str], body: bytes) -> None:
    request = incoming(headers, body, token="t")
    for auth in (
        {"header": "X-Token", "value": "a-value-nobody-guesses"},
        {"hmac_header": "X-S", "secret": "a-value-nobody-guesses"},
        {"standard_webhooks": WHSEC},
    ):
        assert isinstance(verify(request, a_source(auth=auth), NOW), Refused)
    linkedin = read_source({"slug": "li", "kind": "linkedin_lead_gen", "secrets": ["s"]})
    assert isinstance(verify_linkedin(request, linkedin, NOW), Refused)
