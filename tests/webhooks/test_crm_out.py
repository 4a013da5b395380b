"""A CRM is told of people as they stand: one record under one external id, each key once, refusals with their reason."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs import hooks as jobs
from app.jobs.errand import Done, GiveUp, PutOff
from prospects import consents, erasure, timeline
from prospects.consents import Consent
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.timeline import Fact
from prospects.topics import Topic
from tests.support.crms import SECONDLY, HubSpot, Salesforce
from tests.support.sales import KEY, MORNING, Sales
from webhooks import redrive
from webhooks.call_rows import CallAttemptRow, CallRow

EVENTS = ["handoff.confirmed", "handoff.won", "handoff.lost", "consent.changed"]


@pytest.fixture
def sales(database: Database, now: datetime, tmp_path: Path) -> Sales:
    return Sales(database, now, tmp_path)


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    with HubSpot() as running:
        yield running


@pytest.fixture
def salesforce() -> Iterator[Salesforce]:
    with Salesforce() as running:
        yield running


def happens(sales: Sales, who: ProspectId, kind: Kind, **body: Any) -> None:
    fact = Fact(
        prospect_id=who,
        kind=kind,
        happened_at=sales.now,
        source="rep",
        key=f"{kind}:{body}",
        body={"handoff": "h", "rep": "r", **body},
    )
    perform(sales.database, lambda s: timeline.record(s, [fact], sales.now, ring=False))


def finds(sales: Sales, who: ProspectId, verdict: str = "confirmed") -> None:
    happens(sales, who, Kind.VERDICT, verdict=verdict, stage_found="decision", fact="secret")


def refs(sales: Sales, topic: Topic) -> list[str]:
    with reading(sales.database) as session:
        query = select(MessageRow.ref).where(MessageRow.topic == topic).order_by(MessageRow.id)
        return list(session.execute(query).scalars())


def tell(sales: Sales) -> list[Any]:
    """Announce all twice, as after a lost lease, and make each call twice."""
    announced = refs(sales, Topic.ANNOUNCE)
    for _ in range(2):
        perform(sales.database, lambda s: jobs.announce(s, announced, sales.now, sales.settings))
    return [once(sales, ref) for ref in dict.fromkeys(refs(sales, Topic.CALL)) for _ in range(2)]


def once(sales: Sales, ref: str) -> Any:
    errand, settings = jobs.CALL, sales.settings
    call = perform(sales.database, lambda s: errand.prepare(s, ref, sales.now, settings))
    if call is None:
        return None
    came = errand.act(call, settings)
    return perform(sales.database, lambda s: errand.settle(s, call, came, sales.now, settings))


def fates(sales: Sales) -> list[tuple[str, str | None]]:
    with reading(sales.database) as session:
        rows = session.execute(select(CallRow).order_by(CallRow.id)).scalars()
        return [(row.state, row.reason) for row in rows]


def test_a_person_is_made_once_under_our_id_with_claim_finding_and_outcome_apart(
    sales: Sales, hubspot: HubSpot
) -> None:
    sales.configure(hubspot, events=EVENTS, reads=[])
    who = sales.person("ada@acme.example", name="Ada M. Byron", title="CTO")
    finds(sales, who)
    assert tell(sales) == [Done(), None]
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
    assert [each for each in tell(sales) if each] == [Done()]
    # Met once, it is written to at once by its own id.
    assert [path for _, path in hubspot.asked[before:]] == ["crm/v3/objects/contacts/501"]
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
    first, *_ = tell(sales)
    assert isinstance(first, GiveUp)
    ((state, reason),) = fates(sales)
    assert state == "dead"
    assert reason is not None
    assert "VALIDATION_ERROR" in reason
    assert '"warmline_finding" does not exist' in reason
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
    first, second = tell(sales)
    assert isinstance(first, PutOff)
    assert second == Done()
    hubspot.expire()
    finds(sales, sales.person("bob@lake.example"))
    assert [each for each in tell(sales) if each] == [Done()]
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
    assert any(isinstance(each, GiveUp) for each in tell(sales))
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
