"""How a lead stands, as a document, and putting it back where it stood."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing.finding_rows import PromiseRow
from routing.holding import STANDING, Held
from routing.lives import OPEN, OfferState
from routing.rows import OfferRow
from routing.verdicts import reopen

Footprint = Mapping[str, Any]

_HANDOFF = (
    *("state", "reason", "rep_id", "lane", "fallback", "decision_id", "offered_at", "expires_at"),
    *("accepted_at", "confirm_by", "closed_at"),
)
_WITH_SOMEBODY = (*STANDING, OfferState.ACCEPTED)
_OFFER = ("state", "reason", "expires_at", "until", "closed_at")


def footprint(session: Session, held: Held) -> dict[str, Any]:
    """The lead with its last offer, its owner and who owes its open promises."""
    last = held.offers[-1] if held.offers else None
    return {
        "handoff": {name: _plain(getattr(held.handoff, name)) for name in _HANDOFF},
        "n": last.n if last else 0,
        "offer": {name: _plain(getattr(last, name)) for name in _OFFER} if last else {},
        "owner": _plain(held.person.owner_id),
        "promises": {str(each.id): str(each.rep_id) for each in _open_promises(session, held)},
    }


def put_back(session: Session, held: Held, was: Footprint, now: datetime) -> None:
    """Let the lead stand as it did: newer offers are withdrawn first, as one may be open.

    Raises AnotherOpenError if its company has another open lead by now.
    """
    if held.state not in OPEN and was["handoff"]["state"] in OPEN:
        reopen(session, held)
    _put_back_offer(session, held, was, now)
    _set(held.handoff, was["handoff"])
    held.person.owner_id = UUID(was["owner"]) if was["owner"] else None
    for promise in _open_promises(session, held):
        if owed_by := was["promises"].get(str(promise.id)):
            promise.rep_id = UUID(owed_by)
    session.flush()


def _put_back_offer(session: Session, held: Held, was: Footprint, now: datetime) -> None:
    newer = [offer for offer in held.offers if offer.n > was["n"]]
    last = next((offer for offer in held.offers if offer.n == was["n"]), None)
    for offer in newer:
        offer.state, offer.closed_at = OfferState.WITHDRAWN, now
    session.flush()
    if last is None or (newer and was["offer"]["state"] not in _WITH_SOMEBODY):
        return
    if newer:
        # What counts is the last offer, and numbers are never used twice: so it is made once more.
        last = _again(last, held.offers[-1].n + 1)
        held.offers.append(last)
        session.add(last)
    _set(last, was["offer"])


def _again(offer: OfferRow, n: int) -> OfferRow:
    return OfferRow(
        prospect_id=offer.prospect_id,
        handoff_id=offer.handoff_id,
        n=n,
        rep_id=offer.rep_id,
        offered_at=offer.offered_at,
        note=offer.note,
    )


def _open_promises(session: Session, held: Held) -> list[PromiseRow]:
    query = select(PromiseRow).where(
        PromiseRow.prospect_id == held.handoff.prospect_id,
        PromiseRow.handoff_id == held.handoff.id,
        PromiseRow.kept_at.is_(None),
    )
    return list(session.execute(query.execution_options(populate_existing=True)).scalars())


def _set(row: object, document: Mapping[str, Any]) -> None:
    for name, value in document.items():
        setattr(row, name, _value(name, value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | str) else value


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith("_id"):
        return UUID(value)
    return (
        datetime.fromisoformat(value) if name.endswith(("_at", "_by")) or name == "until" else value
    )
