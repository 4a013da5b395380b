"""Reads who was found to be whom, and what each is recognised by, for the pages of people and of duplicates."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages import papers, words
from app.pages.duplicate_views import Side, WhichCompany
from app.pages.office import MergeLine
from app.pages.views import Who
from app.permissions import Act, may_at_all
from prospects import company_questions, merges
from prospects.evidence import Likeness, tells
from prospects.ids import ProspectId
from prospects.rows import AccountRow, IdentityRow, ProspectRow

MOST_IDENTITIES = 6
MOST_ASKED = 20
REASONS: Mapping[str, str] = {
    Likeness.ONE_LEAD: "one lead gave what each of them is known by",
    Likeness.ALIAS: "a program said that two of its accounts are one person's",
    Likeness.PHONE: "the same phone number, and names that are alike",
    Likeness.NAMESAKE: "the same name at the same company",
    Likeness.CLICK: "the same click on an ad, and names that are alike",
}
KINDS: Mapping[str, str] = {
    "email": "e-mail",
    "mailbox": "shared mailbox",
    "phone": "phone",
    "linkedin_url": "LinkedIn profile",
}


def lines(session: Session, row: ProspectRow, viewer: Viewer) -> list[MergeLine]:
    """Who was made one with this person, the newest first; the latest may be undone."""
    standing = merges.standing(session, ProspectId(row.id))
    known = known_by(session, [each.prospect_id for each in standing])
    names = _names(session, [each.prospect_id for each in standing])
    undoable = may_at_all(viewer.roles, Act.MERGE)
    return [
        MergeLine(
            name=names.get(each.prospect_id) or papers.NOBODY,
            known_by=known.get(each.prospect_id, ()),
            at=each.at,
            by=each.by,
            why=each.why or ", ".join(reasons(each.evidence)) or None,
            undo_url=f"/merges/{each.id}/undoing" if undoable and n == 0 else None,
        )
        for n, each in enumerate(standing)
    ]


def url(row: ProspectRow, viewer: Viewer) -> str | None:
    """Where this person is made one with somebody, for who may."""
    may = may_at_all(viewer.roles, Act.MERGE) and row.erased_at is None
    return f"/people/{row.id}/merge" if may else None


def reasons(evidence: Sequence[str]) -> list[str]:
    """What speaks for it, in words."""
    return [REASONS.get(each, each) for each in evidence]


def sides(session: Session, rows: Sequence[ProspectRow]) -> dict[UUID, Side]:
    """Each of these people as a page of duplicates shows them."""
    known = known_by(session, [row.id for row in rows])
    return {
        row.id: Side(
            url=f"/people/{row.id}",
            who=Who(
                id=str(row.id),
                name=row.name or papers.NOBODY,
                title=row.title,
                company=row.company,
                country=row.country,
            ),
            lifecycle=words.lifecycle(row.lifecycle),
            since=row.created_at,
            known_by=known.get(row.id, ()),
        )
        for row in rows
    }


def companies(session: Session) -> list[WhichCompany]:
    """Whom a person is to give a company, the latest first."""
    asked = company_questions.waiting(session, MOST_ASKED)
    shown = sides(session, [row for _, row in asked])
    ids = {UUID(each) for question, _ in asked for each in question.account_ids}
    rows = session.execute(select(AccountRow).where(AccountRow.id.in_(ids))).scalars()
    known = {str(row.id): (str(row.id), row.name or "", row.domain or "") for row in rows}
    return [
        WhichCompany(
            side=shown[row.id],
            name=question.name,
            companies=[known[each] for each in question.account_ids if each in known],
            url=f"/people/{row.id}/company",
        )
        for question, row in asked
    ]


def known_by(session: Session, people: Sequence[UUID]) -> dict[UUID, list[str]]:
    """What each of these is recognised by, in words."""
    rows = session.execute(
        select(IdentityRow.prospect_id, IdentityRow.kind, IdentityRow.key)
        .where(IdentityRow.prospect_id.in_(people))
        .order_by(IdentityRow.kind, IdentityRow.key)
    )
    found: dict[UUID, list[str]] = {}
    for row in rows:
        mine = found.setdefault(row.prospect_id, [])
        if tells(row.kind) and len(mine) < MOST_IDENTITIES:
            mine.append(f"{KINDS.get(row.kind, row.kind)}: {row.key.strip()}")
    return found


def _names(session: Session, people: Sequence[UUID]) -> dict[UUID, str | None]:
    query = select(ProspectRow.id, ProspectRow.name).where(ProspectRow.id.in_(people))
    return {row.id: row.name for row in session.execute(query)}
