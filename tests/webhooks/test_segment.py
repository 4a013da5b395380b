"""Segment's calls: who may send them, what each becomes, and by which clock it happened."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.door import perform, reading
from app.jobs import topics
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.reading import UnreadableError
from prospects.rows import AccountRow
from prospects.topics import Topic
from tests.webhooks.support import Site, payload, sample
from webhooks import proofs
from webhooks.adapter import Dead, Incoming, Posted, Read, Refused, Test, Verified
from webhooks.kinds.segment import parse, verify
from webhooks.sources import Source
from webhooks.trial import trial
from webhooks.written import SourceError, read_source

KEY = "a-write-key-of-ours"
NOW = datetime(2026, 11, 3, 9, 15, 30, tzinfo=UTC)
WHO = {"userId": "u-7", "messageId": "m-1"}


def a_source(**changes: Any) -> Source:
    return read_source({"slug": "product", "kind": "segment", "secrets": [KEY], **changes})


def believed(headers: dict[str, str], body: bytes = b"{}", **changes: Any) -> bool:
    request = Incoming(method="POST", headers=headers, query={}, body=body, **changes)
    return isinstance(verify(request, a_source(), NOW), Verified)


def basic(user: str, password: str = "") -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def read(call: Any, now: datetime = NOW, **changes: Any) -> Any:
    (found,) = parse(Posted(json.dumps(call).encode(), now), a_source(**changes))
    return found


def test_the_write_key_is_the_users_name_or_a_token_or_stands_in_the_body() -> None:
    assert believed(basic(KEY))
    assert believed(basic(KEY, "anything"))
    assert believed({"authorization": f"Bearer {KEY}"})
    assert believed({}, json.dumps({"writeKey": KEY}).encode())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic(""),
        basic(KEY[:-1]),
        basic(f"{KEY}x"),
        {"authorization": f"Bearer {KEY[:-1]}"},
        {"authorization": "Basic"},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic /w=="},
        {"authorization": "Basic " + "QUFB" * 5000},
        {"authorization": "\u00ff"},
    ],
)
def test_nobody_else_is_believed(headers: dict[str, str]) -> None:
    assert not believed(headers)


def test_a_key_in_the_body_that_differs_by_one_bit_is_not_believed() -> None:
    body = bytearray(json.dumps({"writeKey": KEY}).encode())
    body[body.index(KEY.encode())] ^= 1
    assert not believed({}, bytes(body))


def test_a_source_without_a_write_key_is_refused() -> None:
    with pytest.raises(SourceError, match="write key"):
        read_source({"slug": "product", "kind": "segment"})


@pytest.mark.parametrize("name", ["identify", "track", "page", "group", "alias", "batch"])
def test_each_published_call_is_believed_and_read(name: str) -> None:
    file = f"segment/{name}.json"
    headers = {key.lower(): value for key, value in sample(file)["headers"].items()}
    source = a_source(secrets=["test-write-key"])
    request = Incoming(method="POST", headers=headers, query={}, body=payload(file))
    assert isinstance(verify(request, source, NOW), Verified)
    assert isinstance(verify(request, a_source(), NOW), Refused)
    items = parse(Posted(payload(file), NOW), source)
    assert items
    assert all(isinstance(each, Read) for each in items)


def test_identify_tells_who_somebody_is() -> None:
    (item,) = parse(Posted(payload("segment/identify.json"), NOW), a_source())
    assert isinstance(item, Read)
    assert item.kind is Kind.IDENTIFIED
    assert item.about.email == "ines.okafor@northfield-logistics.example"
    assert (item.about.name, item.about.title) == ("Ines", "Head of Operations")
    assert item.about.company == "Northfield Logistics"
    assert item.about.ids == {"segment": "product:u-1001"}
    assert item.visitors[0] == "product:user:u-1001"
    assert item.key == "message:m-0001"


def test_a_user_known_by_a_number_alone_is_nobody_yet() -> None:
    item = read({**WHO, "type": "track", "event": "Export"})
    assert (item.about.email, item.about.phone, item.about.ids) == (None, None, {})
    assert item.visitors == ("product:user:u-7",)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("Trial Started", Kind.TRIAL),
        ("Email Link Clicked", Kind.CLICK),
        ("Order Completed", Kind.PURCHASE),
        ("Export", Kind.CUSTOM),
        ("Demo Watched", Kind.WEBINAR),
    ],
)
def test_an_event_is_of_the_kind_its_name_or_the_map_says(event: str, kind: Kind) -> None:
    item = read(
        {**WHO, "type": "track", "event": event, "properties": {"plan": "Team"}},
        map={"event.Demo Watched": "webinar"},
    )
    assert item.kind is kind
    assert item.body["event"] == event
    assert item.body["plan"] == "Team"


def test_an_event_mapped_to_no_kind_is_dead_and_says_so() -> None:
    item = read({**WHO, "event": "Export"}, map={"event.Export": "exported"})
    assert isinstance(item, Dead)
    assert "exported" in item.reason


def test_who_unsubscribes_there_is_not_mailed_here() -> None:
    call = {**WHO, "event": "Unsubscribed", "context": {"traits": {"email": "m@acme.example"}}}
    (agreement,) = read(call).agreements
    assert (agreement.topic, agreement.given) == ("*", False)


def test_a_page_keeps_what_led_to_it_byte_for_byte() -> None:
    url = "https://www.acme.example/pricing?utm_source=a%20b&gclid=EAIaIQ+x_%2D&wbraid="
    item = read({**WHO, "type": "page", "context": {"page": {"url": url, "path": "/pricing"}}})
    assert item.kind is Kind.PAGE_VIEW
    assert item.body["page"] == "/pricing"
    assert item.body["touch"] == {"utm_source": "a b", "gclid": "EAIaIQ+x_-"}


def test_a_group_tells_of_the_company() -> None:
    (item,) = parse(Posted(payload("segment/group.json"), NOW), a_source())
    assert isinstance(item, Read)
    assert item.about.company == "Northfield Logistics"
    assert item.about.account_fields == {"employees": 240, "industry": "Logistics"}


@pytest.mark.parametrize(
    ("times", "happened"),
    [
        # A clock that is a day ahead is as far ahead when it sends.
        (
            {"timestamp": "2026-11-04T09:15:00Z", "sentAt": "2026-11-04T09:15:10Z"},
            NOW - timedelta(seconds=10),
        ),
        (
            {"timestamp": "2001-01-01T00:00:00Z", "sentAt": "2001-01-01T01:00:00Z"},
            NOW - timedelta(hours=1),
        ),
        # Segment has corrected it already.
        (
            {
                "timestamp": "2026-11-03T09:00:00Z",
                "originalTimestamp": "2020-01-01T00:00:00Z",
                "sentAt": "2020-01-01T00:00:01Z",
                "receivedAt": "2026-11-03T09:00:01Z",
            },
            datetime(2026, 11, 3, 9, tzinfo=UTC),
        ),
        ({"timestamp": "2026-11-03T09:00:00Z"}, datetime(2026, 11, 3, 9, tzinfo=UTC)),
        ({"sentAt": "2026-11-03T09:00:00Z"}, NOW),
        ({"timestamp": "0001-01-01T00:00:00Z", "sentAt": "9999-12-31T23:59:59Z"}, NOW),
        ({}, NOW),
    ],
)
def test_a_device_whose_clock_is_wrong_is_put_right(
    times: dict[str, str], happened: datetime
) -> None:
    assert read({**WHO, "event": "Export", **times}).happened_at == happened


def test_a_batch_lends_its_clock_and_context_to_its_calls_and_one_bad_call_harms_no_other() -> None:
    calls = [{**WHO, "event": "A", "timestamp": "2020-01-01T00:00:00Z"}, 7, {"event": "nobody"}]
    body = json.dumps({"batch": calls, "sentAt": "2020-01-01T00:01:00Z"}).encode()
    good, first, second = parse(Posted(body, NOW), a_source())
    assert isinstance(good, Read)
    assert good.happened_at == NOW - timedelta(minutes=1)
    assert isinstance(first, Dead)
    assert isinstance(second, Dead)


def test_calls_without_an_id_count_each_time_they_come() -> None:
    request = Incoming(
        method="POST", headers=basic(KEY), query={}, body=b'{"userId":"u","event":"A"}'
    )
    assert verify(request, a_source(), NOW) == Verified(proofs.body_key(request.body), lately=True)


def test_a_test_is_one() -> None:
    sent = trial(a_source(), NOW)
    assert sent is not None
    headers = {name.lower(): value for name, value in sent.headers.items()}
    assert believed(headers, sent.body)
    (item,) = parse(Posted(sent.body, NOW), a_source())
    assert isinstance(item, Test)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "type",
        "userId",
        "anonymousId",
        "traits",
        "properties",
        "context",
        "batch",
        "event",
        "timestamp",
        "sentAt",
        "messageId",
        "receivedAt",
        "previousId",
        "groupId",
    ]
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(NAMES, JSON))
def test_whatever_shape_a_call_has_it_is_read_or_explained(call: dict[str, Any]) -> None:
    body = json.dumps(call).encode()
    believed(basic(KEY), body)
    try:
        items = parse(Posted(body, NOW), a_source())
    except UnreadableError:
        return
    assert all(isinstance(each, Read | Dead) for each in items)


def test_a_call_becomes_history_once(site: Site) -> None:
    site.configure("product", kind="segment", secrets=[KEY])
    for _ in range(2):
        for name in ("identify", "identify"):
            answer = site.post(
                payload(f"segment/{name}.json"),
                "/webhooks/product",
                Authorization=basic(KEY)["authorization"],
            )
            assert answer.status_code == 200
    site.read()
    (person,) = site.people()
    assert person.email == "ines.okafor@northfield-logistics.example"
    assert [each.kind for each in site.activities()] == ["identified"]


def test_a_library_posts_to_paths_of_its_own_which_say_what_it_calls(site: Site) -> None:
    site.configure("product", kind="segment", secrets=[KEY])
    site.configure("api")
    proof = {"Authorization": basic(KEY)["authorization"]}
    call = {"userId": "u-7", "traits": {"email": "mia@nordwind.example"}, "name": "Pricing"}
    for path, status in [
        ("/webhooks/product/v1/identify", 200),
        ("/webhooks/product/v1/page", 200),
        ("/webhooks/api/v1/page", 404),
    ]:
        assert site.post({**call, "messageId": path}, path, **proof).status_code == status
    site.read()
    assert [each.kind for each in site.activities()] == ["identified", "page_view"]


def test_colleagues_who_share_an_account_stay_two(site: Site) -> None:
    site.configure("product", kind="segment", secrets=[KEY])
    proof = {"Authorization": basic(KEY)["authorization"]}
    for n, (user, email) in enumerate(
        [("u-1", "mia@nordwind.example"), ("u-2", "leo@nordwind.example"), ("u-1", "leo@nordwind.example")]
    ):  # fmt: skip
        call = {"type": "identify", "messageId": f"m-{n}", "userId": user}
        site.post({**call, "traits": {"email": email}}, "/webhooks/product", **proof)
        site.read()
    mia, leo = site.people()
    assert (mia.absorbed_by, leo.absorbed_by) == (None, None)
    assert [each.prospect_id for each in site.activities()] == [mia.id, leo.id, leo.id]


def test_two_accounts_that_are_one_by_the_programs_word_make_one_person(site: Site) -> None:
    tell = teller(site)
    tell(type="identify", userId="u-1", traits={"email": "mia@nordwind.example"})
    tell(type="identify", userId="u-2", traits={"email": "mia.berg@nordwind.example"})
    tell(type="alias", userId="u-2", previousId="u-1")
    join(site)
    first, second = site.people()
    assert (first.absorbed_by, second.absorbed_by) == (None, first.id)

    tell(type="alias", userId="u-3", previousId="u-2")
    tell(type="identify", userId="u-3", traits={"email": "m.berg@nordwind.example"})
    assert len(site.people()) == 2, "whoever has the one account has the other"


def test_a_browser_that_two_have_used_is_no_account_and_joins_nobody(site: Site) -> None:
    tell = teller(site)
    for user, email in (("u-1", "mia@nordwind.example"), ("u-2", "leo@nordwind.example")):
        tell(type="identify", userId=user, anonymousId="b-1", traits={"email": email})
        tell(type="alias", userId=user, previousId="b-1")
    tell(type="alias", userId="u-8", previousId="u-9")
    join(site)
    assert [each.absorbed_by for each in site.people()] == [None, None]
    assert site.states()[-1] == "nameless", "nobody is known by either account"


@pytest.mark.parametrize("order", [("u-1", "u-2"), ("u-2", "u-1")])
@pytest.mark.parametrize("told_after", [0, 1])
def test_two_accounts_told_to_be_one_before_either_is_known_are_one_once_both_are(
    site: Site, order: tuple[str, str], told_after: int
) -> None:
    tell = teller(site)
    for n, user in enumerate(order):
        if n == told_after:
            tell(type="alias", userId="u-2", previousId="u-1")
        tell(type="identify", userId=user, traits={"email": f"{user}@nordwind.example"})
    join(site)
    heads = {each.absorbed_by or each.id for each in site.people()}
    assert len(heads) == 1
    tell(type="track", userId="u-1", event="a")
    tell(type="track", userId="u-2", event="b")
    of = {each.prospect_id for each in site.activities() if each.kind == "custom"}
    assert of <= {each.id for each in site.people()}


def test_what_is_told_of_an_account_is_learned_of_whoever_is_known_by_it_and_of_their_company(
    site: Site,
) -> None:
    tell = teller(site)
    tell(type="identify", userId="u-1", anonymousId="b-1", traits={"email": "mia@nordwind.example"})
    tell(type="identify", userId="u-1", traits={"title": "CTO", "plan": "pro"})
    told = {"employees": 240, "website": "https://elsewhere.example", "name": "Nordwind GmbH"}
    tell(type="group", userId="u-1", groupId="g-1", traits=told)
    tell(type="group", anonymousId="b-1", groupId="g-2", traits={"industry": "of somebody else"})
    (person,) = site.people()
    assert (person.title, person.fields) == ("CTO", {"plan": "pro"})
    with reading(site.database) as session:
        (company,) = session.execute(select(AccountRow)).scalars()
    assert (company.domain, company.name) == ("nordwind.example", "Nordwind GmbH")
    assert company.fields == {"employees": 240}


def teller(site: Site) -> Callable[..., None]:
    site.configure("product", kind="segment", secrets=[KEY])

    def tell(**call: Any) -> None:
        call["messageId"] = str(len(site.deliveries()))
        site.post(call, "/webhooks/product", Authorization=basic(KEY)["authorization"])
        site.read()

    return tell


def join(site: Site) -> None:
    def work(session: Session) -> None:
        refs = select(MessageRow.ref).where(MessageRow.topic == Topic.JOIN)
        topics.join(session, session.execute(refs).scalars().all(), NOW, site.settings)

    perform(site.database, work)
