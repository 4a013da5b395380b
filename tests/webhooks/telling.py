"""A workspace that tells one ad platform, whose jobs run when they are told to."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs import convert, hooks
from app.jobs.errand import Done
from app.settings import Settings
from prospects import configuration, consents, timeline
from prospects.announcing import DESTINATION
from prospects.consents import Consent
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.sealing import seal
from prospects.timeline import Fact
from prospects.topics import Topic
from tests.support.ad_platforms import (
    AdPlatform,
)
from tests.webhooks.test_outbound import LOOPBACK
from webhooks.conversion_rows import ConversionRow

KEY = "k" * 40
SOURCES = {
    "meta_conversions": "meta_lead_ads",
    "google_conversions": "google_lead_form",
    "linkedin_conversions": "linkedin_lead_gen",
    "tiktok_conversions": "tiktok_lead",
}


class Office:
    """One workspace whose jobs run when they are told to."""

    def __init__(self, database: Database, now: datetime, folder: Path) -> None:
        self.database, self.now, self.people = database, now, 0
        self.settings = Settings(
            data=folder, database_url="", secret_key=KEY, egress_allow=LOOPBACK
        )

    def configure(self, kind: str, platform: AdPlatform, **entry: Any) -> None:
        """The source by which people come, and the destination that is told, as `apply` keeps them."""
        body = {
            "kind": kind,
            "account": "1122334455",
            "consent": "ads",
            "access_token": seal(KEY, platform.token),
            "api_base_url": platform.url,
            "events": {"confirmed": "1", "won": {"name": "2", "value": 150, "currency": "EUR"}},
            **entry,
        }
        write = partial(configuration.write, now=self.now, by="test")
        source = {"kind": SOURCES[kind]}
        perform(self.database, lambda s: write(s, "source", "ads", source))
        perform(self.database, lambda s: write(s, DESTINATION, "there", body))

    def person(self, *, agrees: bool = True, source: str = "ads", **body: Any) -> ProspectId:
        """Somebody who came by the platform's lead form, and ticked its box or not."""
        self.people += 1
        n, who = self.people, ProspectId(new_id(self.now))

        def work(session: Session) -> None:
            row = ProspectRow(id=who, email=f"ada{n}@acme.example", fields={})
            row.created_at = row.changed_at = self.now
            session.add(row)
            session.flush()
            said = Consent(
                prospect_id=who,
                topic="ads",
                given=agrees,
                text="x",
                at=self.now,
                source=source,
                key="1",
            )
            consents.record(session, [said], self.now)
            self._happens(session, who, Kind.FORM, source, {"lead_id": f"{10**15 + n}", **body})

        perform(self.database, work)
        return who

    def _happens(
        self, session: Session, who: ProspectId, kind: Kind, source: str, body: dict[str, Any]
    ) -> None:
        key = f"{kind}:{body}"
        fact = Fact(
            prospect_id=who, kind=kind, happened_at=self.now, source=source, key=key, body=body
        )
        timeline.record(session, [fact], self.now, ring=False)

    def happens(self, who: ProspectId, kind: Kind, **body: Any) -> None:
        perform(self.database, lambda s: self._happens(s, who, kind, "rep", body))

    def finds(self, who: ProspectId, verdict: str = "confirmed", handoff: str = "h") -> None:
        self.happens(who, Kind.VERDICT, handoff=handoff, rep="r", verdict=verdict, fact="secret")

    def announce(self) -> None:
        """Everything that waits to be announced, twice, as after a lost lease."""
        with reading(self.database) as session:
            query = select(MessageRow.ref).where(MessageRow.topic == Topic.ANNOUNCE)
            refs = session.execute(query).scalars().all()
        for _ in range(2):
            perform(self.database, lambda s: hooks.announce(s, refs, self.now, self.settings))

    def once(self, ref: str = "there") -> Any:
        """One call, as a worker makes it; None when there is nothing to tell."""
        errand = convert.ERRAND
        batch = perform(self.database, lambda s: errand.prepare(s, ref, self.now, self.settings))
        if batch is None:
            return None
        came = errand.act(batch, self.settings)
        return perform(
            self.database, lambda s: errand.settle(s, batch, came, self.now, self.settings)
        )

    def tell(self) -> int:
        """Announce, and call until nothing is left or the platform cannot now; how many calls."""
        self.announce()
        calls = 0
        while isinstance(self.once(), Done):
            calls += 1
        return calls

    def fates(self) -> list[tuple[str, str | None]]:
        with reading(self.database) as session:
            rows = session.execute(select(ConversionRow).order_by(ConversionRow.id)).scalars()
            return [(row.state, row.reason) for row in rows]
