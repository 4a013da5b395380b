"""Two people are found to be one, and parted again: the record links them, each room ends what is doubled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture import absorb as nurture
from prospects import announcing, audit, doubles, groups, merges
from prospects.double_rows import DoubleState
from prospects.doubles import pair_of
from prospects.ids import ProspectId
from prospects.merge_rows import MergeRow
from prospects.merges import Said
from prospects.rows import ProspectRow
from prospects.values import Lifecycle
from routing import absorb as routing
from scoring.changes import crossings

BY_ITSELF = "warmline"
"""Who joins two people where a lead says enough."""
_TOLD = ("handoff.offered", "handoff.accepted", announcing.RECYCLED)
_FURTHEST = (
    *(Lifecycle.WON, Lifecycle.CHECKED, Lifecycle.WITH_A_REP, Lifecycle.OFFERED),
    *(Lifecycle.DISQUALIFIED, Lifecycle.LOST, Lifecycle.RECYCLED),
    *(Lifecycle.WARM, Lifecycle.NURTURING, Lifecycle.INQUIRY),
)
"""Whose place with us tells more about a person: a customer is one, however new their other address."""


class MergeError(Exception):
    """These two cannot be made one."""

    code = "conflict"

    def __str__(self) -> str:
        return self.__doc__ or ""


class NobodyError(MergeError):
    """There is no such person any more."""

    code = "not_found"


class AlreadyOneError(MergeError):
    """These two are one person already."""

    code = "already_one"


class LaterMergeError(MergeError):
    """Somebody else was merged with them since: undo that first."""

    code = "later_merge"


class ForgottenError(MergeError):
    """This person was forgotten: there is nothing left to part."""

    code = "forgotten"


@dataclass(frozen=True, slots=True)
class Parted:
    """A merge that was undone; `left` are leads that stay closed, as their company has another by now."""

    merge: MergeRow
    left: Sequence[str] = ()


def merge(
    session: Session, one: ProspectId, other: ProspectId, said: Said, now: datetime
) -> MergeRow:
    """Make two people one. No row moves: one stands for the other, and reads go through both.

    Who stands for both is not asked: whose open lead is the furthest, then whose place with us tells
    more, then who was known first. Raises NobodyError or AlreadyOneError.
    """
    rows = _locked(session, one, other)
    kept, gone = in_order(session, rows)
    people = [*groups.whole(session, _id(kept)), *groups.whole(session, _id(gone))]
    row = merges.link(session, kept, gone, said, now)
    row.ended = {
        "nurture": nurture.absorb(session, people, now),
        "routing": routing.absorb(session, people, _id(kept), now),
    }
    session.flush()
    crossings.absorb(session, _id(kept), people[1:])
    _tell(session, announcing.MERGED, row.ended["routing"], now)
    doubles.settle(session, pair_of(one, other), DoubleState.MERGED, said.by, now)
    audit.note(session, "people merged", row.id, now, who=said.by, kept=str(kept.id))
    return row


def undo(session: Session, merge_id: UUID, by: str, now: datetime) -> Parted:
    """Part two people again: all that was ended goes on, and what came since stays with whom it was about.

    The latest merge goes first. Undoing twice changes nothing. Raises NobodyError, LaterMergeError or
    ForgottenError.
    """
    row = session.execute(select(MergeRow).where(MergeRow.id == merge_id)).scalar_one_or_none()
    if row is None:
        raise NobodyError
    kept, gone = ProspectId(row.kept_id), ProspectId(row.prospect_id)
    found = merges.lock_both(session, kept, gone)
    session.refresh(row)
    if row.undone_at is not None:
        return Parted(row)
    if any(each.erased_at for each in found.values()):
        raise ForgottenError
    if found[kept].absorbed_by is not None or merges.standing(session, kept)[0].id != row.id:
        raise LaterMergeError
    ended = row.ended
    merges.unlink(session, row, by, now)
    nurture.release(session, ended.get("nurture", {}), now)
    left = routing.release(session, ended.get("routing", {}), now)
    row.ended = {}
    session.flush()
    crossings.part(session, kept, gone, row.at)
    _tell(session, announcing.PARTED, ended.get("routing", {}), now, but=left)
    doubles.settle(session, pair_of(kept, gone), DoubleState.APART, by, now)
    audit.note(session, "merge undone", row.id, now, who=by, left=left)
    return Parted(row, left)


def _tell(
    session: Session, what: str, ended: Mapping[str, Any], now: datetime, *, but: Sequence[str] = ()
) -> None:
    """Programs that were told of a lead hear that it ended by itself, or goes on; who had none heard nothing."""
    leads = [each for each in ended.get("handoffs", ()) if each.get("rep")]
    refs = [f"{each['prospect']}/{each['id']}/{what}" for each in leads if each["id"] not in but]
    announcing.post(session, _TOLD, refs, now)


def in_order(session: Session, rows: Sequence[ProspectRow]) -> tuple[ProspectRow, ProspectRow]:
    """Of two people the one who will stand for both, and the other."""
    leads = routing.furthest(routing.open_leads(session, [_id(row) for row in rows]))
    first, second = sorted(
        rows,
        key=lambda row: (
            row.id != leads,
            _FURTHEST.index(Lifecycle(row.lifecycle)),
            row.created_at,
            row.id,
        ),
    )
    return first, second


def _locked(session: Session, one: ProspectId, other: ProspectId) -> list[ProspectRow]:
    """Both under lock, each by who stands for them."""
    heads = groups.heads(session, [one, other])
    one, other = heads.get(one, one), heads.get(other, other)
    found = merges.lock_both(session, one, other)
    if len({one, other}) == 1:
        raise AlreadyOneError
    if len(found) < 2 or any(each.erased_at for each in found.values()):
        raise NobodyError
    if any(each.absorbed_by for each in found.values()):
        # Merged while we waited for them.
        return _locked(session, one, other)
    return list(found.values())


def _id(row: ProspectRow) -> ProspectId:
    return ProspectId(row.id)
