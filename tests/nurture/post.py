"""A workspace with a flow of one mail and a real mail server, for tests of sending."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.database import Database
from app.door import perform, reading, unit_of_work
from app.jobs.drain import drain
from app.settings import Settings
from nurture import flows, switches
from nurture.proceed import proceed
from nurture.rows import SendRow
from nurture.sending import SendRef
from nurture.templates import read_mail
from prospects import configuration, team, timeline
from prospects.ids import ProspectId, SendId, new_id
from prospects.kinds import Kind
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.timeline import Fact
from prospects.topics import Queue, Topic
from tests.nurture.mail_server import Sink

SECRET = "s" * 40
HELLO = (
    "---\nsubject: Hello {{ first_name }}\nfrom: Acme <hi@acme.example>\n---\n<p>Hi {{ name }}</p>"
)
FLOW = {
    "flow": "f",
    "enter": {"activity": "form"},
    "steps": [{"id": "hello", "mail": {"template": "hello", "topic": "news"}}],
}


class Post:
    """A workspace with a flow of one mail, and a real mail server."""

    def __init__(self, database: Database, folder: Path, url: str | None, sink: Sink) -> None:
        self.database = database
        self.sink = sink
        self.settings = Settings(
            data=folder,
            database_url=str(database.engine.url),
            secret_key=SECRET,
            base_url="https://warm.example",
            smtp_url=url,
        )
        perform(database, self._set_up)

    def _set_up(self, session: Session) -> None:
        now = clock.now() - timedelta(minutes=1)
        configuration.write(session, "flow", "f", FLOW, now, by="test")
        configuration.write(session, "mail", "hello", read_mail(HELLO), now, by="test")
        flows.publish(session, "f", FLOW, now)
        team.save(session, [{"email": "rita@acme.example", "name": "Rita"}], now)

    def live(self) -> None:
        perform(self.database, lambda s: switches.go_live(s, clock.now(), by="test"))

    def planned(self, email: str = "ada@buyer.example") -> SendRef:
        """A mail that a flow has just planned for somebody new."""
        now = clock.now()
        who = ProspectId(new_id(now))

        def work(session: Session) -> SendRef:
            row = ProspectRow(id=who, email=email, name="Ada Lovelace", fields={})
            row.created_at = row.changed_at = now
            session.add(row)
            session.flush()
            fact = Fact(prospect_id=who, kind=Kind.FORM, happened_at=now, source="t", key="1")
            timeline.record(session, [fact], now, ring=False)
            proceed(session, timeline.lock_and_see(session, [who], now).snapshots, now)
            which = session.execute(select(SendRow.id).where(SendRow.prospect_id == who))
            return SendRef(who, SendId(which.scalar_one()))

        return perform(self.database, work)

    def drain(self) -> None:
        drain(self.database, self.settings, Queue.OUTSIDE)

    def send(self, ref: SendRef) -> SendRow:
        with reading(self.database) as session:
            found = session.get(SendRow, (ref.prospect_id, ref.send_id))
            assert found is not None
            return found

    def messages(self) -> list[MessageRow]:
        with reading(self.database) as session:
            asked = select(MessageRow).where(MessageRow.topic == Topic.MAIL)
            return list(session.execute(asked).scalars())

    def lease_over(self, ref: SendRef) -> None:
        """As if the time that a hand-over may take had passed."""
        with unit_of_work(self.database) as session:
            past = clock.now() - timedelta(seconds=1)
            session.execute(update(SendRow).values(lease_until=past))
            session.execute(update(MessageRow).values(due_at=past, lease=None))
