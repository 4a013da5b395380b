"""A vendor with CRMs beside it, and what tells these as a worker does."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.database import Database
from app.door import perform, reading
from app.jobs import crm
from app.jobs import hooks as jobs
from app.jobs.errand import Done
from prospects import people, timeline
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.timeline import Fact
from prospects.topics import Topic
from tests.support.crms import HubSpot, Salesforce
from tests.support.sales import KEY, Sales
from webhooks.adapter import About, Read
from webhooks.call_rows import CallRow
from webhooks.leads import lead_of

CONTACTS = "crm/v3/objects/contacts/batch"
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


def tell(sales: Sales, most: int = 40) -> None:
    """Announce all twice, as after a lost lease, and keep every promise that is due, each settled twice."""
    announced = refs(sales, Topic.ANNOUNCE)
    for _ in range(2):
        perform(sales.database, lambda s: jobs.announce(s, announced, sales.now, sales.settings))
    for _ in range(most):
        if not once(sales):
            return
    assert not most, "it has no end"


def once(sales: Sales) -> bool:
    """The next batch for the CRM, if one is promised for now."""
    with reading(sales.database) as session:
        query = select(MessageRow).where(MessageRow.topic == Topic.TELL_CRM)
        due = [row.id for row in session.execute(query).scalars() if row.due_at <= sales.now]
    if not due:
        return False
    perform(sales.database, lambda s: [s.delete(s.get(MessageRow, each)) for each in due])
    batch(sales)
    return True


def batch(sales: Sales) -> None:
    errand, settings = crm.TELL, sales.settings
    found = perform(sales.database, lambda s: errand.prepare(s, "crm", sales.now, settings))
    # Who comes meanwhile finds one under way.
    assert perform(sales.database, lambda s: errand.prepare(s, "crm", sales.now, settings)) is None
    if found is None:
        return
    came = errand.act(found, settings)
    done = perform(sales.database, lambda s: errand.settle(s, found, came, sales.now, settings))
    assert done == Done()


def fates(sales: Sales) -> list[tuple[str, str | None]]:
    with reading(sales.database) as session:
        rows = session.execute(select(CallRow).order_by(CallRow.id)).scalars()
        return [(row.state, row.reason) for row in rows]


def crowd(sales: Sales, count: int) -> list[ProspectId]:
    """So many people, of each of whom a finding is told."""
    reads = [
        Read(
            space="x",
            key=f"p{n}",
            label=f"p{n}",
            about=About(email=f"p{n:03d}@acme.example"),
            kind=Kind.FORM,
            happened_at=sales.now,
        )
        for n in range(count)
    ]
    leads = [lead for n, each in enumerate(reads) if (lead := lead_of(each, str(n)))]
    wanted = [each for each in leads if not isinstance(each, str)]
    found = perform(sales.database, lambda s: people.resolve(s, wanted, sales.now, secret=KEY))
    who = [each.prospect_id for each in found if each.prospect_id is not None]
    facts = [
        Fact(
            prospect_id=each,
            kind=Kind.VERDICT,
            happened_at=sales.now,
            source="rep",
            key=str(each),
            body={"handoff": "h", "rep": "r", "verdict": "confirmed"},
        )
        for each in who
    ]
    perform(sales.database, lambda s: timeline.record(s, facts, sales.now, ring=False))
    return who


def tally(sales: Sales) -> Counter[str]:
    """How many calls are in which state."""
    return Counter(state for state, _ in fates(sales))
