"""Whose people they are: a rep's own are those they own, and those handed to them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union
from sqlalchemy.orm import Session, aliased

from prospects.contact import Veil, veil_of
from prospects.ids import MemberId
from prospects.rows import AccountRow, ProspectRow
from routing.rows import HandoffRow

# Each is a set of ids that indexes hold: a condition row by row would have everybody looked at.


def theirs(member_id: MemberId) -> ColumnElement[bool]:
    """People who belong to this colleague: theirs by ownership, or by any handoff."""
    return ProspectRow.id.in_(_with_merged(_owned(member_id), _handed(member_id)))


def their_accounts(member_id: MemberId) -> ColumnElement[bool]:
    """Companies that belong to this colleague: theirs by ownership, or because somebody there is."""
    person, company = aliased(ProspectRow), aliased(AccountRow)
    people = _with_merged(_owned(member_id), _handed(member_id))
    somebody = select(person.account_id).where(
        person.id.in_(people), person.account_id.is_not(None)
    )
    owned = select(company.id).where(company.owner_id == member_id)
    return AccountRow.id.in_(union(owned, somebody))


def reachable_by(member_id: MemberId) -> ColumnElement[bool]:
    """People whose address and phone this colleague may see: contact data comes after accepting."""
    accepted = _handed(member_id).where(HandoffRow.accepted_at.is_not(None))
    return ProspectRow.id.in_(_with_merged(_owned(member_id), accepted))


def reached(
    session: Session, ids: Iterable[UUID], member_id: MemberId | None, *, everybody: bool
) -> frozenset[UUID]:
    """Those of these people whom this colleague may know how to reach; all of them if they may of `everybody`."""
    wanted = frozenset(ids)
    if everybody or member_id is None:
        return wanted if everybody else frozenset()
    query = select(ProspectRow.id).where(ProspectRow.id.in_(wanted), reachable_by(member_id))
    return frozenset(session.execute(query).scalars())


def veils(session: Session, ids: Iterable[UUID], reach: Collection[UUID]) -> Mapping[UUID, Veil]:
    """For each of these people what hides how they are reached, lifted for those in `reach`."""
    wanted = set(ids)
    hidden = wanted - set(reach)
    query = select(ProspectRow.id, ProspectRow.phone).where(ProspectRow.id.in_(hidden))
    phones = {row.id: row.phone for row in session.execute(query)} if hidden else {}
    return {each: veil_of(phones.get(each), lifted=each not in hidden) for each in wanted}


def _with_merged(*people: Select[Any]) -> CompoundSelect[Any]:
    """These people with whom they are one with: whoever knows one of them knows the person."""
    head, member = aliased(ProspectRow), aliased(ProspectRow)
    their_head = select(member.absorbed_by).where(
        member.absorbed_by.is_not(None), member.id.in_(union(*people))
    )
    known = union(*people, their_head)
    theirs = select(head.id).where(head.absorbed_by.is_not(None), head.absorbed_by.in_(known))
    return union(*people, their_head, theirs)


def _owned(member_id: MemberId) -> Select[Any]:
    person = aliased(ProspectRow)
    return select(person.id).where(person.owner_id == member_id)


def _handed(member_id: MemberId) -> Select[Any]:
    return select(HandoffRow.prospect_id).where(HandoffRow.rep_id == member_id)
