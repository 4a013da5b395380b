"""Every signed sample gives what stands beside it, through the door; a changed bit of it gives nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hubspot.utils.signature import Signature
from sendgrid.helpers.eventwebhook import EventWebhook
from standardwebhooks import Webhook as Standard
from standardwebhooks import WebhookVerificationError
from svix.webhooks import Webhook as Svix

from tests.support.senders import HERE, SENDERS, SENDGRIDS_SAMPLE_KEY, Sent, sent
from tests.support.stores import SqliteStores
from tests.webhooks.support import SECRETS, SIGNATURES, payload
from tests.webhooks.world import NOW, World
from webhooks.adapter import Incoming, Verified
from webhooks.kinds.registry import ADAPTERS
from webhooks.sources import Source, SourceKind
from webhooks.written import read_source

SAMPLES = [each for each in SIGNATURES["samples"] if "list_unsubscribe" not in each["file"]]
"""Those that are posted to a source; the others are answers to our own mails."""
BEFORE = "this came before"
RECORDED = {"recorded": 1}
BECOMES: Mapping[str, dict[str, int]] = {
    "meta/leadgen_single.json": {"fetch_due": 1},
    "meta/leadgen_batched.json": {"fetch_due": 2, BEFORE: 1},
    "meta/leadgen_numeric_ids.json": {"fetch_due": 1},
    "meta/leadgen_dashboard_test.json": {"test": 1},
    "linkedin/notification_created_sponsored.json": {"fetch_due": 1},
    "linkedin/notification_created_event.json": {"fetch_due": 1},
    "linkedin/notification_deleted.json": {"withdrawn": 1},
    "google_ads/lead_test_button.json": {"test": 1},
    "calendly/invitee_canceled.json": {BEFORE: 1},
    "hubspot/webhook_batch.json": {"fetch_due": 2},
    "gravity_forms/selected_fields_form_encoded.txt": {BEFORE: 1},
    "segment/batch.json": {"recorded": 1, BEFORE: 1},
    "cloudevents/batch.json": {"recorded": 1, BEFORE: 1},
    "cloudevents/binary_data_only.json": {BEFORE: 1},
    "standard_webhooks/outbound_lead_routed.json": {"dead": 1},
    "ses_sns/subscription_confirmation.json": {"fetch_due": 1},
    "ses_sns/topic_validation_plain_text.json": {"test": 1},
    "sendgrid/event_batch.json": {"recorded": 11, "passed": 1, BEFORE: 1},
    "postmark/subscription_change_resubscribe.json": {"passed": 1},
}
"""How many items of each fate a sample has, in the order in which all are sent; else one is recorded."""
COVERED = {
    "meta", "linkedin", "typeform", "calendly", "hubspot_v3", "webflow", "standard_webhooks_v1",
    "standard_webhooks_rotation (old then new key)", "standard_webhooks_v1a_ed25519",
    "sns_v1", "sns_v2", "sendgrid_ecdsa", "svix",
}  # fmt: skip
"""The schemes whose proof is over the body, so that any of its bits tells."""
INSIDE = {"google_key_in_body": b"test-google-key", "mailgun": b'"token": "'}
"""What proves the others from within their body; of the rest only a header or the address does."""


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    opened = World(database_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def refusing(
    sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    opened = World(sqlite_stores.fresh(), tmp_path_factory.mktemp("world"))
    yield opened
    opened.close()


def name_of(sample: dict[str, Any]) -> str:
    return f"{sample['file']}-{sample['scheme'].split(' ')[0]}"


def test_each_sample_gives_what_stands_beside_it_however_often(world: World) -> None:
    answers: dict[str, bytes] = {}
    for sample in SAMPLES:
        name, answer = name_of(sample), world.send(sample)
        answers[name] = answer.data
        if sample["expect"] == "4xx":
            assert answer.status_code == 401, name
            continue
        # The contract has one code for success, whatever else a platform would take.
        assert answer.status_code == 200, name
        if "success" in sample["expect"]:
            assert answer.get_json()["success"] is True
        fates = Counter(
            "passed" if state == "recorded" and reason not in (None, BEFORE)
            else BEFORE if reason == BEFORE else state
            for state, reason in world.fates(answer)
        )  # fmt: skip
        assert fates == BECOMES.get(sample["file"], RECORDED), name
    everybody = {each.email for each in world.people()}
    assert "ines.okafor@northfield-logistics.example" in everybody
    assert len(everybody) == len(world.people()) == 10
    record = [each.id for each in (*world.activities(), *world.people())]
    assert {name_of(each): world.send(each).data for each in SAMPLES} == answers
    world.read(NOW)
    assert [each.id for each in (*world.activities(), *world.people())] == record


SIGNED = [each for each in SAMPLES if each["scheme"] in COVERED | set(INSIDE)]


@pytest.mark.parametrize(
    "sample", [each for each in SIGNED if "wrong_key" not in each["file"]], ids=name_of
)
def test_one_changed_bit_is_refused_and_nothing_of_it_is_kept(
    refusing: World, sample: dict[str, Any]
) -> None:
    body, mark = payload(sample["file"]), INSIDE.get(sample["scheme"])
    # Amazon signs the fields it names; the first and the last byte are around them.
    ends = [] if mark or "sns" in sample["scheme"] else [0, len(body) - 1]
    middle = body.index(mark) + len(mark) + 2 if mark else body.index(b'"Message": "') + 14 if (
        "sns" in sample["scheme"]
    ) else len(body) // 2  # fmt: skip
    kept = len(refusing.deliveries())
    for place in [middle, *ends]:
        other = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        # What no longer can be read is refused as such where the proof is inside.
        assert refusing.send(sample, other).status_code in ({401, 400} if mark else {401})
    assert len(refusing.deliveries()) == kept


def test_every_scheme_is_tampered_with_or_signs_nothing_of_its_body() -> None:
    others = {each["scheme"].split(" ")[0] for each in SAMPLES if each not in SIGNED}
    assert others == {
        "none_documented", "hmac_header_name_unpublished", "none", "shared_header", "bearer",
        "public_form", "basic_write_key", "basic_auth",
    }  # fmt: skip


def of(folder: str) -> list[dict[str, Any]]:
    return [each for each in SAMPLES if each["file"].startswith(folder)]


@pytest.mark.parametrize("sample", of("resend/") + of("standard_webhooks/")[:1], ids=name_of)
def test_svix_and_standard_webhooks_would_have_signed_these_so(sample: dict[str, Any]) -> None:
    library, prefix = (Svix, "svix") if sample["scheme"] == "svix" else (Standard, "webhook")
    headers, body = sample["headers"], payload(sample["file"]).decode()
    signed = library(SECRETS[sample["secret"]]).sign(headers[f"{prefix}-id"], NOW, body)
    assert signed == headers[f"{prefix}-signature"]


def test_hubspots_client_would_have_signed_this_so() -> None:
    (sample,) = of("hubspot/")
    headers, secret = sample["headers"], SECRETS["hubspot_client_secret"]
    asked = {"http_uri": sample["uri"], "timestamp": headers["X-HubSpot-Request-Timestamp"]}
    body = payload(sample["file"]).decode()
    signed = Signature.get_signature(secret, body, "v3", **asked)
    assert signed == headers["X-HubSpot-Signature-v3"]


def test_sendgrids_library_believes_what_we_believe() -> None:
    (sample,) = of("sendgrid/")
    body, headers = payload(sample["file"]).decode(), list(sample["headers"].values())[1:]
    library = EventWebhook(SENDGRIDS_SAMPLE_KEY)
    assert library.verify_signature(body, *headers)
    assert not library.verify_signature(body.replace("250", "251"), *headers)


def test_today_the_libraries_and_we_believe_the_same_requests() -> None:
    now = datetime.now(UTC)
    checks: Mapping[SourceKind, Callable[[str, Mapping[str, str]], object]] = {
        SourceKind.RESEND: lambda body, given: Svix(SECRETS["svix_secret"]).verify(body, {**given}),
        SourceKind.HUBSPOT: _hubspot_believes,
    }
    for kind, check in checks.items():
        request = sent(kind, payload(SENDERS[kind].samples[0]), now)
        for body in (request.body, request.body.replace(b"1", b"2", 1)):
            try:
                believed = check(body.decode(), request.headers) is not False
            except WebhookVerificationError:
                believed = False
            judged = ADAPTERS[kind].verify(_incoming(request, body), _source(kind), now)
            assert isinstance(judged, Verified) == believed == (body == request.body)


def _hubspot_believes(body: str, given: Mapping[str, str]) -> bool:
    stamp, signature = given["X-HubSpot-Request-Timestamp"], given["X-HubSpot-Signature-v3"]
    address, secret = f"{HERE}/webhooks/hubspot", SECRETS["hubspot_client_secret"]
    return bool(Signature.is_valid(signature, secret, body, address, "POST", "v3", timestamp=stamp))


def _incoming(request: Sent, body: bytes) -> Incoming:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Incoming("POST", headers, {}, body, urls=(f"{HERE}{request.path}",))


def _source(kind: SourceKind) -> Source:
    return read_source({"slug": str(kind), "kind": str(kind), **SENDERS[kind].entry})
