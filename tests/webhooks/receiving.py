"""A program that is told, and what makes calls to it as a worker does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from prospects.ids import ProspectId, new_id
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.timeline import Fact, record
from tests.webhooks.test_outbound import served
from webhooks import calls, happenings, hooks
from webhooks.call_rows import CallRow
from webhooks.calls import Came
from webhooks.endpoints import Shut
from webhooks.events import Event

KEY = "k" * 40
SECRET = hooks.fresh_secret()
LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass
class Receiver:
    """A program that keeps what it is told and answers as it is set to."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def view(self) -> Response:
        sent = {name.lower(): value for name, value in request.headers.items()}
        self.told.append((sent, request.get_data()))
        return Response(self.body, status=self.status, headers=self.headers)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    with served(found.view) as url:
        found.url = url
        yield found


@pytest.fixture
def ada(database: Database, now: datetime) -> ProspectId:
    who = ProspectId(new_id(now))

    def work(session: Session) -> None:
        row = ProspectRow(id=who, email="ada@acme.example", fields={})
        row.created_at = row.changed_at = now
        session.add(row)

    perform(database, work)
    return who


def hook(database: Database, url: str, now: datetime, *events: Event) -> None:
    wanted = events or tuple(Event)
    save = partial(
        hooks.save, slug="crm", now=now, url=url, events=wanted, secret=SECRET, key=KEY, by="test"
    )
    perform(database, save)


def happens(database: Database, who: ProspectId, now: datetime, kind: Kind = Kind.OFFERED) -> str:
    """An offer or a verdict on the record; returns what there is to announce."""
    body = {"handoff": "h", "rep": "r", "lane": "fast", "fact": "secret words", "spoke_with": "Ada"}
    fact = Fact(prospect_id=who, kind=kind, happened_at=now, source="test", key=str(now), body=body)

    def work(session: Session) -> str:
        record(session, [fact], now, ring=False)
        query = select(ActivityRow.id).where(ActivityRow.key == str(now))
        return f"{who}/{session.execute(query).scalar_one()}"

    return perform(database, work)


def announced(database: Database, ref: str, now: datetime) -> list[str]:
    """The calls that are made of an activity, as refs."""
    perform(database, lambda s: calls.announce(s, happenings.read(s, [ref]), now, secret=KEY))
    with reading(database) as session:
        rows = session.execute(select(CallRow).order_by(CallRow.id)).scalars()
        return [f"{row.prospect_id}/{row.id}" for row in rows]


def attempt(database: Database, ref: str, now: datetime) -> Any:
    """One attempt, as a worker makes it."""
    call = perform(database, lambda session: calls.prepare(session, ref, now, key=KEY))
    if call is None or isinstance(call, Shut):
        return call
    came = Came(calls.act(call, allow=LOOPBACK), 5)
    return perform(database, lambda session: calls.settle(session, call, came, now))


def row(database: Database) -> CallRow:
    with reading(database) as session:
        return session.execute(select(CallRow)).scalar_one()
