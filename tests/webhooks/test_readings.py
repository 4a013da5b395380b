"""What each platform says, read to the letter: who, when, what they agreed to, and what else happened."""

import hashlib
import hmac
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from app.door import perform
from prospects.ids import ActivityId, new_id
from prospects.kinds import Kind
from prospects.values import Activity
from routing.wording import line
from tests.webhooks.kinds import (
    ENTRIES,
    NOW,
    SAMPLES,
    UNSIGNED,
    parsed,
    request_of,
    source_of,
)
from tests.webhooks.support import SECRET_KEY, Site, payload, sample
from webhooks import fetch, proofs
from webhooks.adapter import (
    Dead,
    Quarantined,
    Read,
    Reply,
    Thin,
    Verified,
    Withdrawn,
)
from webhooks.kinds import hubspot, tiktok_lead
from webhooks.receive import Arrival, receive

HUBSPOT = "hubspot/webhook_batch.json"
TYPEFORM = "typeform/form_response.json"
BOOKED = "calendly/invitee_created.json"
TIKTOK = "tiktok/lead_webhook.json"
GRAVITY = "gravity_forms/all_fields_json.json"


def one(file: str, **changes: Any) -> Read:
    (found,) = parsed(file, **changes)
    assert isinstance(found, Read), found
    return found


def test_a_typeform_response_is_joined_with_its_questions() -> None:
    found = one(TYPEFORM, map={"seats": "account.seats"})
    assert found.key == "a3a12ec67a1365927098a606107fac15"
    assert found.happened_at == datetime(2026, 11, 3, 9, 15, tzinfo=UTC)
    who = found.about
    assert (who.email, who.name) == ("joana.sousa@tidewater.example", "Joana Sousa")
    assert who.phone == "+441632960055"
    assert who.account_fields == {"seats": "40"}
    assert who.fields == {"timeline": "This quarter", "topics": "Routing, Scoring, SLA"}
    assert found.body["touch"] == {"utm_source": "linkedin", "utm_campaign": "q4-guide"}
    assert (found.body["campaign"], found.body["form"]) == ("q4-guide", "Demo request")
    assert found.body["score"] == "7"
    (agreed,) = found.agreements
    assert (agreed.topic, agreed.given) == ("typeform.consent.consent_email", True)
    assert agreed.text == "May we email you?"


def test_a_typeform_consent_gets_a_topic_of_ours() -> None:
    for mapping in (
        {"consent.consent_email": "newsletter"},
        {"consent_email": "consent.newsletter"},
    ):
        assert [each.topic for each in one(TYPEFORM, map=mapping).agreements] == ["newsletter"]


def test_what_is_not_for_this_source_waits() -> None:
    for file in (TYPEFORM, HUBSPOT, TIKTOK, "snapchat/lead_webhook.json"):
        assert {type(each) for each in parsed(file, pages=["another"])} == {Quarantined}
    for pages in (["4400001"], [4400001]):
        assert {type(each) for each in parsed(HUBSPOT, pages=pages)} == {Thin}
    for page in ("7200000000000000001", "7200000000000000001/7250000000000000001"):
        assert isinstance(parsed(TIKTOK, pages=[page])[0], Read)


def test_a_booked_meeting_says_when_and_with_whom() -> None:
    found = one(BOOKED)
    assert found.kind is Kind.MEETING
    assert found.about.zone == "Europe/Lisbon"
    assert found.body["with"] == ["rep.one@vendor.example"]
    act = Activity(ActivityId(new_id(NOW)), found.kind, NOW, NOW, "calendly", found.body)
    assert line(act).startswith("Booked a meeting with us: ")
    assert found.body["name"] == "30 min demo"
    assert found.body["starts_at"] == "2026-11-05T14:00:00.000000Z"
    assert found.about.fields == {"what_should_we_prepare": "Pricing for 40 seats"}


def test_a_meeting_that_is_moved_stays_booked_in_either_order() -> None:
    old, new = (one(f"calendly/invitee_{each}_reschedule.json") for each in ("canceled", "created"))
    gone = one("calendly/invitee_canceled.json")
    assert (old.kind, old.body["change"]) == (Kind.MEETING_CHANGED, "moved")
    assert (new.kind, new.body["moved_from"]) == (Kind.MEETING, old.body["invitee"])
    assert (gone.kind, gone.body["change"]) == (Kind.MEETING_CHANGED, "canceled")
    assert (gone.body["by"], gone.body["reason"]) == ("invitee", "Bought elsewhere")
    assert len({old.key, new.key, one(BOOKED).key}) == 3


