"""How a CRM is asked, and in what it and we differ, for pages and programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from prospects.rows import AccountRow, ProspectRow
from webhooks import crm_recheck
from webhooks.crm_rows import ConflictRow, LinkRow
from webhooks.crms.masters import MASTERS, Record
from webhooks.destinations import Destination, Reading
from webhooks.poll_rows import SourcePollRow

Key = tuple[str, str, str]
"""A record of a CRM: its slug, kind and id there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a CRM is asked for, when it was read to the end last, and what went wrong the last time."""

    reads: tuple[Reading, ...]
    at: datetime | None
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One field in which a CRM and we differ as things stand now; `about` is whom or what it is of."""

    crm: str
    record: str
    external_id: str
    field: str
    ours: str
    theirs: str
    counts: str
    since: datetime
    prospect_id: UUID | None
    account_id: UUID | None
    about: str


def of(session: Session, crm: Destination) -> Asked:
    """How this CRM is asked."""
    row = session.get(SourcePollRow, f"crm:{crm.slug}")
    return Asked(
        reads=crm.reads, at=row.asked_at if row else None, trouble=row.reason if row else None
    )


def standing() -> Select[ConflictRow]:
    """Every conflict that was seen, the newest first."""
    order = (ConflictRow.since.desc(), ConflictRow.crm, ConflictRow.kind)
    return select(ConflictRow).order_by(*order, ConflictRow.external_id, ConflictRow.field)


def conflicts(session: Session, rows: Sequence[ConflictRow]) -> list[Conflict]:
    """These as they stand now: what was settled here since is left out."""
    now = _as_they_stand(session, rows)
    names = _names(session, rows)
    return [
        Conflict(
            crm=row.crm,
            record=row.kind,
            external_id=row.external_id,
            field=row.field,
            ours=pair[0],
            theirs=pair[1],
            counts=_master(row),
            since=row.since,
            prospect_id=row.prospect_id,
            account_id=row.account_id,
            about=names.get(row.prospect_id or row.account_id) or "no name",
        )
        for row in rows
        if (pair := now.get((row.crm, row.kind, row.external_id), {}).get(row.field))
    ]


def _as_they_stand(
    session: Session, rows: Sequence[ConflictRow]
) -> dict[Key, Mapping[str, tuple[str, str]]]:
    found: dict[Key, Mapping[str, tuple[str, str]]] = {}
    keys = {(row.crm, row.kind, row.external_id) for row in rows}
    links = session.execute(
        select(LinkRow).where(tuple_(LinkRow.crm, LinkRow.kind, LinkRow.external_id).in_(keys))
    ).scalars()
    by_crm: dict[str, list[LinkRow]] = {}
    for link in links:
        by_crm.setdefault(link.crm, []).append(link)
    for crm, some in by_crm.items():
        for each in crm_recheck.compared(session, crm, some):
            found[crm, each.kind, each.external_id] = each.judged.conflicts
    return found


def _names(session: Session, rows: Sequence[ConflictRow]) -> dict[UUID | None, str]:
    people = {row.prospect_id for row in rows} - {None}
    companies = {row.account_id for row in rows} - {None}
    named = session.execute(
        select(ProspectRow.id, ProspectRow.name, ProspectRow.email).where(
            ProspectRow.id.in_(people)
        )
    )
    known = session.execute(
        select(AccountRow.id, AccountRow.name, AccountRow.domain).where(
            AccountRow.id.in_(companies)
        )
    )
    return {row[0]: row[1] or row[2] or "" for row in (*named, *known)}


def _master(row: ConflictRow) -> str:
    record = Record.CONTACT if row.prospect_id else Record(row.kind)
    return MASTERS[record][row.field].value
