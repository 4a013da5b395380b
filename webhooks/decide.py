"""The fate of each capture of a batch: what is new, what came before, what was taken back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import CaptureId, DeliveryId, ProspectId
from prospects.rows import ProspectRow
from webhooks import feedback, keys
from webhooks.adapter import Dead, Item, Passed, Quarantined, Read, Test, Thin, Withdrawn
from webhooks.fates import ERASED, Fate, Fresh, FreshFeedback
from webhooks.fed_back import Copied, Feedback
from webhooks.keys import Key
from webhooks.record import foresee as foresee_reads
from webhooks.record import record
from webhooks.rows import CaptureRow, CaptureState
from webhooks.withdraw import REASON, TakenBack, take_back

A_COPY = "a copy for the lead it was addressed to"
CAME_BEFORE = "this came before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One item on its way. `key` is None for one that counts each time it comes."""

    id: CaptureId
    delivery_id: DeliveryId
    n: int
    source: str
    item: Item
    key: Key | None


def decide(
    session: Session, captures: Sequence[Capture], now: datetime, *, secret: str
) -> dict[CaptureId, Fate]:
    """Record what is new and take back what was withdrawn; every capture gets its fate."""
    if not captures:
        return {}
    leads = {each.id: _lead_key(each, secret) for each in captures}
    held = keys.claim(session, _claims(captures, leads))
    repeats = [each for each in captures if each.key and held[each.key] != each.id]
    passed = {each.id for each in repeats}
    new = [each for each in captures if each.id not in passed]
    fates = {each.id: fate for each in new if (fate := _plain_fate(each.item))}
    fates |= _withdrawals(session, new, leads, held, now, secret=secret)
    fates |= _too_late(session, new, secret)
    reads = [_fresh(each, each.item) for each in new if isinstance(each.item, Read)]
    fates |= record(session, reads, now, secret=secret)
    fed_back = [_fed_back(each, each.item) for each in new if isinstance(each.item, Feedback)]
    fates |= feedback.record(session, fed_back, now, secret=secret)
    dead = [each.capture_id for each in reads if fates[each.capture_id].state is CaptureState.DEAD]
    keys.release(session, dead)
    return fates | _repeated(session, repeats, held, fates)


def foresee(
    session: Session, captures: Sequence[Capture], now: datetime, *, secret: str
) -> tuple[dict[CaptureId, Fate], int]:
    """The fate that each of these leads and acts would have, and how many people are new; nothing is written."""
    own = {each.key: each.id for each in reversed(captures) if each.key}
    held = own | keys.holders(session, list(own))
    repeats = [each for each in captures if each.key and held[each.key] != each.id]
    passed = {each.id for each in repeats}
    new = [each for each in captures if each.id not in passed]
    fates = {each.id: fate for each in new if (fate := _plain_fate(each.item))}
    reads = [_fresh(each, each.item) for each in new if isinstance(each.item, Read)]
    found, people = foresee_reads(session, reads, now, secret=secret)
    return fates | found | _repeated(session, repeats, held, fates | found), people


def fact_key(capture_id: CaptureId, key: Key | None) -> str:
    """Under what an item is recorded in its person's history, where a second recording is a no-op."""
    return key[1] if key else str(capture_id)


def _lead_key(capture: Capture, secret: str) -> Key | None:
    """The key of the lead that a withdrawal is about."""
    if not isinstance(capture.item, Withdrawn):
        return None
    return keys.key_of(capture.source, capture.item.space, capture.item.ref, secret=secret)


def _claims(
    captures: Sequence[Capture], leads: Mapping[CaptureId, Key | None]
) -> list[tuple[Key, CaptureId]]:
    own = [(each.key, each.id) for each in captures if each.key]
    # A withdrawal that comes first holds the lead's own key, and so the lead is late for ever.
    return own + [(lead, capture) for capture, lead in leads.items() if lead]


