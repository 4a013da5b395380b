"""Deliveries by the thousand: kept as the door keeps them, a batch in one transaction, and read."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.door import perform
from prospects.ids import DeliveryId
from tests.support.senders import HERE, Sent
from tests.webhooks.support import SECRET_KEY
from tests.webhooks.world import World
from webhooks.adapter import Incoming, Refused
from webhooks.ingest import ingest
from webhooks.kinds.registry import ADAPTERS
from webhooks.receive import arrival, receive

BATCH = 500


def keep(world: World, some: Sequence[Sent]) -> list[tuple[DeliveryId, bool]]:
    """Judge and keep these; the id of each, and whether it was new. Everybody here is believed."""
    intake = world.app.extensions["intake"]
    intake.refresh(older_than=0)
    kept: list[tuple[DeliveryId, bool]] = []
    for part in batches(some):
        kept += perform(world.database, lambda s, part=part: [_keep(world, s, e) for e in part])
    return kept


def _keep(world: World, session: Session, sent: Sent) -> tuple[DeliveryId, bool]:
    intake = world.app.extensions["intake"]
    slug, _, token = sent.path.removeprefix("/webhooks/").partition("/")
    source = intake.source(slug)
    headers = {name.lower(): value for name, value in sent.headers.items()}
    request = Incoming(
        "POST", headers, {}, sent.body, token or None, (HERE + sent.path,), intake.certificates
    )
    adapter = ADAPTERS[source.kind]
    verified = adapter.verify(request, source, world.now)
    assert not isinstance(verified, Refused), (slug, verified)
    arrived = arrival(request, source, verified, world.now, secret=SECRET_KEY, keeps=adapter.keeps)
    kept = receive(session.connection(), arrived, world.now)
    return kept.id, kept.fresh


def read(world: World, ids: Sequence[DeliveryId]) -> None:
    """Understand these, as large a batch at a time as a worker's largest."""
    for part in batches(ids):
        perform(
            world.database,
            lambda session, part=part: ingest(session, part, world.now, secret=SECRET_KEY),
        )


def batches(some: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(some), BATCH):
        yield some[start : start + BATCH]
