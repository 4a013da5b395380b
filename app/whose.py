"""Whose people they are: a rep's own are those they own, and those handed to them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import aliased

from prospects.ids import MemberId
from prospects.rows import AccountRow, ProspectRow
from routing.rows import HandoffRow

# Each is a set of ids that indexes hold: a condition row by row would have everybody looked at.


def theirs(member_id: MemberId) -> ColumnElement[bool]:
    """People who belong to this colleague: theirs by ownership, or by any handoff."""
    return ProspectRow.id.in_(union(_owned(member_id), _handed(member_id)))


def their_accounts(member_id: MemberId) -> ColumnElement[bool]:
    """Companies that belong to this colleague: theirs by ownership, or because somebody there is."""
    person, company = aliased(ProspectRow), aliased(AccountRow)
    people = union(_owned(member_id), _handed(member_id))
    somebody = select(person.account_id).where(
        person.id.in_(people), person.account_id.is_not(None)
    )
    owned = select(company.id).where(company.owner_id == member_id)
    return AccountRow.id.in_(union(owned, somebody))


def reachable_by(member_id: MemberId) -> ColumnElement[bool]:
    """People whose address and phone this colleague may see: contact data comes after accepting."""
    accepted = _handed(member_id).where(HandoffRow.accepted_at.is_not(None))
    return ProspectRow.id.in_(union(_owned(member_id), accepted))


def _owned(member_id: MemberId) -> Select[Any]:
    person = aliased(ProspectRow)
    return select(person.id).where(person.owner_id == member_id)


def _handed(member_id: MemberId) -> Select[Any]:
    return select(HandoffRow.prospect_id).where(HandoffRow.rep_id == member_id)
