"""Meta lead ads from notification to person: proved, fetched, decoded, tested, refused."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.demo import meta
from app.demo.meta import Filled, Meta, Person
from app.door import reading
from prospects.rows import ConsentRow
from tests.webhooks.support import SECRETS, Site, payload, sample
from webhooks import health
from webhooks.adapter import (
    Call,
    Dead,
    Incoming,
    Item,
    Posted,
    Read,
    Refused,
    Reply,
    Test,
    Thin,
    Trouble,
    Verified,
)
from webhooks.adapter import Quarantined as Strange
from webhooks.fetch import Later, Settled
from webhooks.kinds.meta_lead_ads import next_call, parse, read_fetched, verify
from webhooks.written import read_source

META = {
    "kind": "meta_lead_ads",
    "secrets": [SECRETS["meta_app_secret"]],
    "verify_token": SECRETS["meta_verify_token"],
    "access_token": "a-page-token",
    "pages": ["104000000000777", 104000000000888],
}
NOW = datetime(2026, 11, 4, tzinfo=UTC)
INES = Person(
    answers={
        "full_name": "Inés Okafor",
        "email": "ines@northfield.example",
        "phone_number": "+442079460123",
        "company_name": "Northfield Logistics",
        "when_do_you_plan_to_buy?": "within_3_months",
    },
    ticked={"email_updates": True, "calls": False},
)


@pytest.fixture
def platform() -> Iterator[Meta]:
    token = str(META["access_token"])
    with Meta(secret=SECRETS["meta_app_secret"], access_token=token) as running:
        yield running


@pytest.fixture
def linked(site: Site, platform: Meta) -> Site:
    """A site whose source `meta` fetches from the stand-in."""
    site.configure("meta", **META, api_base_url=platform.url)
    return site


def tell(site: Site, platform: Meta, *filled: Filled) -> None:
    body, headers = platform.signed(*filled)
    answer = site.app.test_client().post("/webhooks/meta", data=body, headers=headers)
    assert answer.status_code == 200
    site.read()


def incoming(body: bytes, **headers: str) -> Incoming:
    return Incoming("POST", {n.replace("_", "-"): v for n, v in headers.items()}, {}, body)


def source(**changes: Any) -> Any:
    return read_source({"slug": "meta", **META, **changes})


def parsed(name: str, **changes: Any) -> list[Item]:
    return parse(Posted(payload(f"meta/{name}.json"), NOW), source(**changes))


@pytest.mark.parametrize(
    "name", ["leadgen_single", "leadgen_batched", "leadgen_numeric_ids", "leadgen_dashboard_test"]
)
def test_metas_samples_are_believed_and_only_byte_for_byte(name: str) -> None:
    file = f"meta/{name}.json"
    body, headers = payload(file), sample(file)["headers"]
    good = headers["X-Hub-Signature-256"]
    assert isinstance(verify(incoming(body, x_hub_signature_256=good), source(), NOW), Verified)
    rotated = source(secrets=["newer", SECRETS["meta_app_secret"]])
    assert isinstance(verify(incoming(body, x_hub_signature_256=good), rotated, NOW), Verified)
    again = json.dumps(json.loads(body)).encode() + b" "
    for request in (
        incoming(again, x_hub_signature_256=good),
        incoming(body, x_hub_signature=headers["X-Hub-Signature"]),
        incoming(body, x_hub_signature_256=headers["X-Hub-Signature"]),
        incoming(body, x_hub_signature_256=good.removeprefix("sha256=")),
    ):
        assert verify(request, source(), NOW) == Refused(401, "the sender could not be proved")
    assert isinstance(
        verify(incoming(body, x_hub_signature_256=good), source(secrets=["other"]), NOW), Refused
    )


def test_each_lead_of_a_batch_is_one_and_other_fields_are_passed_over() -> None:
    found = parsed("leadgen_batched")
    assert [each.ref for each in found if isinstance(each, Thin)] == [
        "1800000000000003",
        "1800000000000001",
        "1800000000000004",
    ]
    assert len(found) == 3


def test_ids_that_come_as_numbers_are_texts_to_the_last_digit() -> None:
    (found,) = parsed("leadgen_numeric_ids")
    assert isinstance(found, Thin)
    assert found.ref == "1800000000000005"


def test_a_lead_of_a_foreign_page_is_quarantined() -> None:
    (found,) = parsed("leadgen_single", pages=["5"])
    assert isinstance(found, Strange)


def test_a_notification_about_nothing_of_ours_is_quarantined_and_no_test() -> None:
    for document in (
        {"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": {}}]}]},
        {"object": "user", "entry": []},
    ):
        (found,) = parse(Posted(json.dumps(document).encode(), NOW), source())
        assert isinstance(found, Strange)


def test_the_dashboards_test_is_shown_as_one_without_a_call(linked: Site, platform: Meta) -> None:
    file = "meta/leadgen_dashboard_test.json"
    linked.post(payload(file), "/webhooks/meta", **sample(file)["headers"])
    linked.read()
    assert linked.states() == ["test"]
    assert linked.deliveries()[0].state == "test"
    assert linked.fetch_due() == []
    assert platform.calls == []


def test_a_notification_becomes_a_person(linked: Site, platform: Meta) -> None:
    tell(linked, platform, platform.fill(INES, at=NOW))
    assert linked.states() == ["fetch_due"]
    assert linked.fetch_due() == [Settled()]
    (person,) = linked.people()
    assert (person.name, person.email) == ("Inés Okafor", "ines@northfield.example")
    assert (person.phone, person.company) == ("+442079460123", "Northfield Logistics")
    assert person.fields["when_do_you_plan_to_buy"] == "within_3_months"
    (activity,) = linked.activities()
    assert activity.happened_at == NOW
    assert activity.body["campaign"] == "Warehouse guide"
    assert activity.body["form"] == meta.FORM
    with reading(linked.database) as session:
        rows = session.execute(select(ConsentRow)).scalars()
        standing = {row.topic: row.given for row in rows}
    assert standing == {"meta.consent.email_updates": True, "meta.consent.calls": False}


def test_several_leads_in_one_notification_have_each_their_own_fate(
    linked: Site, platform: Meta
) -> None:
    good, foreign = platform.fill(INES), platform.fill(INES, page="999")
    tell(linked, platform, good, foreign)
    linked.fetch_due()
    assert linked.states() == ["recorded", "quarantined"]
    assert platform.calls == [good.id]


def test_told_three_times_it_is_one_lead(linked: Site, platform: Meta) -> None:
    filled = platform.fill(INES)
    for _ in range(2):
        tell(linked, platform, filled)
    tell(linked, platform, filled, filled)
    linked.fetch_due()
    assert len(linked.activities()) == 1
    assert len(platform.calls) == 1


def test_the_subscription_is_answered_as_plain_text(linked: Site) -> None:
    request = json.loads(payload("meta/verification_get.json"))["request"]["query"]
    client = linked.app.test_client()
    answer = client.get("/webhooks/meta", query_string=request)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.mimetype == "text/plain"
    for wrong in (
        {"hub.verify_token": "another"},
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": ""},
    ):
        answer = client.get("/webhooks/meta", query_string=request | wrong)
        assert answer.status_code == 403
        assert b"1158201444" not in answer.data
    page = request | {"hub.challenge": "<script>"}
    assert client.get("/webhooks/meta", query_string=page).status_code == 400


@pytest.mark.parametrize(
    ("refusal", "state", "ours"),
    [
        (meta.TOKEN_EXPIRED, "fetch_due", True),
        (meta.NO_PERMISSION, "fetch_due", True),
        (meta.RATE_LIMITED, "fetch_due", False),
        (meta.TRANSIENT, "fetch_due", False),
        (meta.GONE, "dead", False),
        ((400, 100, None, "Invalid parameter"), "dead", False),
    ],
)
def test_each_error_of_the_platform_has_its_consequence(
    linked: Site, platform: Meta, refusal: meta.Refusal, state: str, ours: bool
) -> None:
    tell(linked, platform, platform.fill(INES))
    platform.refuse(refusal)
    (outcome,) = linked.fetch_due()
    assert linked.states() == [state]
    assert isinstance(outcome, Later) is (state == "fetch_due")
    with reading(linked.database) as session:
        trouble = health.of(session, ["meta"])["meta"].trouble
    assert (trouble is not None) is ours


def test_when_the_token_is_renewed_the_lead_comes_and_the_trouble_goes(
    linked: Site, platform: Meta
) -> None:
    platform.access_token = "renewed"
    tell(linked, platform, platform.fill(INES))
    linked.fetch_due()
    with reading(linked.database) as session:
        told = health.of(session, ["meta"])["meta"].trouble or ""
    assert "token refused" in told
    linked.configure("meta", **{**META, "api_base_url": platform.url, "access_token": "renewed"})
    linked.fetch_due()
    assert linked.states() == ["recorded"]
    with reading(linked.database) as session:
        assert health.of(session, ["meta"])["meta"].trouble is None


@pytest.mark.parametrize(
    ("name", "final", "ours"),
    [("not_found", True, False), ("rate_limited", False, False), ("token_expired", False, True)],
)
def test_the_sampled_errors_are_understood(name: str, final: bool, ours: bool) -> None:
    error = json.loads(payload(f"meta/graph_error_{name}.json"))
    found = next_call("1", source(), [Reply(error["status"], json.dumps(error["body"]).encode())])
    assert isinstance(found, Trouble)
    assert (found.final, found.ours) == (final, ours)


def test_the_call_names_every_field_and_the_version_is_a_setting() -> None:
    call = next_call("1800000000000001", source(), [])
    assert isinstance(call, Call)
    assert call.url.startswith("https://graph.facebook.com/v26.0/1800000000000001?fields=id,")
    assert "custom_disclaimer_responses" in call.url
    older = next_call("1", source(api_base_url="https://graph.facebook.com/v25.0/"), [])
    assert isinstance(older, Call)
    assert older.url.startswith("https://graph.facebook.com/v25.0/1?")
    missing = next_call("1", source(access_token=None), [])
    assert isinstance(missing, Trouble)
    assert missing.ours


def test_the_sampled_leads_are_read() -> None:
    paid = payload("meta/lead_detail_paid.json")
    mapping = {
        "consent.email_updates": "newsletter",
        "form.700100200300401": "guide",
        "when_do_you_plan_to_buy?": "account.timing",
    }
    read = read_fetched("1800000000000001", [paid], source(map=mapping), NOW)
    assert isinstance(read, Read)
    assert read.about.title == "Head of Operations"
    assert read.about.account_fields == {"timing": "within_3_months"}
    assert (read.body["form"], read.body["campaign"]) == ("guide", "2026-Q4 warehouse guide")
    assert [(each.topic, each.given) for each in read.agreements] == [("newsletter", True)]
    organic = payload("meta/lead_detail_organic.json")
    read = read_fetched("1800000000000004", [organic], source(campaign="spring"), NOW)
    assert isinstance(read, Read)
    assert (read.about.name, read.about.phone) == ("Tomas Brandt", None)
    assert read.body["campaign"] == "spring"
    assert read.happened_at == datetime(2026, 11, 3, 9, 15, 5, tzinfo=UTC)


def test_a_lead_of_the_testing_tool_and_another_lead_are_nobodys_history() -> None:
    made_up = [{"name": "full_name", "values": ["<test lead: dummy data for full_name>"]}]
    body = json.dumps({"id": "1", "field_data": made_up}).encode()
    assert isinstance(read_fetched("1", [body], source(), NOW), Test)
    assert isinstance(read_fetched("2", [body], source(), NOW), Dead)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "field_data", "name", "values", "entry", "changes", "field"])
            | st.sampled_from(["value", "leadgen_id", "page_id", "custom_disclaimer_responses"])
            | st.sampled_from(["checkbox_key", "is_checked", "created_time", "error", "code"]),
            inner,
        )
    ),
)


@given(
    st.dictionaries(st.sampled_from(["field_data", "created_time", "form_id"]), anything), anything
)
def test_no_answer_and_no_notification_breaks_the_reader(lead: dict[str, Any], entry: Any) -> None:
    body = json.dumps({"id": "1", **lead}).encode()
    assert isinstance(read_fetched("1", [body], source(), NOW), Read | Test)
    document = {"object": "page", "entry": [entry]}
    assert parse(Posted(json.dumps(document).encode(), NOW), source())
    reply = Reply(400, json.dumps({"error": entry}).encode(), None)
    assert isinstance(next_call("1", source(), [reply]), Trouble)
