"""Many people are written to a CRM in one call, and each ends in a fate of its own: one bad record holds up nobody."""

from uuid import UUID

import pytest
from sqlalchemy import delete, select

from app.door import perform, reading
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.topics import Topic
from tests.support.crms import HubSpot, Salesforce
from tests.support.sales import KEY, MORNING, Sales
from tests.webhooks.crm_telling import (
    CONTACTS,
    EVENTS,
    batch,
    crowd,
    fates,
    finds,
    happens,
    hubspot,
    sales,
    salesforce,
    tally,
    tell,
)
from webhooks import calls, crm_writing, endpoints, redrive
from webhooks.call_rows import CallRow

__all__ = ["hubspot", "sales", "salesforce"]
BAD = "p007@acme.example"


def test_a_hundred_go_in_one_call_and_whoever_is_refused_is_refused_alone(
    sales: Sales, hubspot: HubSpot
) -> None:
    hubspot.refuses = frozenset({BAD})
    sales.configure(hubspot, events=EVENTS, reads=[])
    crowd(sales, 130)
    tell(sales)
    assert hubspot.sizes == [100, 30]
    assert tally(sales) == {"delivered": 129, "dead": 1}
    ((_, reason),) = [each for each in fates(sales) if each[0] == "dead"]
    assert reason is not None
    assert reason.startswith("VALIDATION_ERROR")
    assert BAD not in reason
    # Mended there, it is told again.
    hubspot.refuses = frozenset()
    perform(sales.database, lambda s: redrive.all_dead(s, "crm:crm", sales.now))
    tell(sales)
    assert len(hubspot.records["contacts"]) == 130
    assert tally(sales) == {"delivered": 130}


def test_where_nobody_says_which_is_bad_they_go_in_halves_until_it_is_alone(
    sales: Sales, hubspot: HubSpot
) -> None:
    hubspot.refuses, hubspot.tells_apart = frozenset({BAD}), False
    sales.configure(hubspot, events=EVENTS, reads=[])
    crowd(sales, 40)
    tell(sales)
    assert tally(sales) == {"delivered": 39, "dead": 1}
    assert len(hubspot.records["contacts"]) == 39
    assert len(hubspot.sizes) < 15
    with reading(sales.database) as session:
        # That others were bad counts as no try.
        assert set(session.execute(select(CallRow.attempts)).scalars()) == {1}


def test_what_is_wrong_with_all_is_asked_once(sales: Sales, salesforce: Salesforce) -> None:
    salesforce.no_fields = True
    sales.configure(salesforce, events=EVENTS, reads=[])
    crowd(sales, 20)
    tell(sales)
    assert (salesforce.sizes, tally(sales)) == ([20], {"dead": 20})


def test_two_hundred_go_to_salesforce_at_once_and_a_locked_one_waits_alone(
    sales: Sales, salesforce: Salesforce
) -> None:
    salesforce.page = 500
    salesforce.put("Contact", "003A", MORNING, Email="P003@acme.example")
    salesforce.put("Contact", "003B", MORNING, Email="p004@acme.example")
    salesforce.refuses = {"003A": "UNABLE_TO_LOCK_ROW", BAD: "INVALID_EMAIL_ADDRESS"}
    sales.configure(salesforce, events=EVENTS, reads=[])
    crowd(sales, 205)
    tell(sales)
    assert salesforce.sizes == [2, 198, 5]
    assert tally(sales) == {"delivered": 203, "dead": 1, "waiting": 1}
    assert ("waiting", "UNABLE_TO_LOCK_ROW not now") in fates(sales)
    assert ("dead", "INVALID_EMAIL_ADDRESS Email: invalid email address: …") in fates(sales)
    salesforce.refuses = {}
    sales.later(seconds=20)
    tell(sales)
    assert tally(sales) == {"delivered": 204, "dead": 1}
    assert salesforce.records["Contact"]["003A"]["Warmline_Finding__c"] == "confirmed"
    assert len(salesforce.records["Lead"]) == 202


def test_several_news_of_somebody_are_written_once_and_their_second_address_is_known(
    sales: Sales, hubspot: HubSpot
) -> None:
    known = {"email": "a@acme.example", "hs_additional_emails": "ada@acme.example;x@acme.example"}
    hubspot.put("contacts", "77", MORNING, **known)
    sales.configure(hubspot, events=EVENTS, reads=[])
    who = sales.person("ada@acme.example")
    finds(sales, who)
    happens(sales, who, Kind.OUTCOME, result="won", amount="1.00", currency="EUR")
    tell(sales)
    assert (hubspot.sizes, tally(sales)) == ([1], {"delivered": 2})
    assert hubspot.records["contacts"]["77"]["warmline_outcome"] == "won"
    assert hubspot.records["contacts"]["77"]["email"] == "a@acme.example"


