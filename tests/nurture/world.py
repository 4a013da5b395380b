"""A workspace with flows and people, at an hour of its own, for tests that move time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture import flows
from nurture.proceed import proceed
from nurture.rows import EnrollmentRow, SendRow
from prospects import configuration, timeline
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.values import Plan


class World:
    """A workspace with one person, at an hour of its own."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now
        self._facts = 0

    def flow(self, document: dict[str, Any]) -> None:
        configuration.write(self.session, "flow", document["flow"], document, self.now, by="test")
        flows.publish(self.session, document["flow"], document, self.now)

    def somebody(self, **known: Any) -> ProspectId:
        who = ProspectId(new_id(self.now))
        row = ProspectRow(id=who, email=f"{who.hex}@buyer.example", fields={})
        row.created_at = row.changed_at = self.now
        for name, value in known.items():
            setattr(row, name, value)
        self.session.add(row)
        self.session.flush()
        return who

    def happens(self, who: ProspectId, kind: str, **body: Any) -> None:
        self._facts += 1
        fact = Fact(
            prospect_id=who,
            kind=Kind(kind),
            happened_at=self.now,
            source="test",
            key=str(self._facts),
            body=body,
        )
        timeline.record(self.session, [fact], self.now)

    def react(self, *who: ProspectId, after: timedelta = timedelta(0)) -> dict[ProspectId, Plan]:
        self.now += after
        seen = timeline.lock_and_see(self.session, who, self.now).snapshots
        plans = proceed(self.session, seen, self.now)
        self.session.flush()
        self.session.expire_all()
        return plans

    def rows(self, row: Any, who: ProspectId) -> list[Any]:
        return list(self.session.execute(select(row).where(row.prospect_id == who)).scalars())

    def enrollment(self, who: ProspectId) -> EnrollmentRow:
        (found,) = self.rows(EnrollmentRow, who)
        assert isinstance(found, EnrollmentRow)
        return found

    def steps_mailed(self, who: ProspectId) -> list[str]:
        sends = sorted(self.rows(SendRow, who), key=lambda send: send.planned_at)
        return [send.step for send in sends]
