"""LinkedIn from notification to person: fetched, decoded, tested, refused, taken back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.demo.linkedin import LinkedIn
from app.demo.linkedin_shapes import Filled, Member
from app.door import perform, reading
from app.jobs.drain import drain
from app.jobs.topics import erase
from prospects.ids import DeliveryId
from prospects.message import MessageRow
from prospects.rows import ConsentRow
from prospects.topics import Queue, Topic
from tests.support.serving import served
from tests.webhooks.support import LINKEDIN, SECRETS, Site, lead, payload
from webhooks import health
from webhooks.adapter import Read, Test
from webhooks.fetch import Later, Settled
from webhooks.ingest import replay
from webhooks.kinds.linkedin_lead_gen import read_fetched
from webhooks.written import read_source

PRIYA = Member(
    first_name="Priya",
    last_name="Raman",
    email="priya.raman@raman-freight.example",
    phone="+441632960011",
    title="Head of IT",
    company="Raman Freight plc",
)
NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def platform() -> Iterator[LinkedIn]:
    token = LINKEDIN["access_token"]
    with LinkedIn(secret=SECRETS["linkedin_client_secret"], access_token=str(token)) as running:
        yield running


@pytest.fixture
def linked(site: Site, platform: LinkedIn) -> Site:
    """A site whose source `li` fetches from the stand-in."""
    site.configure("li", **{**LINKEDIN, "api_base_url": platform.url})
    return site


def tell(site: Site, platform: LinkedIn, filled: Filled, action: str = "CREATED") -> None:
    body, headers = platform.signed(filled, action)
    answer = site.app.test_client().post("/webhooks/li", data=body, headers=headers)
    assert answer.status_code == 200
    site.read()


def run_erasures(site: Site) -> None:
    with reading(site.database) as session:
        query = select(MessageRow.ref).where(MessageRow.topic == Topic.ERASE)
        refs = list(session.execute(query).scalars())
    perform(site.database, lambda session: erase(session, refs, clock.now(), site.settings))


def fetched(response: dict[str, Any], *others: bytes, **changes: Any) -> Any:
    source = read_source({"slug": "li", **LINKEDIN, **changes})
    ref = f"urn:li:leadGenFormResponse:{response.get('id')}"
    return read_fetched(ref, [json.dumps(response).encode(), *others], source, NOW)


@pytest.mark.parametrize("decorates", [True, False])
def test_a_notification_becomes_a_person(linked: Site, platform: LinkedIn, decorates: bool) -> None:
    platform.decorates = decorates
    tell(linked, platform, platform.fill(PRIYA))
    assert linked.states() == ["fetch_due"]
    assert linked.fetch_due() == [Settled()]
    (person,) = linked.people()
    assert (person.name, person.email) == ("Priya Raman", PRIYA.email)
    assert (person.phone, person.title) == ("+441632960011", "Head of IT")
    assert person.fields["when_do_you_plan_to_buy"] == "This quarter"
    (activity,) = linked.activities()
    assert activity.kind == "form"
    assert activity.body["hidden"] == {"utm_campaign": "spring-guide"}
    assert linked.states() == ["recorded"]
    assert linked.captures()[0].document
    assert len(platform.calls) == (1 if decorates else 2)


def test_the_jobs_do_it_all_by_themselves(linked: Site, platform: LinkedIn) -> None:
    filled = platform.fill(PRIYA)
    linked.notify(platform.signed(filled)[0])
    platform.refuse(503)
    drain(linked.database, linked.settings, Queue.INSIDE)
    drain(linked.database, linked.settings, Queue.OUTSIDE)
    assert linked.states() == ["fetch_due"]
    delivery = DeliveryId(linked.deliveries()[0].id)
    perform(linked.database, lambda session: replay(session, delivery, clock.now()))
    drain(linked.database, linked.settings, Queue.OUTSIDE)
    assert linked.states() == ["recorded"]
    assert [each.email for each in linked.people()] == [PRIYA.email]


def test_zero_is_an_id_like_any_other() -> None:
    form = payload("linkedin/lead_form.json")
    read = fetched(json.loads(payload("linkedin/lead_form_response.json")), form)
    assert isinstance(read, Read)
    first, second = read.agreements
    assert (first.given, first.text) == (True, "I accept the privacy notice.")
    assert (second.given, second.text) == (False, "Send me product news.")
    choice = read.body["answers"][-1]
    assert choice["question"] == "10700003162"
    assert choice["answer"] == ["This quarter"]
    assert read.about.fields["when_do_you_plan_to_buy"] == "This quarter"
    assert read.happened_at == datetime(2026, 11, 3, 9, 15, tzinfo=UTC)
    assert read.body["campaign"] == "urn:li:sponsoredCampaign:367000001"


def test_the_campaigns_name_comes_with_the_projection() -> None:
    found = json.loads(payload("linkedin/lead_form_responses_finder_decorated.json"))
    read = fetched(found["elements"][0])
    assert isinstance(read, Read)
    assert read.body["campaign"] == "IT resilience review"
    assert read.body["form"] == "IT resilience checklist"
    assert read.about.ids == {"linkedin": "urn:li:person:Abc123XyZ_"}
    assert read.body["legal"]["id"] == 10000003162


def test_map_names_answers_and_the_topics_of_consents() -> None:
    found = json.loads(payload("linkedin/lead_form_responses_finder_decorated.json"))
    mapping = {"When do you plan to buy?": "account.timing", "consent.1": "newsletter"}
    read = fetched(found["elements"][0], map=mapping)
    assert isinstance(read, Read)
    assert read.about.account_fields == {"timing": "This quarter"}
    assert [each.topic for each in read.agreements] == ["linkedin.consent.0", "newsletter"]


def test_a_test_lead_is_shown_as_one_and_is_nobodys_history(
    linked: Site, platform: LinkedIn
) -> None:
    test = Member(first_name="T", last_name="T", email="t@vendor.example", test=True)
    tell(linked, platform, platform.fill(test))
    linked.fetch_due()
    assert linked.states() == ["test"]
    assert linked.deliveries()[0].state == "test"
    assert linked.people() == []
    assert isinstance(
        fetched(json.loads(payload("linkedin/lead_form_response_test_lead.json"))), Test
    )


def test_a_lead_of_a_foreign_owner_is_quarantined_and_not_fetched(
    linked: Site, platform: LinkedIn
) -> None:
    tell(linked, platform, platform.fill(PRIYA, owner="urn:li:sponsoredAccount:999"))
    assert linked.states() == ["quarantined"]
    assert linked.fetch_due() == []
    assert platform.calls == []


def test_told_twice_it_is_one_lead(linked: Site, platform: LinkedIn) -> None:
    filled = platform.fill(PRIYA)
    tell(linked, platform, filled)
    linked.fetch_due()
    body, _ = platform.signed(filled)
    linked.notify(body + b"\n")
    linked.read()
    linked.fetch_due()
    assert linked.states() == ["recorded", "recorded"]
    assert len(linked.activities()) == 1
    assert len(platform.calls) == 1


@pytest.mark.parametrize("when", ["before the fetch", "after the fetch", "before the lead"])
def test_what_is_taken_back_ends_erased_and_does_not_come_again(
    linked: Site, platform: LinkedIn, when: str
) -> None:
    filled = platform.fill(PRIYA)
    if when != "before the lead":
        tell(linked, platform, filled)
    if when == "after the fetch":
        linked.fetch_due()
    tell(linked, platform, filled, "DELETED")
    body, _ = platform.signed(filled)
    linked.notify(body + b" ")
    linked.read()
    linked.fetch_due()
    run_erasures(linked)
    assert set(linked.states()) == {"withdrawn"}
    assert [each.email for each in linked.people() if each.email] == []
    assert all(each.body == {} for each in linked.activities())
    assert all(each.document is None for each in linked.captures())


def test_created_and_deleted_in_one_batch_leave_nothing_to_fetch(
    linked: Site, platform: LinkedIn
) -> None:
    filled = platform.fill(PRIYA)
    for action in ("CREATED", "DELETED"):
        linked.notify(platform.signed(filled, action)[0])
    linked.read()
    assert linked.states() == ["withdrawn", "withdrawn"]
    assert linked.fetch_due() == []


def test_somebody_known_otherwise_loses_only_what_the_lead_said(
    linked: Site, platform: LinkedIn
) -> None:
    linked.configure()
    linked.post(lead(email=PRIYA.email))
    filled = platform.fill(PRIYA)
    tell(linked, platform, filled)
    linked.fetch_due()
    tell(linked, platform, filled, "DELETED")
    run_erasures(linked)
    (person,) = linked.people()
    assert person.email == PRIYA.email
    by_source = {(each.source, each.kind): each.body for each in linked.activities()}
    assert by_source[("li", "form")] == {}
    assert ("li", "withdrawn") in by_source
    with reading(linked.database) as session:
        rows = session.execute(select(ConsentRow).order_by(ConsentRow.at)).scalars()
        standing = {row.topic: row.given for row in rows}
    assert standing["linkedin.consent.0"] is False


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (401, "fetch_due"),
        (403, "fetch_due"),
        (426, "fetch_due"),
        (429, "fetch_due"),
        (500, "fetch_due"),
        (503, "fetch_due"),
        (404, "dead"),
        (400, "dead"),
    ],
)
def test_each_refusal_of_the_platform_has_its_consequence(
    linked: Site, platform: LinkedIn, status: int, state: str
) -> None:
    tell(linked, platform, platform.fill(PRIYA))
    platform.refuse(status)
    (outcome,) = linked.fetch_due()
    assert linked.states() == [state]
    assert linked.captures()[0].reason
    assert isinstance(outcome, Later) is (state == "fetch_due")
    with reading(linked.database) as session:
        trouble = health.of(session, ["li"])["li"].trouble
    assert (trouble is not None) is (status in {401, 403, 426})


def test_when_the_token_is_renewed_the_lead_comes_and_the_trouble_goes(
    linked: Site, platform: LinkedIn
) -> None:
    platform.access_token = "renewed"
    tell(linked, platform, platform.fill(PRIYA))
    linked.fetch_due()
    assert "token was refused" in (linked.captures()[0].reason or "")
    linked.configure("li", **{**LINKEDIN, "api_base_url": platform.url, "access_token": "renewed"})
    linked.fetch_due()
    assert linked.states() == ["recorded"]
    with reading(linked.database) as session:
        assert health.of(session, ["li"])["li"].trouble is None


def test_the_platforms_wish_to_wait_is_granted(linked: Site, platform: LinkedIn) -> None:
    tell(linked, platform, platform.fill(PRIYA))
    platform.refuse(429, Retry_After="120")
    (outcome,) = linked.fetch_due()
    assert isinstance(outcome, Later)
    assert 120 <= outcome.after.total_seconds() <= 180


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"id": "x"}', b"\xff", b"null"])
def test_a_malformed_answer_is_dead_with_its_reason(body: bytes) -> None:
    source = read_source({"slug": "li", **LINKEDIN})
    item = read_fetched("urn:li:leadGenFormResponse:x", [body], source, NOW)
    assert type(item).__name__ == "Dead"


def test_the_stand_in_challenges_as_linkedin_does(linked: Site, platform: LinkedIn) -> None:
    with served(linked.app) as address:
        assert platform.challenge(f"{address}/webhooks/li")
        assert not platform.challenge(f"{address}/webhooks/nobody")
