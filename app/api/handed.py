"""Handoffs and decisions as programs see them, drawn for a whole page of a list at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.base import instant, text
from prospects import percentages
from prospects.contact import without_contact
from prospects.rows import ProspectRow
from routing import call_backs
from routing.call_back_rows import CallBackRow
from routing.finding_rows import ConfirmationRow, ContactAttemptRow, PromiseRow
from routing.lives import HandoffState
from routing.rows import DecisionRow, HandoffRow

Document = dict[str, Any]

BEFORE = (HandoffState.HELD, HandoffState.OFFERED)
"""While a lead is nobody's yet, how to reach the buyer is shown to nobody."""


def handoffs(session: Session, rows: Sequence[HandoffRow], now: datetime) -> list[Document]:
    """The documents of these handoffs, in their order."""
    findings = _standing(session, rows)
    attempts = _of(session, ContactAttemptRow, rows)
    promises = _of(session, PromiseRow, rows)
    names = _names(session, rows)
    calls = call_backs.standing(session, rows)
    hides = percentages.hidden(session) is not None
    documents = [
        {
            **_plain(row, now),
            "brief": _brief(row, names, hides=hides),
            "confirmation": confirmation(findings[row.id]) if row.id in findings else None,
            "attempts": [attempt(each) for each in attempts[row.id]],
            "call_back": _call_back(calls.get(row.id)),
            "promises": [promise(each) for each in promises[row.id]],
            "decision": text(row.decision_id),
        }
        for row in rows
    ]
    return [
        document if _taken(row) else without_contact(document, row.buyer.get("phone"))
        for row, document in zip(rows, documents, strict=True)
    ]


def _plain(row: HandoffRow, now: datetime) -> Document:
    """What stands on the handoff itself."""
    return {
        "id": str(row.id),
        "prospect": str(row.prospect_id),
        "account": text(row.account_id),
        "opportunity": text(row.opportunity_id),
        "rep": text(row.rep_id),
        "state": row.state,
        "reason": row.reason,
        "lane": row.lane,
        "fallback": row.fallback,
        "requested_by": row.requested_by,
        "drawn": row.drawn,
        "opened_at": instant(row.opened_at),
        "offered_at": instant(row.offered_at),
        "expires_at": instant(row.expires_at),
        "accepted_at": instant(row.accepted_at),
        "confirm_by": instant(row.confirm_by),
        "overdue": row.confirm_by is not None and row.confirm_by < now,
        "closed_at": instant(row.closed_at),
    }


def _call_back(row: CallBackRow | None) -> Document | None:
    return {"at": instant(row.at), "set_at": instant(row.set_at)} if row else None


def confirmation(row: ConfirmationRow) -> Document:
    """One finding beside the claim it answers."""
    return {
        "id": str(row.id),
        "handoff": str(row.handoff_id),
        "rep": str(row.rep_id),
        "verdict": row.verdict,
        "claimed": row.claimed,
        "claimed_confidence": row.claimed_confidence,
        "stage_found": row.stage_found,
        "spoke_with": row.spoke_with,
        "channel": row.channel,
        "at": instant(row.at),
        "fact": row.fact,
        "still_needed": row.still_needed,
        "deciders": row.deciders,
        "right_person": row.right_person or None,
        "right_prospect": text(row.right_prospect_id),
        "recorded_at": instant(row.recorded_at),
        "supersedes": text(row.supersedes),
        "reason": row.reason,
    }


def attempt(row: ContactAttemptRow) -> Document:
    """One try that reached nobody."""
    return {
        "id": str(row.id),
        "handoff": str(row.handoff_id),
        "rep": str(row.rep_id),
        "channel": row.channel,
        "at": instant(row.at),
        "note": row.note,
    }


def decision(row: DecisionRow) -> Document:
    """Who was weighed, who was chosen, and why."""
    return {
        "id": str(row.id),
        "handoff": str(row.handoff_id),
        "prospect": str(row.prospect_id),
        "at": instant(row.at),
        "rule": row.rule,
        "lane": row.lane,
        "team": row.team,
        "turn": row.turn,
        "candidates": row.candidates,
        "chosen": text(row.chosen_id),
        "fallback": row.fallback,
        "why": row.why,
        "configuration": row.configuration,
    }


def promise(row: PromiseRow) -> Document:
    """What the rep told the buyer they would do; `trouble` is why they cannot."""
    return {
        "id": str(row.id),
        "handoff": str(row.handoff_id),
        "rep": str(row.rep_id),
        "what": row.what,
        "due_at": instant(row.due_at),
        "made_at": instant(row.made_at),
        "kept_at": instant(row.kept_at),
        "trouble": row.trouble,
    }


def _brief(row: HandoffRow, names: Mapping[str, Document], *, hides: bool) -> Document:
    """The paper as shown, with the names of colleagues as they are now, and contact data once it was taken.

    `hides`: without its percentage, which findings do not agree with any more.
    """
    nobody: Document = {"name": None, "title": None}
    others = [
        {**each, **names.get(each["prospect"], nobody)} for each in row.brief.get("colleagues", ())
    ]
    paper = dict(row.brief)
    if hides and "score" in (paper.get("standing") or {}):
        paper["standing"] = {**paper["standing"], "score": None}
    return {
        **paper,
        "template": row.brief_template,
        "colleagues": others,
        "contact": row.buyer if _taken(row) else None,
    }


def _taken(row: HandoffRow) -> bool:
    return row.accepted_at is not None and row.state not in BEFORE


def _names(session: Session, rows: Sequence[HandoffRow]) -> Mapping[str, Document]:
    """Who the colleagues in these briefs are, by id; the forgotten have no name."""
    wanted = {UUID(each["prospect"]) for row in rows for each in row.brief.get("colleagues", ())}
    found = session.execute(
        select(ProspectRow.id, ProspectRow.name, ProspectRow.title).where(
            ProspectRow.id.in_(wanted)
        )
    )
    return {str(row.id): {"name": row.name, "title": row.title} for row in found}


def _standing(session: Session, rows: Sequence[HandoffRow]) -> Mapping[UUID, ConfirmationRow]:
    found = session.execute(
        select(ConfirmationRow)
        .where(ConfirmationRow.prospect_id.in_([row.prospect_id for row in rows]))
        .where(ConfirmationRow.handoff_id.in_([row.id for row in rows]))
        .where(ConfirmationRow.superseded_at.is_(None))
    )
    return {row.handoff_id: row for row in found.scalars()}


def _of(
    session: Session, kind: type[Any], rows: Sequence[HandoffRow]
) -> defaultdict[UUID, list[Any]]:
    """Rows of one kind by their handoff, in the order they were made."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    query = (
        select(kind)
        .where(kind.prospect_id.in_([row.prospect_id for row in rows]))
        .where(kind.handoff_id.in_([row.id for row in rows]))
        .order_by(kind.id)
    )
    for each in session.execute(query).scalars():
        found[each.handoff_id].append(each)
    return found
