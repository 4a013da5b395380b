"""Deliveries by the thousand: kept as the door keeps them, a batch in one transaction, and read."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.web.intake import Intake
from prospects.ids import DeliveryId
from tests.support.senders import HERE, Sent
from webhooks.adapter import Incoming, Refused, Verified
from webhooks.ingest import ingest
from webhooks.kinds.registry import ADAPTERS
from webhooks.receive import Kept, arrival, receive
from webhooks.sources import Source

T = TypeVar("T")
BATCH = 500


def keep(
    database: Database, intake: Intake, some: Sequence[Sent], now: datetime, *, secret: str
) -> list[Kept]:
    """Judge and keep these. Everybody here is believed."""
    intake.refresh(older_than=0)

    def work(part: Sequence[Sent], session: Session) -> list[Kept]:
        return [_keep(session, intake, each, now, secret) for each in part]

    return [kept for part in batches(some) for kept in perform(database, partial(work, part))]


def judged(intake: Intake, sent: Sent, now: datetime) -> Verified | Refused:
    """What its source says of it."""
    request, source = _arrived(intake, sent)
    return ADAPTERS[source.kind].verify(request, source, now)


def _arrived(intake: Intake, sent: Sent) -> tuple[Incoming, Source]:
    slug, _, token = sent.path.removeprefix("/webhooks/").partition("/")
    source = intake.source(slug)
    assert source, slug
    headers = {name.lower(): value for name, value in sent.headers.items()}
    address = (HERE + sent.path,)
    request = Incoming("POST", headers, {}, sent.body, token or None, address, intake.certificates)
    return request, source


def _keep(session: Session, intake: Intake, sent: Sent, now: datetime, secret: str) -> Kept:
    request, source = _arrived(intake, sent)
    adapter, verified = ADAPTERS[source.kind], judged(intake, sent, now)
    assert not isinstance(verified, Refused), (sent.path, verified)
    arrived = arrival(request, source, verified, now, secret=secret, keeps=adapter.keeps)
    return receive(session.connection(), arrived, now)


def read(database: Database, ids: Sequence[DeliveryId], now: datetime, *, secret: str) -> None:
    """Understand these, in batches."""
    for part in batches(ids):
        perform(database, partial(ingest, delivery_ids=part, now=now, secret=secret))


def batches(some: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(some), BATCH):
        yield some[start : start + BATCH]
