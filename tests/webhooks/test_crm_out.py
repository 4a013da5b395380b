"""A CRM is told of people as they stand: one record under one external id, each key once, refusals with their reason."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.door import perform, reading
from app.jobs import hooks as jobs
from prospects import consents, erasure
from prospects.consents import Consent
from prospects.kinds import Kind
from prospects.topics import Topic
from tests.support.crms import SECONDLY, HubSpot, Salesforce
from tests.support.sales import KEY, MORNING, Sales
from tests.webhooks.crm_telling import (
    CONTACTS,
    EVENTS,
    fates,
    finds,
    happens,
    hubspot,
    refs,
    sales,
    salesforce,
    tell,
)
from webhooks import redrive
from webhooks.call_rows import CallAttemptRow

__all__ = ["hubspot", "sales", "salesforce"]


def test_a_person_is_made_once_under_our_id_with_claim_finding_and_outcome_apart(
    sales: Sales, hubspot: HubSpot
) -> None:
    sales.configure(hubspot, events=EVENTS, reads=[])
    who = sales.person("ada@acme.example", name="Ada M. Byron", title="CTO")
    finds(sales, who)
    tell(sales)
    (contact,) = hubspot.records["contacts"].values()
    assert contact["warmline_id"] == str(who)
    assert (contact["firstname"], contact["lastname"]) == ("Ada M.", "Byron")
    assert (contact["warmline_finding"], contact["warmline_finding_stage"]) == (
        "confirmed",
        "decision",
    )
    assert contact["warmline_outcome"] == ""
    assert "secret" not in str(contact)
    happens(sales, who, Kind.OUTCOME, result="won", amount="1200.50", currency="EUR")
    before = len(hubspot.asked)
    tell(sales)
    # Met once, it is written to at once by its own id.
    assert [path for _, path in hubspot.asked[before:]] == [f"{CONTACTS}/update"]
    (contact,) = hubspot.records["contacts"].values()
    assert (contact["warmline_outcome"], contact["warmline_outcome_amount"]) == ("won", "1200.50")
    assert contact["warmline_finding"] == "confirmed"


def test_a_contact_that_was_there_is_found_by_address_and_keeps_its_own_words(
    sales: Sales, hubspot: HubSpot
) -> None:
    hubspot.put("contacts", "77", MORNING, email="ada@acme.example", jobtitle="Countess")
    sales.configure(hubspot, events=EVENTS, reads=[])
    who = sales.person("ada@acme.example", title="CTO")
    finds(sales, who)
    tell(sales)
    (contact,) = hubspot.records["contacts"].values()
    assert (contact["jobtitle"], contact["warmline_id"]) == ("Countess", str(who))
    # Deleted there, it is made anew under the same id.
    del hubspot.records["contacts"]["77"]
    finds(sales, who, "later")
    tell(sales)
    (contact,) = hubspot.records["contacts"].values()
    assert (contact["warmline_id"], contact["warmline_finding"]) == (str(who), "later")


def test_what_a_crm_refuses_is_shown_with_its_reason_and_told_again_after_mending(
    sales: Sales, hubspot: HubSpot
) -> None:
    hubspot.known = hubspot.known - {"warmline_finding"}
    sales.configure(hubspot, events=EVENTS, reads=[])
    finds(sales, sales.person("ada@acme.example"))
    tell(sales)
    ((state, reason),) = fates(sales)
    assert state == "dead"
    assert reason is not None
    assert "VALIDATION_ERROR" in reason
    assert 'warmline_finding\\" does not exist' in reason
    assert "ada@" not in reason
    with reading(sales.database) as session:
        tries = session.execute(select(CallAttemptRow)).scalars().all()
        assert {(row.status, "ada@" in (row.answer or "")) for row in tries} == {(400, False)}
    hubspot.known = hubspot.known | {"warmline_finding"}
    perform(sales.database, lambda s: redrive.all_dead(s, "crm:crm", sales.now))
    tell(sales)
    assert fates(sales) == [("delivered", None)]
    assert len(hubspot.records["contacts"]) == 1


def test_a_busy_crm_is_tried_again_and_an_expired_token_got_anew(
    sales: Sales, hubspot: HubSpot
) -> None:
    hubspot.failures.append((429, SECONDLY))
    sales.configure(hubspot, events=EVENTS, reads=[])
    finds(sales, sales.person("ada@acme.example"))
    tell(sales)
    assert fates(sales) == [("waiting", "status 429")]
    sales.later(seconds=9)
    before = len(hubspot.asked)
    tell(sales)
    assert len(hubspot.asked) == before, "HubSpot counts ten seconds"
    sales.later(seconds=11)
    tell(sales)
    assert fates(sales) == [("delivered", None)]
    hubspot.expire()
    finds(sales, sales.person("bob@lake.example"))
    tell(sales)
    assert {row["email"] for row in hubspot.records["contacts"].values()} == {
        "ada@acme.example",
        "bob@lake.example",
    }


def test_salesforce_gets_a_lead_by_external_id_or_the_contact_it_has(
    sales: Sales, salesforce: Salesforce
) -> None:
    salesforce.put("Contact", "003A", MORNING, Email="o'hara@acme.example", Title="Countess")
    sales.configure(salesforce, events=EVENTS, reads=[])
    scarlett, rhett = sales.person("o'hara@acme.example"), sales.person("rhett@lake.example")
    finds(sales, scarlett)
    finds(sales, rhett, "earlier")
    tell(sales)
    (contact,) = salesforce.records["Contact"].values()
    assert contact["Warmline_Id__c"] == str(scarlett)
    assert (contact["Title"], contact["Warmline_Finding__c"]) == ("Countess", "confirmed")
    (lead,) = salesforce.records["Lead"].values()
    assert lead["Warmline_Id__c"] == str(rhett)
    assert (lead["LastName"], lead["Company"]) == ("[not provided]", "[not provided]")
    assert lead["Warmline_Finding__c"] == "earlier"
    salesforce.no_fields = True
    finds(sales, rhett, "later")
    tell(sales)
    reason = fates(sales)[-1][1]
    assert reason is not None
    assert "INVALID_FIELD" in reason


def test_a_refusal_goes_out_and_the_forgotten_are_told_of_no_more(
    sales: Sales, salesforce: Salesforce
) -> None:
    sales.configure(salesforce, events=EVENTS, reads=[])
    who, gone = sales.person("ada@acme.example"), sales.person("bob@lake.example")
    finds(sales, gone)
    announced = refs(sales, Topic.ANNOUNCE)
    perform(sales.database, lambda s: jobs.announce(s, announced, sales.now, sales.settings))
    perform(sales.database, lambda s: erasure.erase(s, gone, sales.now, secret=KEY))

    def refuse(session: Session) -> None:
        said = Consent(
            prospect_id=who,
            topic="*",
            given=False,
            text=None,
            at=sales.now,
            source="site",
            key="no",
        )
        consents.record(session, [said], sales.now)

    perform(sales.database, refuse)
    tell(sales)
    (lead,) = salesforce.records["Lead"].values()
    assert (lead["Email"], lead["HasOptedOutOfEmail"]) == ("ada@acme.example", True)
    assert lead["Warmline_Do_Not_Contact__c"] is True
