"""What a platform never delivered is asked for: found once, resumed where it stood, never doubled."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.demo.linkedin import LinkedIn
from app.demo.linkedin_shapes import Member
from app.demo.meta import PAGE, RATE_LIMITED, TOKEN_EXPIRED, Meta, Person
from app.door import perform, reading
from prospects.message import MessageRow
from prospects.topics import Topic
from tests.webhooks.kinds import NOW, source_of
from tests.webhooks.support import LINKEDIN, SECRET_KEY, SECRETS, Site, payload
from webhooks import asking, health
from webhooks.adapter import Posted, Read, Reply, Thin, Trouble
from webhooks.kinds.registry import ADAPTERS
from webhooks.poll_rows import SourcePollRow
from webhooks.polling import Cursor, Page, lacks, read_cursor
from webhooks.polls import calendly, meta, tiktok, typeform
from webhooks.polls.registry import POLLS
from webhooks.sources import Source, SourceKind
from webhooks.waits import wish

TOKEN = "a-page-token"
META = {"kind": "meta_lead_ads", "secrets": [SECRETS["meta_app_secret"]], "pages": [PAGE]}
SINCE = NOW - timedelta(hours=1)


@pytest.fixture
def platform() -> Iterator[Meta]:
    with Meta(secret=SECRETS["meta_app_secret"], access_token=TOKEN) as running:
        yield running


@pytest.fixture
def asked(site: Site, platform: Meta) -> Site:
    site.configure("meta", **META, access_token=TOKEN, api_base_url=platform.url)
    return site


def fill(platform: Meta, *, ago: timedelta = timedelta(minutes=5)) -> Any:
    n = len(platform._filled)
    answers = {"email": f"p{n}@nordwind.example", "full_name": "Mia Wolf"}
    return platform.fill(Person(answers=answers), at=clock.now() - ago)


def promised(site: Site) -> list[str]:
    with reading(site.database) as session:
        query = select(MessageRow.ref).where(MessageRow.topic == Topic.ASK)
        return list(session.execute(query).scalars())


def row(site: Site, slug: str = "meta") -> SourcePollRow:
    with reading(site.database) as session:
        return session.get_one(SourcePollRow, slug)


def turn(site: Site, slug: str = "meta", now: datetime | None = None) -> bool:
    """One call of a pass; whether the pass goes on."""
    at = now or clock.now()
    question = perform(
        site.database, lambda session: asking.prepare(session, slug, at, secret=SECRET_KEY)
    )
    assert question is not None
    result = asking.call(question, allow=site.settings.egress_allow)
    perform(
        site.database,
        lambda session: asking.settle(session, question, result, at, secret=SECRET_KEY),
    )
    return row(site, slug).cursor is not None


def whole_pass(site: Site, slug: str = "meta") -> None:
    perform(site.database, lambda session: asking.plan(session, clock.now(), secret=SECRET_KEY))
    while turn(site, slug):
        pass
    site.read()
    site.fetch_due()


def test_what_was_never_delivered_is_found_and_what_came_both_ways_came_once(
    asked: Site, platform: Meta
) -> None:
    delivered, missed = fill(platform), fill(platform)
    body, headers = platform.signed(delivered)
    asked.app.test_client().post("/webhooks/meta", data=body, headers=headers)
    asked.read()
    asked.fetch_due()
    whole_pass(asked)
    assert sorted(each.email or "" for each in asked.people()) == [
        f"p{n}@nordwind.example" for n in range(2)
    ]
    found = row(asked)
    assert (found.found, found.cursor, found.reason) == (1, None, None)
    body, headers = platform.signed(missed)
    asked.app.test_client().post("/webhooks/meta", data=body, headers=headers)
    asked.read()
    whole_pass(asked)
    assert len(asked.activities()) == 2
    assert row(asked).found == 1
    assert set(asked.states()) == {"recorded"}


def test_a_pass_goes_on_where_it_stood_page_by_page(
    asked: Site, platform: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meta, "AT_ONCE", 2)
    for _ in range(5):
        fill(platform)
    perform(asked.database, lambda s: asking.plan(s, clock.now(), secret=SECRET_KEY))
    assert promised(asked) == ["meta"]
    turns = [turn(asked) for _ in range(4)]
    assert turns == [True, True, True, False]
    assert len(promised(asked)) == 4
    assert row(asked).found == 5


def test_many_machines_make_one_promise_and_the_next_comes_with_its_hour(asked: Site) -> None:
    now = clock.now()
    for _ in range(3):
        perform(asked.database, lambda s: asking.plan(s, now, secret=SECRET_KEY))
    assert promised(asked) == ["meta"]
    while turn(asked, now=now):
        pass
    found = row(asked)
    assert (found.asked_at, found.since) == (now, now)
    assert found.due_at == now + timedelta(hours=1)
    with reading(asked.database) as session:
        assert not asking.due(session, now, secret=SECRET_KEY)
        assert asking.due(session, now + timedelta(hours=1), secret=SECRET_KEY)


def test_a_call_that_came_too_late_changes_nothing(asked: Site, platform: Meta) -> None:
    fill(platform)
    now = clock.now()
    perform(asked.database, lambda s: asking.plan(s, now, secret=SECRET_KEY))
    late = perform(asked.database, lambda s: asking.prepare(s, "meta", now, secret=SECRET_KEY))
    assert late is not None
    turn(asked)
    before = row(asked).cursor
    perform(asked.database, lambda s: asking.settle(s, late, Page(), now, secret=SECRET_KEY))
    assert row(asked).cursor == before is not None


def test_what_is_on_its_way_is_left_to_its_own_delivery(asked: Site, platform: Meta) -> None:
    fill(platform, ago=timedelta(seconds=2))
    whole_pass(asked)
    assert asked.deliveries() == []


def test_a_dead_token_is_said_once_and_the_pass_goes_on_when_it_is_renewed(
    asked: Site, platform: Meta
) -> None:
    fill(platform)
    platform.refuse(TOKEN_EXPIRED, TOKEN_EXPIRED)
    perform(asked.database, lambda s: asking.plan(s, clock.now(), secret=SECRET_KEY))
    turn(asked)
    assert row(asked).tries == 1
    with reading(asked.database) as session:
        assert "token refused" in (health.of(session, ["meta"])["meta"].trouble or "")
    turn(asked)
    whole_pass(asked)
    assert (row(asked).tries, row(asked).found) == (0, 1)
    with reading(asked.database) as session:
        assert health.of(session, ["meta"])["meta"].trouble is None


def test_while_one_lead_waits_at_the_platforms_wish_no_other_asks(
    asked: Site, platform: Meta
) -> None:
    body, headers = platform.signed(*(fill(platform) for _ in range(4)))
    asked.app.test_client().post("/webhooks/meta", data=body, headers=headers)
    asked.read()
    platform.refuse(TOKEN_EXPIRED)
    asked.fetch_due()
    assert len(platform.calls) == 1
    assert asked.states() == ["fetch_due"] * 4
    asked.configure("meta", **META, access_token=TOKEN, api_base_url=platform.url)
    asked.fetch_due()
    assert asked.states() == ["recorded"] * 4


def test_a_platform_that_wishes_to_be_left_alone_is_by_fetches_and_passes_alike(
    asked: Site, platform: Meta
) -> None:
    now = clock.now()
    perform(asked.database, lambda s: asking.plan(s, now, secret=SECRET_KEY))
    question = perform(asked.database, lambda s: asking.prepare(s, "meta", now, secret=SECRET_KEY))
    assert question is not None
    busy = Trouble("too often", final=False, wait=90)
    perform(asked.database, lambda s: asking.settle(s, question, busy, now, secret=SECRET_KEY))
    assert row(asked).due_at == now + timedelta(seconds=90)
    body, headers = platform.signed(fill(platform))
    asked.app.test_client().post("/webhooks/meta", data=body, headers=headers)
    asked.read()
    asked.fetch_due()
    soon = now + timedelta(seconds=5)
    again = perform(asked.database, lambda s: asking.prepare(s, "meta", soon, secret=SECRET_KEY))
    assert (again, platform.calls) == (None, [])


def test_a_changed_configuration_lets_everything_that_waits_try_again(asked: Site) -> None:
    now = clock.now()

    def change(session: Any) -> None:
        asking.plan(session, now, secret=SECRET_KEY)
        later = now + timedelta(minutes=4)
        asking.outbox.post(session, Topic.FETCH, ["x"], now, due_at=later)
        asking.hasten(session, now)

    perform(asked.database, change)
    with reading(asked.database) as session:
        due = select(MessageRow.due_at).where(MessageRow.topic == Topic.FETCH)
        assert session.execute(due).scalar_one() == now
    assert row(asked).due_at == now


def test_linkedins_finder_brings_what_its_notification_did_not(site: Site) -> None:
    secret, token = SECRETS["linkedin_client_secret"], str(LINKEDIN["access_token"])
    with LinkedIn(secret=secret, access_token=token) as platform:
        site.configure("li", **{**LINKEDIN, "api_base_url": platform.url})
        ago = clock.now() - timedelta(minutes=9)
        who = {"last_name": "R", "phone": "", "title": "CIO", "company": "Raman"}
        for n in range(2):
            email = f"p{n}@raman-freight.example"
            member = Member(first_name="P", email=email, person=f"urn:li:person:{n}", **who)
            filled = platform.fill(member, at=ago)
        body, headers = platform.signed(filled)
        site.app.test_client().post("/webhooks/li", data=body, headers=headers)
        site.read()
        site.fetch_due()
        whole_pass(site, "li")
    assert len(site.people()) == 2
    assert row(site, "li").found == 1


def test_what_one_owner_forbids_stops_no_other_and_is_said(site: Site) -> None:
    secret, token = SECRETS["linkedin_client_secret"], str(LINKEDIN["access_token"])
    with LinkedIn(secret=secret, access_token=token) as platform:
        site.configure("li", **{**LINKEDIN, "api_base_url": platform.url})
        platform.refuse(403)
        whole_pass(site, "li")
        assert len(platform.calls) == 4
    assert "may not read" in (row(site, "li").reason or "")
    assert row(site, "li").asked_at is not None


def test_a_source_that_lacks_something_is_not_asked(site: Site) -> None:
    site.configure("meta", **META)
    with reading(site.database) as session:
        assert not asking.due(session, clock.now(), secret=SECRET_KEY)
    assert lacks(source_of("typeform/x")) == "`access_token` and `pages`"


def read_all(kind: Source, answers: list[dict[str, Any]], status: int = 200) -> list[Any]:
    """A pass over these answers: the items that what was found is read as."""
    poll = POLLS[kind.kind]
    cursor: Cursor | None = Cursor(tuple(poll.begin(kind)), SINCE, NOW)
    items = []
    for answer in answers:
        assert cursor is not None
        assert poll.ask(cursor, kind).url.startswith(kind.api)
        page = poll.read(cursor, Reply(status, json.dumps(answer).encode()), kind)
        assert isinstance(page, Page), page
        for found in page.found:
            body = json.dumps(found.document).encode()
            items += ADAPTERS[kind.kind].parse(Posted(body, NOW), kind)
        cursor = cursor.moved(page)
        assert cursor is None or read_cursor(cursor.written()) == cursor
    assert cursor is None
    return items


def test_typeforms_responses_are_read_as_its_deliveries_are() -> None:
    sample = json.loads(payload("typeform/form_response.json"))["form_response"]
    definition = sample.pop("definition")
    source = source_of("typeform/x", access_token="t", pages=["lT4Z3j"])
    grouped = {
        "title": "Demo request",
        "fields": [{"properties": {"fields": definition["fields"]}}],
    }
    (found,) = read_all(source, [grouped, {"items": [sample | {"metadata": {}}]}])
    assert isinstance(found, Read)
    assert (found.key, found.about.name) == ("a3a12ec67a1365927098a606107fac15", "Joana Sousa")
    assert found.agreements[0].text == "May we email you?"
    assert typeform.ask(Cursor((("responses", "x", "{}"),), SINCE, NOW), source).url.endswith(
        "/forms/x/responses?since=2026-11-03T08:15:00Z&page_size=100&sort=submitted_at,asc"
        "&response_type=completed"
    )


def test_calendlys_meetings_are_read_as_its_deliveries_are() -> None:
    organization = "https://api.calendly.com/organizations/O1"
    source = source_of("calendly/x", access_token="t", pages=[organization])
    invitee = json.loads(payload("calendly/invitee_canceled.json"))["payload"]
    meeting = invitee.pop("scheduled_event")
    old = {**meeting, "uri": "x/OLD", "updated_at": "2026-01-01T00:00:00Z"}
    listed = {"collection": [old, meeting], "pagination": {"next_page_token": None}}
    booked, off = read_all(source, [listed, {"collection": [invitee]}])
    sample = ADAPTERS[source.kind].parse(
        Posted(payload("calendly/invitee_created.json"), NOW), source
    )
    assert isinstance(sample[0], Read)
    assert booked.key == sample[0].key
    assert (off.body["change"], off.body["with"]) == ("canceled", ["rep.one@vendor.example"])
    asked = calendly.ask(Cursor(tuple(calendly.begin(source)), SINCE, NOW), source).url
    assert f"organization={organization.replace('/', '%2F')}" in asked


def test_tiktoks_leads_are_asked_for_by_page_and_confirmed_one_by_one() -> None:
    source = source_of("tiktok/x", access_token="t", pages=["72/7250000000000000001"])
    lead = json.loads(payload("tiktok/lead_get_response.json"))
    several = {
        "code": 0,
        "data": {"list": [lead["data"]], "page_info": {"page": 1, "total_page": 2}},
    }
    first, second = read_all(source, [several, lead])
    assert isinstance(first, Thin)
    assert first.ref == second.ref == "7410000000000000001"
    expired = Reply(200, b'{"code": 40105, "message": "x"}')
    wrong = tiktok.read(Cursor(tuple(tiktok.begin(source)), SINCE, NOW), expired, source)
    assert isinstance(wrong, Trouble)
    assert wrong.ours


def test_metas_list_names_leads_as_its_notification_does() -> None:
    source = Source(slug="m", kind=SourceKind.META_LEAD_ADS, pages=("7",), access_token="t")
    listed = json.loads(payload("meta/leads_bulk_page.json"))
    del listed["paging"]["next"]
    (found,) = read_all(source, [{"data": [{"id": "9"}]}, listed])
    assert found == Thin("lead", "1800000000000003", "1800000000000003")
    limited = Reply(400, json.dumps({"error": {"code": RATE_LIMITED[1]}}).encode(), wait=60)
    wrong = meta.read(Cursor((("leads", "7", "9"),), SINCE, NOW), limited, source)
    assert isinstance(wrong, Trouble)
    assert (wrong.final, wrong.wait) == (False, 60)


@pytest.mark.parametrize("kind", POLLS)
@pytest.mark.parametrize(
    "body", [b"{}", b'{"data": 1, "elements": {}, "items": [1], "collection": 2}']
)
def test_an_answer_of_another_shape_brings_nothing(kind: SourceKind, body: bytes) -> None:
    source = Source(slug="m", kind=kind, pages=("7",), access_token="t")
    cursor = Cursor(tuple(POLLS[kind].begin(source)), SINCE, NOW)
    page = POLLS[kind].read(cursor, Reply(200, body), source)
    assert isinstance(page, Page)
    assert page.found == ()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "90"}, 90),
        ({"retry-after": "999999"}, 3600),
        ({"retry-after": "soon"}, None),
        ({"x-ratelimit-reset": "60"}, 60),
        ({"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":5}]}'}, 300),
        ({"x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":0}]}'}, None),
        ({"x-business-use-case-usage": "garbage"}, None),
        ({"x-business-use-case-usage": "[1]"}, None),
    ],
)
def test_a_platform_says_in_many_ways_how_long_to_wait(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert wish(headers) == seconds


def test_times_are_utc() -> None:
    assert read_cursor(Cursor((), SINCE, NOW).written()).since.tzinfo is UTC
