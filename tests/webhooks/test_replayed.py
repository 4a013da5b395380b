"""However often and in whatever order deliveries come, the record is the same."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, update

from app.door import perform, reading
from prospects.ids import DeliveryId
from prospects.rows import ActivityRow, ConsentRow, IdentityRow
from tests.support import keeping
from tests.support.dispatches import dispatches
from tests.support.senders import SENDERS, Sent
from tests.support.stores import PostgresStores, SqliteStores, metadata
from tests.webhooks.support import SECRET_KEY
from tests.webhooks.world import NOW, World
from webhooks.receive import Kept
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState
from webhooks.sources import OF_MAILS

PROMISES = frozenset({"message"})
LEADS = tuple(kind for kind in SENDERS if kind not in OF_MAILS)
Stores = SqliteStores | PostgresStores


def keep(world: World, sent: Sequence[Sent]) -> list[Kept]:
    intake = world.app.extensions["intake"]
    return keeping.keep(world.database, intake, sent, NOW, secret=SECRET_KEY)


def read(world: World, ids: Sequence[DeliveryId]) -> None:
    keeping.read(world.database, ids, NOW, secret=SECRET_KEY)


def everything(world: World) -> dict[str, int]:
    """What stands in each table, however the rows lie in it."""
    # Documents are texts on SQLite; on PostgreSQL they are read as dictionaries, which have no hash.
    as_value = tuple if world.database.on_sqlite else lambda row: repr(tuple(row))
    with world.database.engine.connect() as connection:
        return {
            table.name: hash(frozenset(map(as_value, connection.exec_driver_sql(
                f'SELECT * FROM "{table.name}"')))) for table in metadata().sorted_tables
        }  # fmt: skip


def replayed(world: World, count: int) -> None:
    """That many deliveries, shuffled; then all of them once more, shuffled; then read once more."""
    sent, random = list(dispatches(count, NOW)), Random(count)
    random.shuffle(sent)
    first = keep(world, sent)
    assert all(each.fresh for each in first)
    read(world, [each.id for each in first])
    assert all(each.state != "received" for each in world.deliveries())
    before = everything(world)
    random.shuffle(sent)
    again = keep(world, sent)
    assert not any(each.fresh for each in again)
    read(world, [each.id for each in again])
    assert everything(world) == before
    ids = understood(world)
    random.shuffle(ids)
    some = ids[: count // 10]
    perform(world.database, lambda session: session.execute(as_if_never_read(some)))
    read(world, some)
    after = everything(world)
    assert {name for name, found in after.items() if found != before[name]} <= PROMISES


def understood(world: World) -> list[DeliveryId]:
    """Deliveries of which nothing waits for somebody's help: that is tried again when read again."""
    helpless = select(CaptureRow.delivery_id).where(
        CaptureRow.state.in_([CaptureState.DEAD, CaptureState.QUARANTINED])
    )
    query = select(DeliveryRow.id).where(DeliveryRow.id.not_in(helpless)).order_by(DeliveryRow.id)
    with reading(world.database) as session:
        return [DeliveryId(each) for each in session.execute(query).scalars()]


def as_if_never_read(ids: Sequence[DeliveryId]) -> Any:
    return (
        update(DeliveryRow).where(DeliveryRow.id.in_(ids)).values(state=DeliveryState.RECEIVED)
    ).execution_options(synchronize_session=False)


@pytest.mark.parametrize(
    ("stores", "count"),
    [
        pytest.param("sqlite_stores", 10_000, marks=pytest.mark.timeout(600)),
        ("postgres_stores", 1_000),
        pytest.param("postgres_stores", 10_000, marks=[pytest.mark.soak, pytest.mark.timeout(600)]),
        pytest.param("sqlite_stores", 100_000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)]),
    ],
)
def test_what_came_before_changes_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, stores: str, count: int
) -> None:
    opened: Stores = request.getfixturevalue(stores)
    url = opened.fresh()
    world = World(url, tmp_path)
    replayed(world, count)
    world.close()
    opened.drop(url)


def people(world: World) -> dict[frozenset[str], list[str]]:
    """What everybody did and agreed to, by what they are known by."""
    known: defaultdict[Any, set[str]] = defaultdict(set)
    did: defaultdict[Any, list[str]] = defaultdict(list)
    with reading(world.database) as session:
        # A name or a click is a hint only, and belongs to whoever came with it first.
        theirs = select(IdentityRow).where(IdentityRow.kind.not_in(["namesake", "click"]))
        for identity in session.execute(theirs).scalars():
            known[identity.prospect_id].add(f"{identity.kind} {identity.key}")
        for act in session.execute(select(ActivityRow)).scalars():
            said = f"{act.kind} {act.happened_at} {act.source}"
            did[act.prospect_id].append(f"{said} {json.dumps(act.body, sort_keys=True)}")
        for consent in session.execute(select(ConsentRow)).scalars():
            did[consent.prospect_id].append(f"{consent.topic} {consent.given} {consent.at}")
    return {frozenset(known[who]): sorted(acts) for who, acts in did.items()}


def test_in_whatever_order_they_come_everybody_did_the_same(
    sqlite_stores: SqliteStores, tmp_path: Path
) -> None:
    found = []
    for turn in (1, 2):
        world = World(sqlite_stores.fresh(), tmp_path / str(turn))
        sent = list(dispatches(600, NOW, LEADS))
        Random(turn).shuffle(sent)
        read(world, [each.id for each in keep(world, sent)])
        found.append(people(world))
        world.close()
    assert found[0] == found[1]
    assert len(found[0]) > 50
