"""One workspace with a CRM beside it, whose jobs run when they are told to."""

from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import select

from app.database import Database
from app.door import perform, reading
from app.jobs import crm as jobs
from app.settings import Settings
from prospects import configuration, people, team
from prospects.announcing import DESTINATION
from prospects.ids import ProspectId
from prospects.message import MessageRow
from prospects.rows import AccountRow, OpportunityRow, ProspectRow
from prospects.sealing import seal
from prospects.topics import Topic
from prospects.values import Person
from tests.support.crms import HubSpot, Salesforce
from tests.webhooks.test_outbound import LOOPBACK
from webhooks import crm_asking
from webhooks.adapter import About, Read
from webhooks.crm_rows import ConflictRow
from webhooks.leads import lead_of
from webhooks.poll_rows import SourcePollRow

KEY = "k" * 40
BOTH = ["owners", "customers", "deals", "do_not_contact"]
MORNING = "2026-03-03T09:00:00.000+0000"
"""When things changed in the CRM: an hour before the tests begin."""


class Sales:
    """A vendor with Rita and Otto, and a CRM called `crm`."""

    def __init__(self, database: Database, now: datetime, folder: Path) -> None:
        self.database, self.now = database, now
        self.settings = Settings(
            data=folder, database_url="", secret_key=KEY, egress_allow=LOOPBACK
        )
        colleagues = [
            {"email": f"{name}@vendor.example", "name": name.title(), "roles": ["rep"]}
            for name in ("rita", "otto")
        ]
        perform(database, lambda s: team.save(s, colleagues, now))

    def configure(self, there: HubSpot | Salesforce, **entry: Any) -> None:
        """The CRM as `apply` keeps it."""
        body = {
            "kind": "hubspot" if isinstance(there, HubSpot) else "salesforce",
            "client_id": "app",
            "client_secret": seal(KEY, f"{there.url}-secret"),
            "refresh_token": seal(KEY, "a-refresh-token"),
            "token_url": f"{there.url}/token",
            "api_base_url": there.url,
            "account": "4400001",
            "currency": "EUR",
            "reads": BOTH,
            **entry,
        }
        perform(
            self.database,
            lambda s: configuration.write(s, DESTINATION, "crm", body, self.now, by="test"),
        )

    def person(self, email: str, **said: Any) -> ProspectId:
        """Somebody who filled in a form."""
        read = Read(
            space="x",
            key=email,
            label=email,
            about=About(email=email, **said),
            kind="form",  # type: ignore[arg-type]
            happened_at=self.now,
        )
        lead = lead_of(read, "1")
        assert not isinstance(lead, str)
        (found,) = perform(self.database, lambda s: people.resolve(s, [lead], self.now, secret=KEY))
        assert found.prospect_id is not None
        assert isinstance(lead.person, Person)
        return found.prospect_id

    def look(self, *, most: int = 60) -> int:
        """A whole pass, as the sweep and the workers make it; how many calls."""
        perform(self.database, lambda s: crm_asking.plan(s, self.now, secret=KEY))
        calls = 0
        while calls < most and self.once():
            calls += 1
        return calls

    def once(self) -> bool:
        """The next promised call, done twice over as after a lost lease; False if none is due."""
        with reading(self.database) as session:
            query = select(MessageRow).where(MessageRow.topic == Topic.ASK_CRM)
            due = [row.id for row in session.execute(query).scalars() if row.due_at <= self.now]
        if not due:
            return False
        perform(self.database, lambda s: [s.delete(s.get(MessageRow, each)) for each in due])
        errand, settings = jobs.ASK, self.settings
        question = perform(self.database, lambda s: errand.prepare(s, "crm", self.now, settings))
        if question is None:
            return True
        came = errand.act(question, settings)
        for _ in range(2):
            perform(self.database, lambda s: errand.settle(s, question, came, self.now, settings))
        return True

    def later(self, **much: float) -> None:
        self.now += timedelta(**much)

    def reads(self, asker: ModuleType, at: datetime) -> bool:
        """Whether anything is due to be asked."""
        with reading(self.database) as session:
            return bool(asker.due(session, at, secret=KEY))

    def poll(self) -> SourcePollRow:
        with reading(self.database) as session:
            return session.get_one(SourcePollRow, "crm:crm")

    def prospect(self, who: ProspectId) -> ProspectRow:
        with reading(self.database) as session:
            return session.get_one(ProspectRow, who)

    def account(self, domain: str) -> AccountRow | None:
        with reading(self.database) as session:
            query = select(AccountRow).where(AccountRow.domain == domain)
            return session.execute(query).scalar_one_or_none()

    def owner(self, row: AccountRow | ProspectRow | None) -> str | None:
        assert row is not None
        with reading(self.database) as session:
            names = {each.id: each.name for each in team.members(session)}
        return names.get(row.owner_id) if row.owner_id else None  # type: ignore[arg-type]

    def deals(self) -> list[tuple[str, str | None, str | None]]:
        with reading(self.database) as session:
            rows = session.execute(select(OpportunityRow).order_by(OpportunityRow.product))
            return [
                (row.state, f"{row.amount}" if row.amount is not None else None, row.currency)
                for row in rows.scalars()
            ]

    def conflicts(self) -> list[tuple[str, str, str, str]]:
        with reading(self.database) as session:
            rows = session.execute(
                select(ConflictRow).order_by(ConflictRow.kind, ConflictRow.field)
            ).scalars()
            return [(row.kind, row.field, row.ours, row.theirs) for row in rows]
