"""What reps found of each person, one row each, with the flow, signal, model and rep behind it."""

from datetime import UTC, datetime

from sqlalchemy import Subquery, and_, func, select
from sqlalchemy.orm import aliased

from app.reports.journeys import Condition, leads
from prospects.touch_rows import FirstTouchRow
from routing.finding_rows import ConfirmationRow
from routing.rows import HandoffRow

FLOW = "flow "
"""How a handoff says that a flow asked for it: `flow SLUG, step STEP`."""


def findings(*conditions: Condition, until: str | None = None) -> Subquery:
    """`prospect_id, source, campaign, month, claimed, verdict, stage_found, requested_by, signal, model,
    rep` and how far they came, of everybody about whom a finding stands; people who were merged are one.

    Of several findings the latest recorded counts. `conditions` are those of `journeys.came`; `until`
    is a day (2026-03-09, UTC): what was recorded from then on is left out.
    """
    row, said = FirstTouchRow, _said(until)
    return (
        select(
            *(row.prospect_id, row.source, row.campaign, row.month),
            *(row.offered_at, row.taken_at, row.won_at, said.c.verdict, said.c.stage_found),
            func.coalesce(said.c.claimed, "").label("claimed"),
            func.coalesce(said.c.claimed_signal, "").label("signal"),
            func.coalesce(said.c.claimed_model, "").label("model"),
            said.c.rep_id.label("rep"),
            said.c.requested_by,
        )
        .join(said, said.c.whose == row.prospect_id)
        .where(said.c.place == 1, *leads(*conditions))
        .subquery("finding")
    )


def _said(until: str | None) -> Subquery:
    """Every finding that stands, by whose it is; the latest recorded of each is in the first `place`."""
    own = aliased(FirstTouchRow)
    head = func.coalesce(own.joined_id, own.prospect_id)
    latest = func.row_number().over(
        partition_by=head,
        order_by=(ConfirmationRow.recorded_at.desc(), ConfirmationRow.id.desc()),
    )
    of_handoff = and_(
        HandoffRow.prospect_id == ConfirmationRow.prospect_id,
        HandoffRow.id == ConfirmationRow.handoff_id,
    )
    query = (
        select(
            head.label("whose"),
            latest.label("place"),
            *(ConfirmationRow.claimed, ConfirmationRow.verdict, ConfirmationRow.stage_found),
            *(ConfirmationRow.claimed_signal, ConfirmationRow.claimed_model),
            *(ConfirmationRow.rep_id, HandoffRow.requested_by),
        )
        .join(own, own.prospect_id == ConfirmationRow.prospect_id)
        .join(HandoffRow, of_handoff)
        .where(ConfirmationRow.superseded_at.is_(None))
    )
    if until is not None:
        query = query.where(ConfirmationRow.recorded_at < day(until))
    return query.subquery("said")


def day(written: str) -> datetime:
    """The first instant of a day like 2026-03-09. Raises ValueError."""
    return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)


def flow_of(requested_by: str) -> str:
    """The flow that asked for a handoff; empty if the person grew warm by themselves."""
    return requested_by.removeprefix(FLOW).partition(", step ")[0] if _by_flow(requested_by) else ""


def _by_flow(requested_by: str) -> bool:
    return requested_by.startswith(FLOW)


def asked_by(rows: Subquery, flow: str) -> Condition:
    """Whether this flow asked; empty: none did."""
    if not flow:
        return rows.c.requested_by.not_like(f"{FLOW}%")
    return rows.c.requested_by.startswith(f"{FLOW}{flow}, step ", autoescape=True)
