"""Keeps what a rep is typing on the server, so that no dead signal and no expired sign-in loses a word."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.pages.rows import DraftRow
from prospects.ids import HandoffId, MemberId, ProspectId, parse_id
from prospects.rows import ProspectRow
from prospects.store import upsert
from prospects.texts import storable
from prospects.values import HandoffRef
from routing.rows import HandoffRow

MOST_FIELDS = 60
LONGEST_FIELD = 8000

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, as (name, value) in the order of the form; `revision` rises with each save."""

    fields: Fields
    revision: int

    def typed(self) -> Mapping[str, Sequence[str]]:
        """The values by field name."""
        return by_name(self.fields)


def by_name(fields: Fields) -> Mapping[str, Sequence[str]]:
    """Values by field name, in order."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def find(session: Session, ref: HandoffRef, member_id: MemberId) -> Draft | None:
    """What this rep has typed for this handoff so far."""
    row = session.get(DraftRow, (ref.prospect_id, ref.handoff_id, member_id))
    return Draft([(name, value) for name, value in row.fields], row.revision) if row else None


def keep(
    session: Session, ref: HandoffRef, member_id: MemberId, *, fields: Fields, now: datetime
) -> int:
    """Keep these words instead of earlier ones; returns the revision."""
    kept = [
        (name[:40], value[:LONGEST_FIELD])
        for name, value in fields[:MOST_FIELDS]
        if storable(name) and storable(value)
    ]
    before = find(session, ref, member_id)
    revision = before.revision + 1 if before else 1
    row = {
        "prospect_id": ref.prospect_id,
        "handoff_id": ref.handoff_id,
        "member_id": member_id,
        "fields": kept,
        "revision": revision,
        "saved_at": now,
    }
    upsert(session, DraftRow, [row], on=["prospect_id", "handoff_id", "member_id"])
    return revision


def drop(session: Session, ref: HandoffRef) -> None:
    """Forget what was typed for this handoff: it has been answered."""
    session.execute(
        delete(DraftRow).where(
            DraftRow.prospect_id == ref.prospect_id, DraftRow.handoff_id == ref.handoff_id
        )
    )


_PAGE = re.compile(r"/handoffs/([0-9a-f-]{36})/([0-9a-f-]{36})/confirmation")


def bring_back(
    database: Database, member_id: MemberId, page: str, fields: Fields, *, now: datetime
) -> None:
    """Words that were sent after the sign-in had ended become a draft, if the page was this rep's own."""
    found = _PAGE.fullmatch(page)
    prospect, handoff = (parse_id(part) for part in found.groups()) if found else (None, None)
    if not fields or prospect is None or handoff is None:
        return
    ref = HandoffRef(ProspectId(prospect), HandoffId(handoff))

    def restore(session: Session) -> None:
        if _rep_of(session, ref) == member_id:
            keep(session, ref, member_id, fields=fields, now=now)

    perform(database, restore)


def _rep_of(session: Session, ref: HandoffRef) -> UUID | None:
    return session.execute(
        select(HandoffRow.rep_id)
        .join(ProspectRow, ProspectRow.id == HandoffRow.prospect_id)
        .where(HandoffRow.prospect_id == ref.prospect_id, HandoffRow.id == ref.handoff_id)
        .where(ProspectRow.erased_at.is_(None))
    ).scalar_one_or_none()