def test_a_routing_form_is_a_form_of_whoever_wrote_their_address() -> None:
    found = one(
        "calendly/routing_form_submission_created.json", map={"Company size": "account.size"}
    )
    assert (found.kind, found.about.email) == (Kind.FORM, "joana.sousa@tidewater.example")
    assert found.about.account_fields == {"size": "51-200"}


@pytest.mark.parametrize("version", ["v2", "legacy_v1"])
def test_a_webflow_form_is_read_in_either_shape(version: str) -> None:
    found = one(f"webflow/form_submission_{version}.json")
    assert (found.about.name, found.about.email) == (
        "Bruno Keller",
        "bruno.keller@alpenbyte.example",
    )
    assert found.happened_at == datetime(2026, 11, 3, 9, 15, tzinfo=UTC)
    assert found.body["form"] == "Demo form"
    if version == "v2":
        assert found.about.fields == {"Seats": "12"}
        assert [(each.topic, each.given) for each in found.agreements] == [("marketing", True)]


def test_a_website_is_the_companys_where_no_trap_is_set() -> None:
    form = json.loads(payload("webflow/form_submission_v2.json"))
    form["payload"]["data"]["website"] = "https://keller.example"
    found = one("webflow/form_submission_v2.json", body=json.dumps(form).encode())
    assert found.about.domain == "https://keller.example"


def test_gravity_forms_raw_entry_is_told_apart_from_what_every_entry_has() -> None:
    found = one(GRAVITY, map={"3": "company", "4.1": "consent.newsletter", "form.3": "demo"})
    who = found.about
    assert (who.name, who.email, who.company) == (
        "Elif Demir",
        "elif.demir@nordkap.example",
        "Nordkap",
    )
    assert who.fields == {"5": "Next quarter"}
    assert (found.key, found.body["form"]) == ("entry:412", "demo")
    assert found.body["touch"] == {"utm_source": "google"}
    assert [(each.topic, each.given) for each in found.agreements] == [("newsletter", True)]


def test_an_address_in_parts_is_not_taken_for_a_name() -> None:
    entry = {
        "form_id": "1",
        "id": "2",
        "7": "a@b.example",
        "1.1": "High St 1",
        "1.3": "Bath",
        "1.6": "UK",
    }
    found = one(GRAVITY, body=json.dumps(entry).encode())
    assert found.about.name is None
    assert found.about.fields == {"1.1": "High St 1", "1.3": "Bath", "1.6": "UK"}


def test_chosen_fields_of_gravity_forms_come_as_a_form() -> None:
    found = one("gravity_forms/selected_fields_form_encoded.txt")
    assert (found.key, found.about.company, found.about.fields) == ("entry:412", "Nordkap", {})


def test_a_snapchat_lead_keeps_its_ad_and_its_boxes() -> None:
    found = one("snapchat/lead_webhook.json", map={"custom_field_1": "account.timing"})
    assert (found.about.name, found.about.company) == ("Leo Marchetti", "Pinewell")
    assert found.about.account_fields == {"timing": "Next quarter"}
    assert found.body["campaign"] == "Q4"
    assert found.happened_at == NOW
    assert [(each.topic, each.given) for each in found.agreements] == [("snapchat.consent.1", True)]


def test_a_tiktok_lead_is_read_from_its_notification_where_nobody_can_be_asked() -> None:
    found = one(TIKTOK)
    assert (found.key, found.about.name) == ("7410000000000000001", "Mina Castell")
    assert (found.about.phone, found.about.company) == ("+12025550187", "Oakridge")
    assert found.body["campaign"] == "Q4 guide"


def test_of_a_tiktok_lead_only_what_the_platform_confirms_is_believed() -> None:
    source = source_of(TIKTOK, access_token="an-access-token")
    (thin,) = parsed(TIKTOK, access_token="an-access-token")
    assert isinstance(thin, Thin)
    bodies = [json.dumps(thin.told).encode(), payload("tiktok/lead_get_response.json")]
    found = tiktok_lead.read_fetched(thin.ref, bodies, source, NOW)
    assert isinstance(found, Read)
    assert (found.about.name, found.about.email) == (
        "Mina Castell",
        "mina.castell@oakridge.example",
    )
    assert (found.about.phone, found.about.company) == (None, None)
    assert found.happened_at == datetime(2026, 11, 3, 9, 14, 58, tzinfo=UTC)
    assert isinstance(tiktok_lead.read_fetched("1", bodies, source, NOW), Dead)


