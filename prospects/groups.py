"""Who was merged with whom: a person and those they absorbed are read as one, and no row moves."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from prospects.evidence import is_shared
from prospects.ids import ProspectId
from prospects.rows import IdentityRow, ProspectRow
from prospects.store import among


def heads(session: Session, people: Collection[UUID]) -> dict[ProspectId, ProspectId]:
    """Who stands for each of these people that were absorbed; who was not is left out."""
    rows = session.execute(
        select(ProspectRow.id, ProspectRow.absorbed_by).where(
            among(session, ProspectRow.id, people), ProspectRow.absorbed_by.is_not(None)
        )
    )
    return {ProspectId(row.id): ProspectId(row.absorbed_by) for row in rows}


def head_of(session: Session, who: ProspectId) -> ProspectId:
    """Who stands for this person: themself, unless they were absorbed."""
    return heads(session, [who]).get(who, who)


def same_person(who: UUID | None) -> Select[UUID]:
    """The ids of all whom this person, who may have been absorbed, is one with."""
    head = select(func.coalesce(ProspectRow.absorbed_by, ProspectRow.id)).where(
        ProspectRow.id == who
    )
    its = aliased(ProspectRow)
    found = head.scalar_subquery()
    return select(its.id).where((its.id == found) | (its.absorbed_by == found))


def at_address(email: str) -> Select[UUID]:
    """The ids of who is known by this address, in its key's form; of a shared mailbox there may be many."""
    known = and_(IdentityRow.kind == "email", IdentityRow.key == email)
    if is_shared(email):
        mailbox = IdentityRow.key.startswith(f"{email} ", autoescape=True)
        known = or_(known, and_(IdentityRow.kind == "mailbox", mailbox))
    return (
        select(func.coalesce(ProspectRow.absorbed_by, ProspectRow.id))
        .join(IdentityRow, IdentityRow.prospect_id == ProspectRow.id)
        .where(known)
    )


def lock(session: Session, who: ProspectId) -> ProspectRow | None:
    """The row of this person, or of who absorbed them, locked; None if there is no such person."""
    query = select(ProspectRow).where(ProspectRow.id == head_of(session, who)).with_for_update()
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is not None and row.absorbed_by is not None:
        # They were merged while we waited for them.
        return lock(session, ProspectId(row.absorbed_by))
    return row


def absorbed(session: Session, people: Iterable[UUID]) -> dict[ProspectId, list[ProspectId]]:
    """Whom each of these people absorbed, in the order of their ids; who absorbed nobody is left out."""
    rows = session.execute(
        select(ProspectRow.absorbed_by, ProspectRow.id)
        .where(among(session, ProspectRow.absorbed_by, list(people)))
        .order_by(ProspectRow.id)
    )
    found: defaultdict[ProspectId, list[ProspectId]] = defaultdict(list)
    for row in rows:
        found[ProspectId(row.absorbed_by)].append(ProspectId(row.id))
    return dict(found)


def members(session: Session, people: Collection[UUID]) -> dict[UUID, UUID]:
    """These people and whom they absorbed, each with who of `people` stands for them."""
    found: dict[UUID, UUID] = {each: each for each in people}
    for head, some in absorbed(session, people).items():
        found |= dict.fromkeys(some, head)
    return found


def whole(session: Session, who: ProspectId) -> list[ProspectId]:
    """This person with all they are one with; who stands for them all comes first."""
    head = head_of(session, who)
    return [head, *absorbed(session, [head]).get(head, [])]
