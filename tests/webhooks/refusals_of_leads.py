"""The negative cases of ad platforms, forms and calendars."""

import base64
import json
from datetime import timedelta

from app.jobs.drain import drain
from prospects.topics import Queue
from tests.support.senders import sent
from tests.webhooks.refusals import base, case, document, mac, posted, refused, standing
from tests.webhooks.support import SECRETS, payload, sample
from tests.webhooks.world import NOW, World
from webhooks.adapter import Read
from webhooks.kinds.linkedin_lead_gen import read_fetched
from webhooks.sources import SourceKind
from webhooks.written import read_source

# What ad platforms send.


@case("meta-wrong-secret")
def meta_wrong_secret(world: World) -> None:
    other = mac("another-app-secret", payload("meta/leadgen_single.json")).hex()
    refused(world, "meta-wrong-secret", X_Hub_Signature_256=f"sha256={other}")


@case("meta-sha1-only")
def meta_sha1_only(world: World) -> None:
    refused(world, "meta-sha1-only", X_Hub_Signature_256=None)


@case("meta-reserialised")
def meta_reserialised(world: World) -> None:
    body = json.dumps(document("meta-reserialised"), indent=4).encode()
    refused(world, "meta-reserialised", body)


@case("meta-replay")
def meta_replay(world: World) -> None:
    answers = [world.send(base("meta-replay")) for _ in range(3)]
    assert {(each.status_code, each.data) for each in answers} == {(200, answers[0].data)}
    assert len(world.fates(answers[0])) == 1


@case("meta-mixed-fields")
def meta_mixed_fields(world: World) -> None:
    answer = world.send(base("meta-mixed-fields"))
    assert answer.status_code == 200
    world.came_of(answer)
    told = {each.key for each in world.captures() if each.source == "meta_lead_ads"}
    assert {f"180000000000000{n}" for n in (1, 3, 4)} <= told
    assert len(world.fates(answer)) == 3


@case("meta-numeric-ids")
def meta_numeric_ids(world: World) -> None:
    world.came_of(world.send(base("meta-numeric-ids")))
    assert "1800000000000005" in {each.key for each in world.captures()}


@case("meta-dashboard-test")
def meta_dashboard_test(world: World) -> None:
    answer = world.send(base("meta-dashboard-test"))
    assert world.fates(answer) == [("test", None)]
    assert world.came_of(answer).state == "test"


@case("meta-foreign-page")
def meta_foreign_page(world: World) -> None:
    told = document("meta-foreign-page")
    value = told["entry"][0]["changes"][0]["value"]
    value |= {"page_id": "99", "leadgen_id": "1800000000000099"}
    answer = posted(world, sent(SourceKind.META_LEAD_ADS, json.dumps(told).encode(), NOW))
    assert answer.status_code == 200
    assert [state for state, _ in world.fates(answer)] == ["quarantined"]


@case("linkedin-oracle")
def linkedin_oracle(world: World) -> None:
    asked = json.loads(payload("linkedin/validation_get_attack.json"))["request"]["query"]
    answer = world.app.test_client().get("/webhooks/linkedin_lead_gen", query_string=asked)
    assert answer.status_code == 400
    assert b"challengeResponse" not in answer.data


@case("linkedin-prefix-in-header")
def linkedin_prefix_in_header(world: World) -> None:
    body = payload("linkedin/notification_created_sponsored.json")
    signature = mac(SECRETS["linkedin_client_secret"], body).hex()
    refused(world, "linkedin-prefix-in-header", X_LI_Signature=f"hmacsha256={signature}")


