"""What a CRM says comes in: owners, customers, open deals, refusals, won and lost; differences are only shown."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import clock
from app.database import Database
from app.door import perform, reading
from app.jobs.drain import drain
from app.sweep import ASKERS
from nurture.proceed import proceed
from prospects import consents, deals, erasure, timeline
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import AccountRow, ActivityRow, ProspectRow
from prospects.topics import Queue
from tests.nurture.flows_for_tests import CONSIDERED
from tests.nurture.world import World
from tests.support.crms import SECONDLY, HubSpot, Salesforce
from tests.support.sales import KEY, MORNING, Sales
from webhooks import crm_asking, crm_recheck

NOON = "2026-03-03T12:00:00.000+0000"


@pytest.fixture
def sales(database: Database, now: datetime, tmp_path: Path) -> Sales:
    return Sales(database, now, tmp_path)


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    with HubSpot() as running:
        running.owners = [
            {"id": "71", "email": "rita@vendor.example"},
            {"id": "72", "email": "otto@vendor.example"},
            {"id": "73", "email": "gone@vendor.example"},
        ]
        yield running


@pytest.fixture
def salesforce() -> Iterator[Salesforce]:
    with Salesforce() as running:
        running.put("User", "005A", MORNING, Email="Rita@vendor.example")
        yield running


def acme(hubspot: HubSpot, changed: str = MORNING, **properties: str) -> None:
    said = {"domain": "acme.example", "name": "Acme", "hubspot_owner_id": "71", **properties}
    hubspot.put("companies", "900", changed, **said)


def deal(hubspot: HubSpot, changed: str = MORNING, its_id: str = "5", **properties: str) -> None:
    said = {"dealname": "50 seats", "amount": "1200", "closedate": "2026-06-30", **properties}
    hubspot.put("deals", its_id, changed, **said)


def ada(hubspot: HubSpot, changed: str = MORNING, **properties: str) -> None:
    said = {"email": "ada@acme.example", "firstname": "Ada", "lastname": "Byron", **properties}
    hubspot.put("contacts", "501", changed, createdate="2025-01-01T00:00:00Z", **said)


def test_owners_and_customers_of_companies_are_known_before_anybody_comes_from_them(
    sales: Sales, hubspot: HubSpot
) -> None:
    acme(hubspot, lifecyclestage="customer")
    hubspot.put("companies", "901", MORNING, name="No domain", hubspot_owner_id="71")
    hubspot.put("companies", "902", MORNING, domain="lake.example", hubspot_owner_id="73")
    sales.configure(hubspot)
    sales.look()
    account = sales.account("acme.example")
    assert account is not None
    assert (account.name, sales.owner(account)) == ("Acme", "Rita")
    assert account.fields["customer"] == "yes"
    # Whoever does not work here owns nothing here.
    assert sales.owner(sales.account("lake.example")) is None
    assert sales.poll().reason is None


def test_of_people_we_know_the_crm_fills_in_what_they_never_said_and_of_others_nothing_is_kept(
    sales: Sales, hubspot: HubSpot
) -> None:
    who = sales.person("ada@acme.example", name="Ada Lovelace")
    ada(hubspot, jobtitle="CTO", hubspot_owner_id="72")
    hubspot.put("contacts", "502", MORNING, email="bob@lake.example", firstname="Bob")
    sales.configure(hubspot)
    sales.look()
    row = sales.prospect(who)
    assert (row.name, row.title, sales.owner(row)) == ("Ada Lovelace", "CTO", "Otto")
    assert sales.conflicts() == [("contact", "name", "Ada Lovelace", "Ada Byron")]
    with reading(sales.database) as session:
        assert len(session.execute(select(ProspectRow)).scalars().all()) == 1


def test_the_masters_word_is_taken_over_until_somebody_changed_it_here_and_then_both_are_shown(
    sales: Sales, hubspot: HubSpot
) -> None:
    acme(hubspot)
    sales.configure(hubspot)
    sales.look()
    acme(hubspot, NOON, hubspot_owner_id="72")
    sales.later(hours=3)
    sales.look()
    assert sales.owner(sales.account("acme.example")) == "Otto"
    rename(sales, "Acme of ours")
    acme(hubspot, "2026-03-03T14:00:00.000+0000", hubspot_owner_id="72", name="Acme Inc")
    sales.later(hours=3)
    sales.look()
    account = sales.account("acme.example")
    assert account is not None
    assert account.name == "Acme of ours"
    assert sales.conflicts() == [("company", "name", "Acme of ours", "Acme Inc")]
    # Settled on our side, it is one no more at the next look, though the CRM says nothing new.
    rename(sales, "acme inc")
    sales.later(hours=3)
    sales.look()
    assert sales.conflicts() == []


def rename(sales: Sales, name: str) -> None:
    perform(sales.database, lambda s: s.execute(update(AccountRow).values(name=name)))


def test_what_is_changed_here_is_shown_at_the_next_look_though_the_crm_says_nothing_new(
    sales: Sales, hubspot: HubSpot
) -> None:
    acme(hubspot)
    ada(hubspot)
    sales.person("ada@acme.example", name="Ada Byron")
    sales.configure(hubspot)
    sales.look()
    assert sales.conflicts() == []
    rename(sales, "Acme of ours")
    sales.later(hours=3)
    sales.person("ada@acme.example", name="Ada Lovelace")
    sales.look()
    assert sales.conflicts() == [
        ("company", "name", "Acme of ours", "Acme"),
        ("contact", "name", "Ada Lovelace", "Ada Byron"),
    ]


def test_of_more_conflicts_than_one_pass_compares_each_has_its_turn(
    sales: Sales, hubspot: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crm_recheck, "MOST", 2)
    for n in range(7):
        said = {"domain": f"firm{n}.example", "name": "Theirs"}
        hubspot.put("companies", f"90{n}", MORNING, **said)
    sales.configure(hubspot)
    sales.look()
    rename(sales, "Ours")
    for left in (2, 4, 6, 7):
        sales.later(hours=3)
        sales.look()
        assert len(sales.conflicts()) >= left
    rename(sales, "Theirs")
    for _ in range(4):
        sales.later(hours=3)
        sales.look()
    assert sales.conflicts() == []


def test_an_open_deal_brings_whom_it_names_and_its_end_says_what_it_was_worth(
    sales: Sales, hubspot: HubSpot
) -> None:
    acme(hubspot)
    ada(hubspot)
    deal(hubspot, hs_is_closed="false")
    hubspot.tied = {("5", "contacts"): ["501"], ("5", "companies"): ["900"]}
    sales.configure(hubspot)
    sales.look()
    with reading(sales.database) as session:
        (row,) = session.execute(select(ProspectRow)).scalars()
        who = ProspectId(row.id)
        assert deals.in_open_deal(session, {who: None}) == {who}
    assert (row.email, row.name, row.warm) == ("ada@acme.example", "Ada Byron", False)
    assert sales.deals() == [("open", "1200.00", "EUR")]
    deal(hubspot, NOON, amount="1500.5", hs_is_closed="true", hs_is_closed_won="true")
    sales.later(hours=3)
    sales.look()
    assert sales.deals() == [("won", "1500.50", "EUR")]
    with reading(sales.database) as session:
        assert deals.in_open_deal(session, {who: None}) == set()
        query = select(ActivityRow).where(ActivityRow.kind == Kind.DEAL)
        told = [row.body for row in session.execute(query.order_by(ActivityRow.id)).scalars()]
    assert [(each["state"], each["amount"]) for each in told] == [
        ("open", "1200.00"),
        ("won", "1500.50"),
    ]


def test_a_deal_that_names_nobody_is_everybodys_at_its_company_and_a_deleted_one_nobodys(
    sales: Sales, hubspot: HubSpot
) -> None:
    who, other = sales.person("ada@acme.example"), sales.person("bob@lake.example")
    acme(hubspot)
    deal(hubspot)
    hubspot.tied = {("5", "companies"): ["900"]}
    sales.configure(hubspot)
    sales.look()
    companies = {each: sales.prospect(each).account_id for each in (who, other)}
    with reading(sales.database) as session:
        assert deals.in_open_deal(session, companies) == {who}  # type: ignore[arg-type]
    hubspot.archived["5"] = "2026-03-03T12:00:00Z"
    sales.later(hours=3)
    sales.look()
    with reading(sales.database) as session:
        assert deals.in_open_deal(session, companies) == set()  # type: ignore[arg-type]
    assert sales.deals() == [("lost", "1200.00", "EUR")]


def test_a_pass_goes_on_where_it_stood_through_limits_expired_tokens_and_failures(
    sales: Sales, hubspot: HubSpot
) -> None:
    for n in range(5):
        hubspot.put("companies", f"9{n}", MORNING, domain=f"firm{n}.example", name=f"Firm {n}")
    sales.configure(hubspot, reads=["customers"])
    sales.later(seconds=0)
    sales.look(most=1)
    hubspot.failures.append((429, SECONDLY))
    assert sales.once()
    assert "429" in (sales.poll().reason or "")
    assert "secondly limit" in (sales.poll().reason or "")
    hubspot.expire()
    given = hubspot.tokens_given
    sales.later(minutes=1)
    sales.look()
    assert hubspot.tokens_given == given + 1
    assert all(sales.account(f"firm{n}.example") for n in range(5))
    assert (sales.poll().reason, sales.poll().cursor) == (None, None)
    # The first page was asked for once.
    assert len(hubspot.asked) == 3 + 2
    sales.later(minutes=1)
    assert sales.look() == 0


def test_a_token_that_no_one_renews_is_said_and_nothing_is_lost(
    sales: Sales, hubspot: HubSpot
) -> None:
    acme(hubspot)
    sales.configure(hubspot, refresh_token=None, access_token="dead")
    sales.look()
    assert "does not let us" in (sales.poll().reason or "")
    sales.configure(hubspot)
    sales.later(hours=1)
    sales.look()
    assert sales.account("acme.example") is not None


def test_salesforce_is_read_by_soql_in_pages_with_what_was_deleted(
    sales: Sales, salesforce: Salesforce
) -> None:
    who = sales.person("ada@acme.example")
    for n in range(3):
        site = f"https://www.firm{n}.example/about"
        salesforce.put("Account", f"001{n}", MORNING, Name=f"Firm {n}", Website=site, Type="Other")
    salesforce.put(
        "Account", "001A", MORNING, Name="Acme", Website="acme.example", OwnerId="005A",
        Type="Customer - Direct",
    )  # fmt: skip
    salesforce.put("Contact", "003A", MORNING, Email="ada@acme.example", Title="CTO")
    salesforce.put("Lead", "00QA", MORNING, Email="eve@lake.example", HasOptedOutOfEmail=True)
    role = {"ContactId": "003A", "Contact": {"Email": "ada@acme.example"}}
    opportunity = {
        "Name": "50 seats", "Amount": 1200.0, "IsClosed": False, "IsWon": False,
        "CloseDate": "2026-06-30", "AccountId": "001A",
        "Account": {"Name": "Acme", "Website": "acme.example"},
        "OpportunityContactRoles": {"done": True, "records": [role]},
    }  # fmt: skip
    salesforce.put("Opportunity", "006A", MORNING, **opportunity)
    sales.configure(salesforce)
    sales.look()
    account = sales.account("acme.example")
    assert account is not None
    assert (sales.owner(account), account.fields) == ("Rita", {"customer": "yes"})
    assert sales.account("firm2.example") is not None
    assert sales.prospect(who).title == "CTO"
    assert sales.deals() == [("open", "1200.00", "EUR")]
    eve = sales.person("eve@lake.example")
    with reading(sales.database) as session:
        assert deals.in_open_deal(session, {who: None, eve: None}) == {who}
        assert set(consents.barred(session, {eve: "eve@lake.example"}, "x", secret=KEY)) == {eve}
    salesforce.put("Opportunity", "006A", NOON, **{**opportunity, "IsDeleted": True})
    salesforce.expire()
    sales.later(hours=3)
    sales.look()
    assert sales.deals() == [("lost", "1200.00", "EUR")]
    with reading(sales.database) as session:
        assert deals.in_open_deal(session, {who: None}) == set()


def test_a_spent_days_limit_of_salesforce_is_waited_for(
    sales: Sales, salesforce: Salesforce
) -> None:
    spent = {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    salesforce.failures.append((403, [spent]))
    salesforce.put("Account", "001A", MORNING, Name="Acme", Website="acme.example")
    sales.configure(salesforce)
    sales.look()
    assert "REQUEST_LIMIT_EXCEEDED" in (sales.poll().reason or "")
    sales.later(minutes=10)
    sales.look()
    assert sales.account("acme.example") is not None


def test_whoever_was_forgotten_is_not_brought_back_by_a_deal(
    sales: Sales, hubspot: HubSpot
) -> None:
    who = sales.person("ada@acme.example")
    perform(sales.database, lambda s: erasure.erase(s, who, sales.now, secret=KEY))
    ada(hubspot)
    acme(hubspot)
    deal(hubspot)
    hubspot.tied = {("5", "contacts"): ["501"], ("5", "companies"): ["900"]}
    sales.configure(hubspot)
    sales.look()
    with reading(sales.database) as session:
        (row,) = session.execute(select(ProspectRow)).scalars()
    assert row.email is None
    assert sales.deals() == [("open", "1200.00", "EUR")]


def test_nobody_in_an_open_deal_enters_a_flow_nor_for_what_they_did_meanwhile(
    session: object, now: datetime
) -> None:
    from sqlalchemy.orm import Session

    from prospects.deals import OpenDeal
    from prospects.timeline import Fact

    assert isinstance(session, Session)
    world = World(session, now)
    world.flow(CONSIDERED)
    who = world.somebody()
    open_deal = OpenDeal(deal="crm/5", account_id=None, names_people=True, people=(who,))
    deals.opened(session, [open_deal])
    world.happens(who, "form", form="guide")
    assert not world.react(who)[who].enrolled
    deals.closed(session, ["crm/5"])
    world.now = world.now.replace(hour=12)
    lost = {"crm": "crm", "deal": "5", "state": "lost"}
    fact = Fact(
        prospect_id=who, kind=Kind.DEAL, happened_at=world.now, source="crm:crm", key="l", body=lost
    )
    timeline.record(session, [fact], world.now)
    assert not world.react(who)[who].enrolled
    world.now = world.now.replace(hour=13)
    world.happens(who, "form", form="guide")
    assert world.react(who)[who].enrolled
    assert proceed(session, [], world.now) == {}


def test_a_worker_makes_the_whole_pass_once_the_sweep_has_planned_it(
    sales: Sales, hubspot: HubSpot
) -> None:
    acme(hubspot)
    ada(hubspot)
    deal(hubspot)
    hubspot.tied = {("5", "contacts"): ["501"], ("5", "companies"): ["900"]}
    sales.configure(hubspot)
    present = clock.now()
    assert [each for each in ASKERS if sales.reads(each, present)] == [crm_asking]
    perform(sales.database, lambda s: crm_asking.plan(s, present, secret=KEY))
    drain(sales.database, sales.settings, Queue.OUTSIDE)
    assert sales.poll().reason is None
    assert sales.poll().cursor is None
    assert sales.deals() == [("open", "1200.00", "EUR")]
    assert not sales.reads(crm_asking, present)
