"""Reads what was found out about people and companies, for their pages: each thing with its source and date."""

from collections.abc import Mapping, Sequence

from flask import g
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages.condition_words import VALUES
from app.pages.found_views import FoundOut
from app.permissions import Act, may
from prospects import details, groups
from prospects.contact import Veil, veil_of
from prospects.ids import ProspectId
from prospects.research.registry import unknown
from prospects.rows import AccountRow, ProspectRow
from prospects.snapshots import snapshots

NAMES: Mapping[str, str] = {
    "country": "Country",
    "customer": "A customer",
    "employees": "How many work there",
    "function": "Works in",
    "name": "Name",
    "seniority": "How senior",
    "website": "Website",
}
MOST = 60


def of_person(session: Session, row: ProspectRow, veil: Veil) -> list[FoundOut]:
    """What the system found out about somebody and their company; `veil` hides how they are reached."""
    theirs = details.of(session, groups.whole(session, ProspectId(row.id)))
    company = details.of_accounts(session, [row.account_id]) if row.account_id else []
    return _things([*theirs, *company], veil)


def of_company(session: Session, row: AccountRow, viewer: Viewer) -> list[FoundOut]:
    """What was told and found out about a company; leads may have written an address there."""
    veil = veil_of(None, lifted=may(viewer.roles, Act.SEE_CONTACT, own=False))
    return _things(details.of_accounts(session, [row.id]), veil)


def unknown_of(session: Session, row: ProspectRow) -> list[str]:
    """What neither they nor the system told, as questions; nothing of who was forgotten."""
    if row.erased_at is not None:
        return []
    (seen,) = snapshots(session, [row], g.now, histories=False)
    return unknown(seen.person, seen.company)


def _things(
    rows: Sequence[details.DetailRow | details.AccountDetailRow], veil: Veil
) -> list[FoundOut]:
    return [
        FoundOut(
            NAMES.get(each.name, each.name),
            VALUES.get(each.value) or veil(each.value),
            each.source,
            each.found_at,
        )
        for each in rows[:MOST]
    ]