@case("linkedin-deleted")
def linkedin_deleted(world: World) -> None:
    # That a lead which was fetched is erased again is shown with the stand-in, in test_linkedin.py.
    for n, order in enumerate((("CREATED", "DELETED"), ("DELETED", "CREATED", "CREATED"))):
        ref = f"urn:li:leadGenFormResponse:00000000-0000-4000-8000-00000000000{n}-4"
        for turn, action in enumerate(order):
            told = {
                **document("linkedin-deleted"),
                "leadGenFormResponse": ref,
                "leadAction": action,
            }
            body = json.dumps({**told, "occurredAt": 1793697300000 + turn}).encode()
            assert posted(world, sent(SourceKind.LINKEDIN_LEAD_GEN, body, NOW)).status_code == 200
            world.read(NOW)
        ours = [each for each in world.captures() if (each.key or "").startswith(ref)]
        assert {each.state for each in ours} == {"withdrawn"}


@case("linkedin-zero-ids")
def linkedin_zero_ids(_world: World) -> None:
    source = read_source({"slug": "li", "kind": "linkedin_lead_gen", "secrets": ["s"]})
    told = payload("linkedin/lead_form_response.json")
    ref = f"urn:li:leadGenFormResponse:{json.loads(told)['id']}"
    read = read_fetched(ref, [told, payload("linkedin/lead_form.json")], source, NOW)
    assert isinstance(read, Read)
    assert any(each.given and each.text for each in read.agreements)
    assert "This quarter" in read.about.fields.values()
    assert "10100003162" in json.dumps(dict(read.body))


@case("google-wrong-key")
def google_wrong_key(world: World) -> None:
    refused(world, "google-wrong-key")


@case("google-202")
def google_202(world: World) -> None:
    assert world.send(base("google-202")).status_code == 200


@case("google-long-id")
def google_long_id(world: World) -> None:
    told = document("google-long-id")
    assert len(told["lead_id"]) == 170
    world.came_of(world.send(base("google-long-id")))
    assert told["lead_id"] in {each.key for each in world.captures()}


@case("google-key-not-logged")
def google_key_not_logged(world: World) -> None:
    # That no line of a log has it either is shown in test_google.py.
    kept = world.came_of(world.send(base("google-key-not-logged")))
    assert kept.body
    assert SECRETS["google_key"].encode() not in kept.body
    assert len(kept.body) == len(payload("google_ads/lead_search.json"))


# What forms and calendars send.


@case("typeform-hex")
def typeform_hex(world: World) -> None:
    signature = mac(SECRETS["typeform_secret"], payload("typeform/form_response.json")).hex()
    refused(world, "typeform-hex", Typeform_Signature=f"sha256={signature}")


@case("calendly-old")
def calendly_old(world: World) -> None:
    world.now = NOW + timedelta(days=1)
    refused(world, "calendly-old")


@case("calendly-reschedule-order")
def calendly_reschedule_order(world: World) -> None:
    assert world.send(base("calendly-reschedule-order")).status_code == 200
    world.read(NOW)
    drain(world.database, world.settings, Queue.INSIDE)
    before = standing(world, "joana.sousa@tidewater.example")
    assert world.send(sample("calendly/invitee_canceled_reschedule.json")).status_code == 200
    world.read(NOW)
    drain(world.database, world.settings, Queue.INSIDE)
    after = standing(world, "joana.sousa@tidewater.example")
    assert after[0] == before[0]
    assert after[1] >= before[1]
    (changed,) = [each for each in world.activities() if each.kind == "meeting_changed"]
    assert changed.body["change"] == "moved"


@case("hubspot-seconds")
def hubspot_seconds(world: World) -> None:
    body = payload("hubspot/webhook_batch.json")
    text = b"POSThttp://localhost/webhooks/hubspot" + body + b"1793697300"
    signature = base64.b64encode(mac(SECRETS["hubspot_client_secret"], text)).decode()
    headers = {"X_HubSpot_Request_Timestamp": "1793697300", "X_HubSpot_Signature_v3": signature}
    refused(world, "hubspot-seconds", **headers)


@case("hubspot-future")
def hubspot_future(world: World) -> None:
    world.now = NOW - timedelta(hours=1)
    refused(world, "hubspot-future")
