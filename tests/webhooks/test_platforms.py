"""Each ad platform is told in its own dialect, and its answers are understood. Pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webhooks.support import PAYLOADS
from webhooks.destinations import Destination, DestinationKind
from webhooks.platforms import google, linkedin, meta, tiktok
from webhooks.platforms.conversion import (
    Again,
    AllRefused,
    Answer,
    Conversion,
    Known,
    Later,
    Platform,
    Refused,
    Taken,
    hashed,
    short,
)
from webhooks.platforms.registry import PLATFORMS
from webhooks.written_out import DestinationError, read_destination

AT = datetime(2026, 11, 3, 10, 15, tzinfo=UTC)
LEAD_AT = datetime(2026, 11, 3, 9, 15, tzinfo=UTC)


def sample(name: str) -> Any:
    return json.loads((PAYLOADS / "conversions" / name).read_text())


def destination(kind: str, **entry: Any) -> Destination:
    usual = {"slug": "x", "kind": kind, "access_token": "t", "consent": "ads"}
    return read_destination({"events": {"won": "1"}, "account": "1234567890", **usual, **entry})


def conversion(name: str, identity: str, known: Known, **more: Any) -> Conversion:
    return Conversion(**{"id": identity, "name": name, "at": AT, "known": known, **more})


def answer(status: int, document: object) -> Answer:
    return Answer(status, {}, json.dumps(document).encode())


def test_meta_is_told_every_step_under_the_lead_id() -> None:
    phone = "+44 20 7946 0123"
    known = Known(
        email="Ines.Okafor@northfield-logistics.example ",
        phone=phone,
        ids={"meta_lead_id": "1800000000000001"},
    )
    lead = conversion("Lead", "ld_1:lead", known, at=LEAD_AT)
    later = conversion("Sales Qualified", "ld_1:sql", Known(email=known.email, ids=known.ids))
    request = meta.build([lead, later], destination("meta_conversions"), "a b")
    assert request.url == "https://graph.facebook.com/v26.0/1234567890/events?access_token=a+b"
    expected = sample("meta_capi_conversion_leads_request.json")
    for each in expected["data"]:
        each["custom_data"]["lead_event_source"] = "Warmline"
    assert request.document == expected


def test_an_id_that_is_none_of_metas_leads_is_left_out() -> None:
    for strange in ("", "12", "x" * 16, "1" * 18, "-100000000000000"):
        known = Known(email="a@b.example", ids={"meta_lead_id": strange})
        request = meta.build([conversion("L", "1", known)], destination("meta_conversions"), "t")
        assert "lead_id" not in request.document["data"][0]["user_data"]


def test_google_is_told_by_click_and_hashes_with_the_consent() -> None:
    known = Known(
        email="Amara.Lindqvist@Brightmoor.example",
        phone="+1 202-555-0143",
        ids={"gclid": "EAIaIQobChMIexampleGclid0001", "wbraid": "w"},
    )
    sql = conversion("987654321", "ld_1:sql", known, value=Decimal("150.00"), currency="GBP")
    request = google.build([sql], destination("google_conversions"), "token")
    assert request.url == "https://datamanager.googleapis.com/v1/events:ingest"
    assert request.headers == {"Authorization": "Bearer token"}
    expected = sample("google_data_manager_ingest_request.json")
    del expected["validateOnly"]
    assert request.document == expected | {
        "destinations": [{**expected["destinations"][0], "reference": "d1"}]
    }


def test_at_googles_own_mail_service_dots_and_what_follows_a_plus_mean_nothing() -> None:
    same = ("cloudysanfrancisco@gmail.com", "Cloudy.San.Francisco+ads@GMAIL.com")
    other = ("a.b+c@acme.example", "ab@acme.example")

    def told(email: str) -> str:
        event = conversion("1", "1", Known(email=email))
        request = google.build([event], destination("google_conversions"), "t")
        people = request.document["events"][0]["userData"]["userIdentifiers"]
        return str(people[0]["emailAddress"])

    assert {told(each) for each in same} == {hashed("cloudysanfrancisco@gmail.com")}
    assert {told(each) for each in other} == {hashed(each) for each in other}


def test_each_conversion_action_of_google_is_a_destination_of_its_own() -> None:
    both = [conversion(name, name, Known(email="a@b.example")) for name in ("22", "11", "22")]
    there = destination("google_conversions", login_account="123-456-7890")
    document = google.build(both, there, "t").document
    assert [each["productDestinationId"] for each in document["destinations"]] == ["11", "22"]
    assert document["destinations"][0]["loginAccount"]["accountId"] == "1234567890"
    references = [each["destinationReferences"] for each in document["events"]]
    assert references == [["d2"], ["d1"], ["d2"]]


def test_linkedin_is_told_hashes_and_its_own_click_and_nothing_in_plain() -> None:
    known = Known(
        email="Priya.Raman@raman-freight.example",
        ids={"li_fat_id": "7a1c6f7e-2a52-4c55-9a3f-000000000001"},
    )
    sql = conversion("123456", "ld_2:sql", known, value=Decimal(150), currency="GBP")
    request = linkedin.build([sql], destination("linkedin_conversions"), "token")
    assert request.url == "https://api.linkedin.com/rest/conversionEvents"
    assert request.headers == {
        "Authorization": "Bearer token",
        "LinkedIn-Version": "202607",
        "X-Restli-Protocol-Version": "2.0.0",
        "X-RestLi-Method": "BATCH_CREATE",
    }
    expected = sample("linkedin_conversion_events_batch_request.json")
    # Names, titles and companies are asked for in plain, and may be left out.
    del expected["elements"][0]["user"]["userInfo"]
    assert request.document == expected


def test_linkedin_knows_a_lead_of_its_own_forms_by_its_name_alone() -> None:
    urn = "urn:li:leadGenFormResponse:52dcb737-1c2d-4e5f-8a9b-aabbccddeeff-4"
    known = Known(ids={"linkedin_lead_id": urn})
    assert linkedin.unknown(known) is None
    won = conversion("1", "1", known)
    document = linkedin.build([won], destination("linkedin_conversions"), "t").document
    assert document["elements"][0]["user"] == {"userIds": [], "lead": urn}
    assert linkedin.unknown(Known(ids={"linkedin_lead_id": "<b>"})) is not None


def test_tiktok_is_told_under_the_lead_id() -> None:
    known = Known(
        email="mina.castell@oakridge.example",
        phone="+12025550187",
        ids={"tiktok_lead_id": "7410000000000000001", "ttclid": "E.C.P.example"},
    )
    sql = conversion("Qualified", "ld_3:sql", known, value=Decimal(150), currency="GBP")
    there = destination("tiktok_conversions", account="7190000000000000001")
    request = tiktok.build([sql], there, "token")
    assert request.url == "https://business-api.tiktok.com/open_api/v1.3/event/track/"
    assert request.headers == {"Access-Token": "token"}
    expected = sample("tiktok_events_crm_request.json")
    expected["data"][0]["event"] = "Qualified"
    (event,) = request.document["data"]
    lead = event.pop("lead")
    assert lead == {"lead_id": "7410000000000000001", "lead_event_source": "Warmline"}
    assert request.document == expected


GOOGLES = {
    "error": {
        "message": "a problem",
        "details": [{"fieldViolations": [{"field": "events.events[1].x", "description": "bad"}]}],
    }
}


@pytest.mark.parametrize(
    ("platform", "status", "document", "came"),
    [
        (meta, 200, {"events_received": 2, "fbtrace_id": "A"}, [Taken("A")] * 2),
        (meta, 400, {"error": {"code": 100, "message": "no"}}, AllRefused("no")),
        (meta, 400, {"error": {"code": 190}}, Later("the token was refused (code 190)", ours=True)),
        (meta, 400, {"error": {"code": 80005}}, Later("Meta asks to wait (code 80005)")),
        (meta, 400, {"error": {"code": 5, "is_transient": True}}, Later("Meta asks to wait (code 5)")),
        (meta, 502, "<html>", Later("status 502")),
        (meta, 400, {"error": {"code": 100, "error_subcode": 33}},
         Later("there is no such dataset, or the token may not write to it", ours=True)),
        (google, 200, {"requestId": "r"}, [Taken("r")] * 2),
        (google, 400, GOOGLES, [Again(), Refused("bad")]),
        (google, 400, {"error": {"message": "no"}}, AllRefused("no")),
        (google, 403, {}, Later("the token was refused (status 403)", ours=True)),
        (google, 429, {}, Later("status 429")),
        (linkedin, 200, {"elements": [{"status": 201}, {"status": 422, "error": {"message": "no"}}]},
         [Taken(), Refused("no")]),
        (linkedin, 200, {"elements": [{"status": 503}, {}]}, [Again(), Taken()]),
        (linkedin, 201, {}, [Taken()] * 2),
        (linkedin, 400, {"message": "no"}, AllRefused("no")),
        (linkedin, 426, {"message": "NONEXISTENT_VERSION"},
         Later("it does not know this address, account or version (status 426)", ours=True)),
        (tiktok, 200, {"code": 0, "request_id": "r"}, [Taken("r")] * 2),
        (tiktok, 200, {"code": 40002, "message": "no"}, AllRefused("no")),
        (tiktok, 200, {"code": 40105}, Later("the token was refused (code 40105)", ours=True)),
        (tiktok, 200, {"code": 50000}, Later("TikTok asks to wait (code 50000)")),
        (tiktok, 200, {"code": 20001, "data": {"failed_events": [{"order_in_batch": 0}]}},
         [Refused("it was refused"), Taken()]),
        (tiktok, 500, {}, Later("status 500")),
    ],
)  # fmt: skip
def test_an_answer_says_what_became_of_each(
    platform: Any, status: int, document: object, came: object
) -> None:
    assert platform.PLATFORM.read(answer(status, document), 2) == came


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "code", "elements", "data", "details", "status", "message"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=9,
)


@settings(max_examples=50)
@given(
    platform=st.sampled_from(list(PLATFORMS.values())),
    status=st.sampled_from([200, 201, 204, 302, 400, 401, 404, 422, 500]),
    document=JUNK,
)
def test_no_answer_whatever_it_is_breaks_anything(
    platform: Platform, status: int, document: object
) -> None:
    came = platform.read(answer(status, document), 3)
    assert isinstance(came, Later | AllRefused) or len(came) == 3


@pytest.mark.parametrize("kind", list(PLATFORMS))
def test_who_cannot_be_known_to_a_platform_is_not_told_of(kind: DestinationKind) -> None:
    assert PLATFORMS[kind].unknown(Known())
    assert PLATFORMS[kind].unknown(Known(email="a@b.example")) is None


def test_an_address_in_a_platforms_words_is_hidden() -> None:
    assert short("no: ada@acme.example\n is bad", "x") == "no: … is bad"
    assert short(None, "x") == "x"


@pytest.mark.parametrize(
    ("entry", "places"),
    [
        ({"kind": "meta"}, ["kind"]),
        ({"kind": "meta_conversions", "events": {"won": "W"}}, ["account", "access_token", "consent"]),
        ({"kind": "slack", "events": ["handoff.offered"]}, ["url"]),
        ({"kind": "slack", "events": ["handoff.ofered"], "url": "https://x.example/"},
         ["events.handoff.ofered"]),
        ({"kind": "teams", "events": ["handoff.offered"], "url": "x", "consent": "ads"},
         ["consent", "url"]),
        ({"kind": "google_conversions", "events": {"won": "Won"}, "account": "1", "consent": "ads"},
         ["client_id", "client_secret", "refresh_token", "events.won"]),
        ({"kind": "tiktok_conversions", "events": {"won": {"name": "W", "value": 5}, "wn": "x"},
          "account": 7, "access_token": "t", "consent": "ads"}, ["events.wn", "events.won"]),
    ],
)  # fmt: skip
def test_a_mistake_is_named_at_its_place(entry: Mapping[str, Any], places: list[str]) -> None:
    with pytest.raises(DestinationError) as caught:
        read_destination({"slug": "x", **entry})
    assert [each.place for each in caught.value.faults] == places
