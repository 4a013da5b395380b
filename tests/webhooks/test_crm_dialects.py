"""How HubSpot and Salesforce are spoken to, without either: pages, ends of searches, quotes, and whose word counts."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhooks.adapter import Reply, Trouble
from webhooks.crms import dialect, hubspot, salesforce, salesforce_writing
from webhooks.crms.dialect import Brought, Deal, DealState, Record, amount
from webhooks.crms.masters import MASTERS, Master, as_markdown, judge
from webhooks.crms.masters import Record as Compared
from webhooks.destinations import Destination
from webhooks.polling import Cursor
from webhooks.written_out import DestinationError, read_destination

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
HUBSPOT = Destination(slug="crm", kind="hubspot", reads=("deals",), access_token="x")  # type: ignore[arg-type]
SALESFORCE = Destination(
    slug="crm",
    kind="salesforce",  # type: ignore[arg-type]
    reads=("deals",),  # type: ignore[arg-type]
    api_base_url="https://acme.my.salesforce.com",
)


def reply(document: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(document).encode())


def cursor(*task: str, after: str | None = None) -> Cursor:
    return Cursor((task,), NOW - timedelta(hours=1), NOW, after)


def test_a_search_that_comes_to_its_end_begins_anew_where_it_had_come_to() -> None:
    last = {"id": "2", "properties": {"hs_lastmodifieddate": "2026-03-01T00:00:00.500Z"}}
    page = {"results": [{"id": "1", "properties": {}}, last]}
    ended = {**page, "paging": {"next": {"after": "10000"}}}
    came = hubspot.read(cursor("companies", "0", after="9900"), reply(ended), HUBSPOT)
    assert isinstance(came, Brought)
    assert came.after is None
    assert came.tasks == (("companies", "1772323200500"),)
    going = {**page, "paging": {"next": {"after": "9900"}}}
    came = hubspot.read(cursor("companies", "0"), reply(going), HUBSPOT)
    assert isinstance(came, Brought)
    assert (came.after, came.tasks) == ("9900", ())
    # Ten thousand at one instant do not turn in a circle.
    came = hubspot.read(cursor("companies", "1772323200500"), reply(ended), HUBSPOT)
    assert isinstance(came, Brought)
    assert came.tasks == (("companies", "1772323200501"),)


def test_no_cursor_holds_anybody() -> None:
    deals = [{"id": "5", "said": {"dealname": "x"}, "people": ["501"], "company": []}]
    came = hubspot.read(cursor("at", json.dumps(deals)), reply({"results": []}), HUBSPOT)
    assert isinstance(came, Brought)
    ((what, written),) = came.tasks
    assert what == "people"
    assert "@" not in written
    assert json.loads(written)[0]["people"] == ["501"]


def test_the_next_page_of_salesforce_is_at_salesforce() -> None:
    page = {"done": False, "nextRecordsUrl": ".evil.example/x", "records": []}
    came = salesforce.read(cursor("Account", "2026"), reply(page), SALESFORCE)
    assert isinstance(came, Trouble)
    good = {**page, "nextRecordsUrl": "/services/data/v62.0/query/01g-2"}
    came = salesforce.read(cursor("Account", "2026"), reply(good), SALESFORCE)
    assert isinstance(came, Brought)
    wanted = salesforce.ask(cursor("Account", "2026", after=came.after), SALESFORCE)
    assert wanted.path == "/services/data/v62.0/query/01g-2"


def test_only_where_amounts_have_no_currency_of_the_house_is_theirs_asked_for() -> None:
    asked = salesforce.ask(cursor("Opportunity", "2026-03-03T00:00:00Z"), SALESFORCE).path
    assert "CurrencyIsoCode" in asked
    house = SALESFORCE.model_copy(update={"currency": "EUR"})
    assert "CurrencyIsoCode" not in salesforce.ask(cursor("Opportunity", "2026"), house).path


def test_an_address_cannot_leave_its_quotes() -> None:
    record = Record(id="i", known=None, person={"email": "o'b\\'x@acme.example"}, ours={})
    wanted = next(salesforce_writing.write([record], SALESFORCE, {}))
    assert "o%5C%27b%5C%5C%5C%27x%40acme.example%27" in wanted.path


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("1200", "1200.00"), ("0.005", "0.00"), (1200.0, "1200.00"), ("-1", None), ("NaN", None),
        ("1e99", None), ("", None), (None, None), ("12,5", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_with_two_places_or_not_at_all(written: object, found: str) -> None:
    assert amount(written) == (Decimal(found) if found else None)


@pytest.mark.parametrize("read", [hubspot.read, salesforce.read])
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda some: (
            st.lists(some, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["results", "records", "id", "Id", "properties", "paging", "next", "after"]
                ),
                some,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
@settings(max_examples=40)
def test_whatever_a_crm_answers_is_read_or_refused(read: Any, body: Any) -> None:
    task = ("deals", "0") if read is hubspot.read else ("Opportunity", "2026")
    try:
        came = read(cursor(*task), reply(body), HUBSPOT)
    except dialect.UnreadableError:
        return
    assert isinstance(came, Brought)
    assert all(isinstance(each, Deal) for each in came.things)


WORD = st.none() | st.sampled_from(["a", "A ", "b", "c"])


@given(st.sampled_from(list(Compared)), st.data())
@settings(max_examples=50)
def test_nothing_that_somebody_changed_here_is_overwritten(record: Compared, data: Any) -> None:
    words = st.fixed_dictionaries(dict.fromkeys(MASTERS[record], WORD))
    ours, theirs, before = data.draw(words), data.draw(words), data.draw(words)
    judged = judge(record, ours, theirs, before)
    assert not set(judged.taken) & set(judged.conflicts)
    for field, said in judged.taken.items():
        assert said == theirs[field]
        unchanged = MASTERS[record][field] is Master.CRM and ours[field] == before[field]
        assert ours[field] is None or unchanged
    for field, (mine, its) in judged.conflicts.items():
        assert (mine, its) == (ours[field], theirs[field])
        assert mine.casefold().strip() != its.casefold().strip()
    left = set(MASTERS[record]) - set(judged.taken) - set(judged.conflicts)
    for field in left:
        mine, its = ours[field] or "", theirs[field] or ""
        assert not its or mine.casefold().strip() == its.casefold().strip()


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"kind": "hubspot", "access_token": "x"}, "reads"),
        ({"kind": "hubspot", "reads": ["deals"]}, "access_token"),
        ({"kind": "hubspot", "reads": ["notes"], "access_token": "x"}, "reads.0"),
        ({"kind": "hubspot", "events": ["handoff.late"], "access_token": "x"}, "events.handoff.late"),
        ({"kind": "salesforce", "reads": ["deals"], "access_token": "x"}, "api_base_url"),
        ({"kind": "hubspot", "reads": ["deals"], "access_token": "x", "consent": "ads"}, "consent"),
        ({"kind": "slack", "url": "https://x.example/", "events": ["handoff.won"], "reads": ["deals"]}, "reads"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_crms_entry_names_its_place(entry: dict[str, Any], place: str) -> None:
    with pytest.raises(DestinationError) as caught:
        read_destination({"slug": "crm", **entry})
    assert place in {each.place for each in caught.value.faults}


def test_only_a_code_is_a_currency() -> None:
    written = ["EUR", "eur", "Euro", "", None, "€€€", 978]
    assert [dialect.currency(each) for each in written] == ["EUR", "EUR", *[None] * 5]


def test_a_deal_is_open_until_it_is_closed_and_gone_once_it_is_deleted() -> None:
    flags = [(False, False, False), (True, False, False), (True, True, False), (True, True, True)]
    records = [
        {"Id": str(n), "IsClosed": closed, "IsWon": won, "IsDeleted": gone}
        for n, (closed, won, gone) in enumerate(flags)
    ]
    came = salesforce.read(cursor("Opportunity", "2026"), reply({"records": records}), SALESFORCE)
    assert isinstance(came, Brought)
    states = [each.state for each in came.things if isinstance(each, Deal)]
    assert states == [DealState.OPEN, DealState.LOST, DealState.WON, DealState.GONE]


def test_the_page_says_whose_word_counts_as_the_code_does() -> None:
    page = (Path(__file__).parents[2] / "docs" / "crm.md").read_text()
    assert as_markdown().replace("| --- | --- | --- |", "|---|---|---|") in page
