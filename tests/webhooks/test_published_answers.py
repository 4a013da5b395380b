"""Signatures that others published: the same answers here, through what each kind is judged by."""

from datetime import UTC, datetime
from typing import Any

from tests.support.suites import suite
from webhooks.adapter import Answer, Incoming, Verified
from webhooks.kinds import generic_json, linkedin_lead_gen, sendgrid
from webhooks.written import read_source

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
ANSWERS = "21-stripe-sendgrid-signature/known_answers.json"


def believed(adapter: Any, entry: dict[str, Any], headers: dict[str, str], body: str) -> bool:
    source = read_source({"slug": "x", **entry})
    request = Incoming("POST", {n.lower(): v for n, v in headers.items()}, {}, body.encode())
    return isinstance(adapter.verify(request, source, NOW), Verified)


def by_sendgrid(**changes: str) -> bool:
    given = {**suite("21-stripe-sendgrid-signature/sendgrid_event_webhook.json"), **changes}
    headers = {sendgrid.SIGNATURE: given["signature"], sendgrid.TIMESTAMP: given["timestamp"]}
    entry = {"kind": "sendgrid", "secrets": [given["public_key"]]}
    return believed(sendgrid, entry, headers, given["payload"])


def test_sendgrids_own_vector_and_what_must_be_refused_of_it() -> None:
    wrong = suite("21-stripe-sendgrid-signature/sendgrid_event_webhook.json")["must_reject"]
    assert by_sendgrid()
    assert not by_sendgrid(public_key=wrong["wrong_key"])
    assert not by_sendgrid(signature=wrong["wrong_signature"])
    assert not by_sendgrid(timestamp=wrong["wrong_timestamp"])
    assert not by_sendgrid(payload=wrong["wrong_payload"])


def test_linkedins_signature_and_challenge() -> None:
    known = suite(ANSWERS)
    given = known["linkedin_signature"]
    entry = {"kind": "linkedin_lead_gen", "secrets": [given["clientSecret"]]}
    assert believed(linkedin_lead_gen, entry, {given["header"]: given["value"]}, given["body"])
    assert not believed(
        linkedin_lead_gen, entry, {given["header"]: given["value"]}, given["body"] + " "
    )
    asked = known["linkedin_challenge"]
    source = read_source({"slug": "x", **entry, "secrets": [asked["clientSecret"]]})
    query = {"challengeCode": asked["challengeCode"], "applicationId": "201234567"}
    challenge = linkedin_lead_gen.ADAPTER.challenge
    assert challenge
    answer = challenge(Incoming("GET", {}, query, b""), source)
    assert isinstance(answer, Answer)
    assert isinstance(answer.body, dict)
    assert answer.body["challengeResponse"] == asked["challengeResponse"]


def test_githubs_published_hmac() -> None:
    given = suite(ANSWERS)["github_official"]
    auth = {"hmac_header": given["header"], "secret": given["secret"]}
    entry = {"kind": "generic_json", "auth": auth}
    assert believed(generic_json, entry, {given["header"]: given["value"]}, given["payload"])
    assert not believed(generic_json, entry, {given["header"]: given["value"]}, "Hello, World?")