def test_whom_the_crm_merged_meanwhile_is_found_by_what_it_says_of_them(
    sales: Sales, hubspot: HubSpot
) -> None:
    sales.configure(hubspot, events=EVENTS, reads=[])
    who = sales.person("ada@acme.example")
    finds(sales, who)
    tell(sales)
    hubspot.records["contacts"] = {"900": {"email": "ada@acme.example"}}
    finds(sales, who, "later")
    tell(sales)
    finds(sales, who, "earlier")
    before = len(hubspot.asked)
    tell(sales)
    # What it was called before is forgotten, and costs no call any more.
    assert [path for _, path in hubspot.asked[before:]] == [f"{CONTACTS}/update"]
    assert hubspot.records["contacts"]["900"]["warmline_finding"] == "earlier"


@pytest.mark.parametrize("answer", [401, 429, 503])
def test_a_crm_that_is_not_well_is_left_alone_and_told_when_it_is(
    sales: Sales, hubspot: HubSpot, answer: int
) -> None:
    sales.configure(hubspot, events=EVENTS, reads=[], access_token="fixed", client_secret=None)
    hubspot.token = "fixed"
    crowd(sales, 3)
    for _ in range(6):
        hubspot.failures.append((answer, {"message": "not now"}))
    tell(sales)
    for _ in range(12):
        sales.later(hours=10)
        hubspot.failures.clear()
        tell(sales)
    assert tally(sales) == {"delivered": 3}
    with reading(sales.database) as session:
        waiting = select(MessageRow.id).where(MessageRow.topic == Topic.TELL_CRM)
        assert session.execute(waiting).first() is None
        assert endpoints.of_all(session)["crm:crm"].failures == 0


def test_a_mended_entry_has_what_waits_told_at_once(sales: Sales, hubspot: HubSpot) -> None:
    entry = {"events": EVENTS, "reads": [], "client_secret": None}
    sales.configure(hubspot, **entry, access_token="wrong")
    hubspot.token = "right"
    crowd(sales, 2)
    tell(sales)
    for _ in range(5):
        sales.later(hours=1)
        tell(sales)
    assert tally(sales) == {"waiting": 2}
    sales.later(minutes=1)
    sales.configure(hubspot, **entry, access_token="right")
    perform(sales.database, lambda s: crm_writing.hasten(s, sales.now))
    tell(sales)
    assert tally(sales) == {"delivered": 2}


def test_a_call_promised_before_there_were_batches_goes_with_one(
    sales: Sales, hubspot: HubSpot
) -> None:
    sales.configure(hubspot, events=EVENTS, reads=[])
    crowd(sales, 2)
    tell(sales, most=0)
    for call in _keys(sales):
        perform(
            sales.database, lambda s, key=call: setattr(s.get_one(CallRow, key), "due_at", None)
        )
    perform(sales.database, lambda s: s.execute(delete(MessageRow)))
    for who, which in _keys(sales):
        prepared = perform(
            sales.database,
            lambda s, ref=f"{who}/{which}": calls.prepare(s, ref, sales.now, key=KEY),
        )
        assert prepared is None
    tell(sales)
    assert tally(sales) == {"delivered": 2}


def _keys(sales: Sales) -> list[tuple[UUID, UUID]]:
    with reading(sales.database) as session:
        rows = session.execute(select(CallRow.prospect_id, CallRow.id))
        return [(row.prospect_id, row.id) for row in rows]


def test_a_batch_whose_worker_died_is_written_by_another(sales: Sales, hubspot: HubSpot) -> None:
    sales.configure(hubspot, events=EVENTS, reads=[])
    crowd(sales, 3)
    tell(sales, most=0)
    lost = perform(
        sales.database,
        lambda s: crm_writing.prepare(s, "crm", sales.now, secret=sales.settings.secret_key),
    )
    assert isinstance(lost, crm_writing.Batch)
    batch(sales)
    assert tally(sales) == {"waiting": 3}
    sales.later(seconds=60)
    tell(sales)
    assert tally(sales) == {"delivered": 3}
    assert len(hubspot.records["contacts"]) == 3
