"""Which leads and activities came before: a unique keyed hash each, that outlives the person."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from prospects.ids import CaptureId
from prospects.sealing import digest
from prospects.store import among, insert_new
from webhooks.rows import CaptureKeyRow

IN_ONE_QUERY = 500
Key = tuple[str, str]
"""(source, digest)."""


def key_of(source: str, space: str, ref: str, *, secret: str) -> Key:
    """What recognises `ref` of a space at a source, whichever delivery brings it."""
    return source, digest(secret, "capture", source, space, ref)


def withdrawn(source: str, space: str, ref: str, *, secret: str) -> Key:
    """What recognises that the lead `ref` was taken back; whoever holds it is the withdrawal."""
    return key_of(source, f"{space}/withdrawn", ref, secret=secret)


def claim(session: Session, wanted: Iterable[tuple[Key, CaptureId]]) -> dict[Key, CaptureId]:
    """Take each key for its capture if it is free; returns who holds each of them now."""
    # In the order of their key, so that two batches with the same leads cannot deadlock.
    pairs = sorted(wanted)
    rows = [
        {"source": source, "digest": each, "capture_id": capture}
        for (source, each), capture in pairs
    ]
    insert_new(session, CaptureKeyRow, rows, on=["source", "digest"])
    return holders(session, [key for key, _ in pairs])


def holders(session: Session, keys: Collection[Key]) -> dict[Key, CaptureId]:
    """Which capture holds each of these keys."""
    digests = sorted({each for _, each in keys})
    found: dict[Key, CaptureId] = {}
    for start in range(0, len(digests), IN_ONE_QUERY):
        rows = session.execute(
            select(CaptureKeyRow.source, CaptureKeyRow.digest, CaptureKeyRow.capture_id).where(
                # The digest has the source in it, so it alone finds the row.
                CaptureKeyRow.source.in_({source for source, _ in keys}),
                among(session, CaptureKeyRow.digest, digests[start : start + IN_ONE_QUERY]),
            )
        )
        found |= {(row.source, row.digest): CaptureId(row.capture_id) for row in rows}
    return found


def release(session: Session, captures: Collection[UUID]) -> None:
    """Let go of the keys of captures that came to nothing, so that another try may use them."""
    if captures:
        session.execute(
            delete(CaptureKeyRow)
            .where(CaptureKeyRow.capture_id.in_(captures))
            .execution_options(synchronize_session=False)
        )