def test_tiktoks_signature_must_be_right_where_it_comes() -> None:
    body = payload(TIKTOK)
    source = source_of(TIKTOK, secrets=["an-app-secret"])
    sign = hmac.new(b"an-app-secret", b"1793697300." + body, hashlib.sha256).hexdigest()
    for header, good in ((f"t=1793697300,s={sign}", True), (f"t=1793697301,s={sign}", False)):
        request = request_of(sample(TIKTOK), TikTok_Signature=header)
        assert isinstance(tiktok_lead.verify(request, source, NOW), Verified) is good


def test_hubspots_events_are_each_fetched_and_each_their_own() -> None:
    made, changed = parsed(HUBSPOT)
    assert isinstance(made, Thin)
    assert isinstance(changed, Thin)
    assert made.ref == "4400001/9900001"
    assert changed.ref == "4400001/9900001/100000002/200002/1793697299500"
    source = source_of(HUBSPOT, map={"plan": "account.plan"})
    properties = {"email": "mia@b.example", "firstname": "Mia", "plan": "pro", "createdate": "x"}
    contact = {"id": "9900001", "properties": {**properties, "hs_email_optout": "true"}}
    reads = [
        hubspot.read_fetched(
            each.ref, [json.dumps(each.told).encode(), json.dumps(contact).encode()], source, NOW
        )
        for each in (made, changed)
    ]
    assert all(isinstance(each, Read) for each in reads)
    first, second = (each for each in reads if isinstance(each, Read))
    assert (first.kind, second.kind) == (Kind.FORM, Kind.NOTE)
    assert first.about.ids == {"hubspot": "4400001/9900001"}
    assert (first.about.email, first.about.account_fields) == ("mia@b.example", {"plan": "pro"})
    assert second.body["text"] == "HubSpot: lifecyclestage is now “marketingqualifiedlead”"
    assert [(each.topic, each.given) for each in first.agreements] == [("*", False)]
    asked = hubspot.next_call(made.ref, source, [_reply(made)])
    assert "contacts/9900001?properties=email,firstname" in getattr(asked, "url", "")
    assert ",plan" in getattr(asked, "url", "")


def _reply(thin: Thin) -> Reply:
    return Reply(200, json.dumps(thin.told).encode())


def test_a_contact_erased_at_hubspot_is_withdrawn() -> None:
    event = {"portalId": 1, "objectId": 2, "subscriptionType": "contact.privacyDeletion"}
    (found,) = parsed(HUBSPOT, json.dumps([event]).encode())
    assert isinstance(found, Withdrawn)
    assert (found.ref, found.identity) == ("1/2", "hubspot")


def test_every_sample_becomes_somebody_and_a_second_pass_changes_nothing(site: Site) -> None:
    for name, entry in ENTRIES.items():
        site.configure(name, **entry)
    site.configure("legacy", **UNSIGNED)
    bodies = [(each["file"], payload(each["file"])) for each in SAMPLES]
    for _ in range(2):
        for file, body in reversed(bodies):
            slug = "legacy" if "legacy" in file else file.split("/")[0]
            keep(site, slug, body)
        site.read()
    assert {each.state for each in site.deliveries()} == {"ingested"}
    assert set(site.states()) == {"recorded", "fetch_due"}
    kinds = Counter(each.kind for each in site.activities())
    # Both shapes of Gravity bring the same entry, and one invitee can cancel but once.
    assert kinds == {"form": 7, "meeting": 2, "meeting_changed": 1}
    assert len(site.people()) == 5


def keep(site: Site, slug: str, body: bytes) -> None:
    """As a verified request is kept; the signatures are good for another hour than ours."""
    key = proofs.body_key(body).removeprefix("body:")
    arrived = Arrival(slug, key, None, {}, body)
    perform(site.database, lambda session: receive(session.connection(), arrived, NOW))


def test_a_batch_of_hubspots_is_fetched_one_by_one(site: Site) -> None:
    site.configure("hubspot", **ENTRIES["hubspot"])
    keep(site, "hubspot", payload(HUBSPOT))
    site.read()
    first, second = site.captures()
    assert (first.state, second.state) == ("fetch_due", "fetch_due")
    errand = perform(site.database, lambda s: fetch.prepare(s, first.id, NOW, secret=SECRET_KEY))
    assert errand is not None
    contact = {"id": "9900001", "properties": {"email": "mia@b.example"}}
    result = fetch.Fetched((errand.told or b"", json.dumps(contact).encode()))
    perform(site.database, lambda s: fetch.settle(s, errand, result, NOW, secret=SECRET_KEY))
    assert site.states() == ["recorded", "fetch_due"]
    assert [each.email for each in site.people()] == ["mia@b.example"]
