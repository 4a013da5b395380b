"""Keeps what a CRM said last of each record we know, and in which fields it and we differ."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from prospects import team
from prospects.ids import MemberId
from prospects.store import upsert
from webhooks.crm_rows import ConflictRow, LinkRow
from webhooks.crms.dialect import Owner
from webhooks.crms.masters import Judged, Record, Said, judge

OWNER = "owner"
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """One record of the CRM with ours: what either says, and what the CRM said the time before."""

    kind: str
    external_id: str
    record: Record
    ours: Said = field(repr=False)
    theirs: Said = field(repr=False)
    before: Said = field(repr=False)
    prospect_id: UUID | None = None
    account_id: UUID | None = None
    opportunity_id: UUID | None = None
    since: str | None = None
    """Of a deal: since when it is in its state, as the CRM says."""

    @property
    def judged(self) -> Judged:
        """What is taken over, and where we differ."""
        return judge(self.record, self.ours, self.theirs, self.before)


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Who of the CRM's owners works here: their address by its number, and their id by address."""

    addresses: Mapping[str, str]
    members: Mapping[str, MemberId]
    names: Mapping[MemberId, str]

    def address(self, owner: str | None) -> str | None:
        """The address of an owner who works here."""
        found = self.addresses.get(owner or "")
        return found if found in self.members else None

    def of_member(self, member_id: UUID | None) -> str | None:
        """The address of a colleague."""
        return self.names.get(MemberId(member_id)) if member_id else None


def before(
    session: Session, crm: str, kinds: Collection[str], ids: Collection[str]
) -> dict[tuple[str, str], LinkRow]:
    """What is known of these records, by kind and id."""
    rows = session.execute(
        select(LinkRow).where(
            LinkRow.crm == crm, LinkRow.kind.in_(kinds), LinkRow.external_id.in_(ids)
        )
    ).scalars()
    return {(row.kind, row.external_id): row for row in rows}


def keep(session: Session, crm: str, linked: Sequence[Linked], now: datetime) -> None:
    """What the CRM says now is what it said last; where it and we differ is shown."""
    rows = [
        {
            "crm": crm,
            "kind": each.kind,
            "external_id": each.external_id,
            "prospect_id": each.prospect_id,
            "account_id": each.account_id,
            "opportunity_id": each.opportunity_id,
            "told": {
                **{name: said for name, said in each.theirs.items() if said},
                **({"since": each.since} if each.since else {}),
            },
            "seen_at": now,
        }
        for each in sorted(linked, key=lambda each: (each.kind, each.external_id))
    ]
    upsert(session, LinkRow, rows, on=["crm", "kind", "external_id"])
    differ(session, crm, linked, now)


def differ(session: Session, crm: str, linked: Sequence[Linked], now: datetime) -> None:
    """Exactly these conflicts stand of these records; each since it was first seen."""
    ids = {each.external_id for each in linked}
    kinds = {each.kind for each in linked}
    mine = (
        ConflictRow.crm == crm,
        ConflictRow.kind.in_(kinds),
        ConflictRow.external_id.in_(ids),
    )
    old = session.execute(select(ConflictRow).where(*mine)).scalars()
    since = {(row.kind, row.external_id, row.field): row.since for row in old}
    session.execute(delete(ConflictRow).where(*mine).execution_options(synchronize_session=False))
    rows: list[dict[str, Any]] = [
        {
            "crm": crm,
            "kind": each.kind,
            "external_id": each.external_id,
            "field": name,
            "prospect_id": each.prospect_id,
            "account_id": each.account_id,
            "ours": ours[:LONGEST_SHOWN],
            "theirs": theirs[:LONGEST_SHOWN],
            "since": since.get((each.kind, each.external_id, name), now),
        }
        for each in linked
        for name, (ours, theirs) in each.judged.conflicts.items()
    ]
    rows.sort(key=lambda row: (row["kind"], row["external_id"], row["field"]))
    upsert(session, ConflictRow, rows, on=["crm", "kind", "external_id", "field"])


def meet(session: Session, crm: str, owners: Sequence[Owner], now: datetime) -> None:
    """Remember which number is whose address."""
    rows = [
        {
            "crm": crm,
            "kind": OWNER,
            "external_id": each.id,
            "told": {"email": each.email},
            "seen_at": now,
        }
        for each in sorted({each.id: each for each in owners}.values(), key=lambda each: each.id)
    ]
    upsert(session, LinkRow, rows, on=["crm", "kind", "external_id"])


def colleagues(session: Session, crm: str) -> Colleagues:
    """Who of the CRM's owners works here."""
    rows = session.execute(
        select(LinkRow.external_id, LinkRow.told).where(LinkRow.crm == crm, LinkRow.kind == OWNER)
    )
    addresses = {row.external_id: str(row.told.get("email", "")) for row in rows}
    everybody = team.members(session)
    return Colleagues(
        addresses,
        {each.email: each.id for each in everybody if each.active},
        {each.id: each.email for each in everybody},
    )


def said_before(row: LinkRow | None) -> dict[str, str | None]:
    """What the CRM said when we looked last."""
    return {name: str(said) for name, said in row.told.items()} if row else {}
