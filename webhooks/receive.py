"""Keeps a request before it is answered: one row in the inbox and one promise to read it, or a repeat."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
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
from webhooks.repeats import LATELY
from webhooks.rows import DeliveryRow, DeliveryState
from webhooks.sources import Source

KEPT_HEADERS = ("user-agent", "idempotency-key", "webhook-id", "webhook-timestamp")
"""Headers that help to understand any delivery later; none of them proves anything."""
LONGEST_HEADER = 500
MARKED = "warmline-unproved"
"""Stands on a kept delivery that is to be proved still; no sender can put it there."""
BELL = queue_of(Topic.INGEST)
"""The queue to ring for after the commit."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A verified request as it will be kept. `key` is a keyed hash or None.

    `before` is the key it would have had a minute ago, where the same counts as a repeat only so long.
    """

    source: str
    key: str | None
    content_type: str | None
    headers: Mapping[str, str]
    body: bytes
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The delivery's id; `fresh` is false for one that had come before.

    `same`: it came before with the same bytes, as far as that is still known.
    """

    id: DeliveryId
    fresh: bool
    same: bool = True


def arrival(
    request: Incoming,
    source: Source,
    verified: Verified,
    now: datetime,
    *,
    secret: str,
    keeps: Sequence[str] = (),
    inbox: str | None = None,
) -> Arrival:
    """The bytes as received, but each secret of the source in them overwritten with as many stars.

    Of the headers only the usual ones and those that `keeps` names are kept. It stands under the
    source's name, or in an `inbox` of its own.
    """
    body = _starred(request.body, source)
    given = request.headers
    # Keys change every minute where repeats count no longer: those of two minutes cover the last one.
    minute = int(now.timestamp() // LATELY.total_seconds())

    def key(word: str) -> str | None:
        return digest(secret, "delivery", source.slug, word) if verified.key else None

    return Arrival(
        source=inbox or source.slug,
        key=key(f"{verified.key}@{minute}" if verified.lately else f"{verified.key}"),
        before=key(f"{verified.key}@{minute - 1}") if verified.lately else None,
        content_type=_short(given.get("content-type")),
        headers={
            name: _short(given[name]) or ""
            for name in (*KEPT_HEADERS, *keeps)
            if name in given and given[name].encode() not in source.hidden
        }
        | ({MARKED: verified.unproved} if verified.unproved else {}),
        body=body,
    )


def _starred(body: bytes, source: Source) -> bytes:
    for hidden in source.hidden:
        if hidden in body:
            body = body.replace(hidden, b"*" * len(hidden))
    if b"\\u" in body and (spelled := source.spelled_out):
        body = spelled.sub(lambda found: b"*" * len(found[0]), body)
    return body


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
    # In statements of their own: the winner of the race committed after ours began to look.
    earlier = connection.execute(_SAME, row).first() or connection.execute(_SAME_LATELY, row).one()
    same = earlier.sha256 in (None, row["sha256"])
    return Kept(DeliveryId(earlier.id), fresh=False, same=same)


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
        "before": arrived.before,
        "since": now - LATELY,
        "message_id": new_id(now),
        "ref": str(delivery_id),
    }


def _short(text: str | None) -> str | None:
    return text[:LONGEST_HEADER].replace("\0", "") if text else None


def _keep_on_postgres(connection: Connection, row: dict[str, Any]) -> bool:
    statement = _BOTH if row["before"] is None else _BOTH_LATELY
    return connection.execute(statement, row).rowcount == 1


def _keep_on_sqlite(connection: Connection, row: dict[str, Any]) -> bool:
    statement = _DELIVERY if row["before"] is None else _DELIVERY_LATELY
    if connection.execute(statement, row).rowcount == 0:
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


def _with_key(name: str) -> Select[UUID, str]:
    """The delivery of this source with this key.

    A range in the order of the key, or a database may go through all of the source's deliveries:
    SQLite did, and PostgreSQL too where it had planned this while the table was empty.
    """
    key = bindparam(name, type_=_delivery.c.key.type)
    return (
        select(_delivery.c.id, _delivery.c.sha256)
        .where(_delivery.c.source == bindparam("source", type_=_delivery.c.source.type))
        .where(_delivery.c.key.between(key, key))
        .order_by(_delivery.c.key)
        .limit(1)
    )


_SINCE = bindparam("since", type_=_delivery.c.received_at.type)
_SAME, _SAME_LATELY = _with_key("key"), _with_key("before").where(_delivery.c.received_at > _SINCE)
_LATELY_ID = _SAME_LATELY.with_only_columns(_delivery.c.id).scalar_subquery()
_FIRST_LATELY = select(*_GIVEN.values(), _RECEIVED).where(_LATELY_ID.is_(None))
"""The row itself, unless the same came within the minute before."""


def _one_statement(*, lately: bool) -> Executable:
    """The promise is inserted for the row that was kept, so the number of promises tells if it was."""
    insertion = postgresql.insert(_delivery)
    if lately:
        insertion = insertion.from_select([*_GIVEN, "state"], _FIRST_LATELY, include_defaults=False)
    else:
        insertion = insertion.values(**_GIVEN, state=_RECEIVED)
    kept = (
        insertion.on_conflict_do_nothing(index_elements=["source", "key"])
        .returning(_delivery.c.id)
        .cte("kept")
    )
    promises = select(*_PROMISED.values()).select_from(kept)
    statement = insert(_message).from_select(list(_PROMISED), promises, include_defaults=False)
    return statement.execution_options(preserve_rowcount=True)


_BOTH, _BOTH_LATELY = _one_statement(lately=False), _one_statement(lately=True)
_DELIVERY, _DELIVERY_LATELY = (
    insertion.on_conflict_do_nothing(index_elements=["source", "key"]).execution_options(
        preserve_rowcount=True
    )
    for insertion in (
        sqlite.insert(_delivery).values(**_GIVEN, state=_RECEIVED),
        sqlite.insert(_delivery).from_select(
            [*_GIVEN, "state"], _FIRST_LATELY, include_defaults=False
        ),
    )
)
_PROMISE = insert(_message).values(_PROMISED)
