"""Keeps a request before it is answered: one row in the inbox and one promise to read it, or a repeat."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Table,
    bindparam,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from prospects.ids import DeliveryId, new_id
from prospects.message import MessageRow, State
from prospects.sealing import digest
from prospects.store import table_of
from prospects.topics import Topic, queue_of
from webhooks.adapter import Incoming, Verified
from webhooks.rows import DeliveryRow, DeliveryState
from webhooks.sources import Source

KEPT_HEADERS = ("user-agent", "idempotency-key", "webhook-id", "webhook-timestamp")
"""Headers that help to understand any delivery later; none of them proves anything."""
LONGEST_HEADER = 500
BELL = queue_of(Topic.INGEST)
"""The queue to ring for after the commit."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A verified request as it will be kept. `key` is a keyed hash or None."""

    source: str
    key: str | None
    content_type: str | None
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """The delivery's id; `fresh` is false for one that had come before."""

    id: DeliveryId
    fresh: bool


def arrival(
    request: Incoming,
    source: Source,
    verified: Verified,
    *,
    secret: str,
    keeps: Sequence[str] = (),
    marks: Mapping[str, str] = MappingProxyType({}),
) -> Arrival:
    """The bytes as received, but each secret of the source in them overwritten with as many stars.

    Of the headers only the usual ones and those that `keeps` names are kept, and our own `marks`.
    """
    body = request.body
    for hidden in source.hidden:
        if hidden in body:
            body = body.replace(hidden, b"*" * len(hidden))
    given = request.headers
    return Arrival(
        source=source.slug,
        key=digest(secret, "delivery", source.slug, verified.key) if verified.key else None,
        content_type=_short(given.get("content-type")),
        headers={
            name: _short(given[name]) or ""
            for name in (*KEPT_HEADERS, *keeps)
            if name in given and given[name].encode() not in source.hidden
        }
        | dict(marks),
        body=body,
    )


def receive(connection: Connection, arrived: Arrival, now: datetime) -> Kept:
    """Keep `arrived` and promise to ingest it, or find the delivery it repeats.

    On PostgreSQL this is one statement, so that a connection in autocommit mode needs one round
    trip and one flush; on SQLite the caller's transaction holds the two inserts together.
    """
    row = _values(arrived, now)
    on_sqlite = connection.dialect.name == "sqlite"
    keep = _keep_on_sqlite if on_sqlite else _keep_on_postgres
    if keep(connection, row):
        return Kept(row["id"], fresh=True)
    # In a statement of its own: the winner of the race committed after ours began to look.
    found = connection.execute(_EARLIER, {"source": arrived.source, "key": arrived.key})
    return Kept(DeliveryId(found.scalar_one()), fresh=False)


def _values(arrived: Arrival, now: datetime) -> dict[str, Any]:
    delivery_id = new_id(now)
    return {
        "id": delivery_id,
        "source": arrived.source,
        "key": arrived.key,
        "received_at": now,
        "sha256": hashlib.sha256(arrived.body).hexdigest(),
        "bytes": len(arrived.body),
        "content_type": arrived.content_type,
        "headers": arrived.headers,
        "body": arrived.body,
        "message_id": new_id(now),
        "ref": str(delivery_id),
    }


def _short(text: str | None) -> str | None:
    return text[:LONGEST_HEADER].replace("\0", "") if text else None


def _keep_on_postgres(connection: Connection, row: dict[str, Any]) -> bool:
    return connection.execute(_BOTH, row).rowcount == 1


def _keep_on_sqlite(connection: Connection, row: dict[str, Any]) -> bool:
    if connection.execute(_DELIVERY, row).rowcount == 0:
        return False
    connection.execute(_PROMISE, row)
    return True


_delivery: Table = table_of(DeliveryRow)
_message: Table = table_of(MessageRow)
_COLUMNS = ("id", "source", "key", "received_at", "sha256", "bytes", "content_type")
_GIVEN = {name: bindparam(name, type_=_delivery.c[name].type) for name in _COLUMNS}
_GIVEN |= {name: bindparam(name, type_=_delivery.c[name].type) for name in ("headers", "body")}
# Constants stand in the statement itself: each parameter costs on every request.
_RECEIVED: ColumnElement[str] = literal_column(f"'{DeliveryState.RECEIVED}'")
_PROMISED: dict[str, ColumnElement[Any]] = {
    "id": bindparam("message_id", type_=_message.c.id.type),
    "queue": literal_column(f"'{BELL}'"),
    "topic": literal_column(f"'{Topic.INGEST}'"),
    "ref": bindparam("ref", type_=_message.c.ref.type),
    "state": literal_column(f"'{State.WAITING}'"),
    "due_at": bindparam("received_at", type_=_message.c.due_at.type),
    "posted_at": bindparam("received_at", type_=_message.c.posted_at.type),
    "attempt": literal_column("0"),
    "crashes": literal_column("0"),
}


def _one_statement() -> Executable:
    """The promise is inserted for the row that was kept, so the number of promises tells if it was."""
    kept = (
        postgresql.insert(_delivery)
        .values(**_GIVEN, state=_RECEIVED)
        .on_conflict_do_nothing(index_elements=["source", "key"])
        .returning(_delivery.c.id)
        .cte("kept")
    )
    promises = select(*_PROMISED.values()).select_from(kept)
    statement = insert(_message).from_select(list(_PROMISED), promises, include_defaults=False)
    return statement.execution_options(preserve_rowcount=True)


_BOTH = _one_statement()
_DELIVERY = (
    sqlite.insert(_delivery)
    .values(**_GIVEN, state=_RECEIVED)
    .on_conflict_do_nothing(index_elements=["source", "key"])
    .execution_options(preserve_rowcount=True)
)
_PROMISE = insert(_message).values(_PROMISED)
_EARLIER = select(_delivery.c.id).where(
    _delivery.c.source == bindparam("source"), _delivery.c.key == bindparam("key")
)