def _plain_fate(item: Item) -> Fate | None:
    match item:
        case Test():
            return Fate(CaptureState.TEST)
        case Quarantined(reason=reason):
            return Fate(CaptureState.QUARANTINED, reason)
        case Dead(reason=reason):
            return Fate(CaptureState.DEAD, reason)
        case Thin():
            return Fate(CaptureState.FETCH_DUE)
        case Passed(reason=reason):
            return Fate(CaptureState.RECORDED, reason)
        case Copied():
            return Fate(CaptureState.RECORDED, A_COPY)
        case Read() | Feedback() | Withdrawn():
            return None
        case _:
            assert_never(item)


def _fresh(capture: Capture, read: Read) -> Fresh:
    return Fresh(capture.id, capture.source, fact_key(capture.id, capture.key), read)


def _fed_back(capture: Capture, read: Feedback) -> FreshFeedback:
    return FreshFeedback(capture.id, capture.source, fact_key(capture.id, capture.key), read)


def _withdrawals(
    session: Session,
    new: Sequence[Capture],
    leads: Mapping[CaptureId, Key | None],
    held: Mapping[Key, CaptureId],
    now: datetime,
    *,
    secret: str,
) -> dict[CaptureId, Fate]:
    """Withdrawals, and the leads in this very batch that they are about."""
    fates: dict[CaptureId, Fate] = {}
    here = {each.id for each in new}
    for capture in new:
        lead = leads[capture.id]
        if lead is None or not isinstance(capture.item, Withdrawn):
            continue
        holder = held[lead]
        if holder in here:
            fates[holder] = Fate(CaptureState.WITHDRAWN, REASON)
        gone = TakenBack(capture.source, capture.item, lead[1], None if holder in here else holder)
        about = take_back(session, gone, now, secret=secret)
        fates[capture.id] = Fate(CaptureState.WITHDRAWN, REASON, about)
    return fates


def _too_late(session: Session, new: Sequence[Capture], secret: str) -> dict[CaptureId, Fate]:
    """Parts of leads that were taken back, before them or in this very batch."""
    whole = {
        each.id: keys.withdrawn(each.source, each.item.space, each.item.part_of, secret=secret)
        for each in new
        if isinstance(each.item, Thin) and each.item.part_of
    }
    gone = keys.holders(session, set(whole.values())) if whole else {}
    return {
        capture: Fate(CaptureState.WITHDRAWN, REASON)
        for capture, lead in whole.items()
        if lead in gone
    }


def _repeated(
    session: Session,
    repeats: Sequence[Capture],
    held: Mapping[Key, CaptureId],
    fates: Mapping[CaptureId, Fate],
) -> dict[CaptureId, Fate]:
    """A repeat shares the fate of what came before it, and has no effect of its own."""
    holders = {each.id: held[each.key] for each in repeats if each.key}
    first = {**_on_record(session, set(holders.values()) - set(fates)), **fates}
    return {each: _as_repeat(first[holder]) for each, holder in holders.items()}


def _as_repeat(first: Fate) -> Fate:
    if first.state in {CaptureState.WITHDRAWN, CaptureState.DEAD}:
        return first
    return Fate(CaptureState.RECORDED, CAME_BEFORE, first.prospect_id)


def _on_record(session: Session, ids: Collection[CaptureId]) -> dict[CaptureId, Fate]:
    columns = (CaptureRow.id, CaptureRow.state, CaptureRow.reason, CaptureRow.prospect_id)
    rows = session.execute(
        select(*columns, ProspectRow.erased_at)
        .outerjoin(ProspectRow, ProspectRow.id == CaptureRow.prospect_id)
        .where(CaptureRow.id.in_(ids))
    )
    return {
        CaptureId(row.id): Fate(CaptureState.DEAD, ERASED)
        if row.erased_at
        else Fate(
            CaptureState(row.state),
            row.reason,
            ProspectId(row.prospect_id) if row.prospect_id else None,
        )
        for row in rows
    }
