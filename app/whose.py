"""Whose people they are: a rep's own are those they own, and those handed to them."""

from typing import Any

from sqlalchemy import ColumnElement, exists, or_

from prospects.ids import MemberId
from prospects.rows import AccountRow, ProspectRow
from routing.rows import HandoffRow


def theirs(member_id: MemberId) -> ColumnElement[bool]:
    """People who belong to this colleague: theirs by ownership, or by any handoff."""
    return or_(ProspectRow.owner_id == member_id, _handed(HandoffRow.rep_id == member_id))


def their_accounts(member_id: MemberId) -> ColumnElement[bool]:
    """Companies that belong to this colleague: theirs by ownership, or because somebody there is."""
    somebody = exists().where(ProspectRow.account_id == AccountRow.id, theirs(member_id))
    return or_(AccountRow.owner_id == member_id, somebody)


def reachable_by(member_id: MemberId) -> ColumnElement[bool]:
    """People whose address and phone this colleague may see: contact data comes after accepting."""
    accepted = (HandoffRow.rep_id == member_id) & HandoffRow.accepted_at.is_not(None)
    return or_(ProspectRow.owner_id == member_id, _handed(accepted))


def _handed(condition: ColumnElement[bool]) -> Any:
    return exists().where(HandoffRow.prospect_id == ProspectRow.id, condition)
