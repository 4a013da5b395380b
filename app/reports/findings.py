"""What reps found of each person, one row each, with the flow, signal, model and rep behind it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Subquery, and_, func, select
from sqlalchemy.orm import aliased

from app.reports.journeys import Condition
from prospects.touch_rows import FirstTouchRow
from routing.finding_rows import ConfirmationRow

FLOW = "flow "
"""How a handoff says that a flow asked for it: `flow SLUG, step STEP`."""


def findings(*conditions: Condition, until: str | None = None) -> Subquery:
    """`prospect_id, source, campaign, month, claimed, verdict, stage_found, requested_by, signal, model,
    rep` and how far they came, of everybody about whom a finding stands; people who were merged are one.

    Of several findings the latest recorded counts; none that a spot check led to, for chance made that
    lead. `conditions` are those of `journeys.came`; `until` is a day (2026-03-09, UTC): what was recorded
    from then on is left out.
    """
    said = _said(conditions, until)
    kept = (each for each in said.c if each.key != "place")
    return select(*kept).where(said.c.place == 1).subquery("finding")


def _said(conditions: Sequence[Condition], until: str | None) -> Subquery:
    """Every finding that stands, by whose it is; the latest recorded of each is in the first `place`.

    Whoever was absorbed has the group's first touch in their own row, so its head's is asked only how
    far they came. All of them were handed over, and an index holds those few.
    """
    own, head, said = FirstTouchRow, aliased(FirstTouchRow), ConfirmationRow
    whose = func.coalesce(own.joined_id, own.prospect_id)
    latest = func.row_number().over(
        partition_by=whose, order_by=(said.recorded_at.desc(), said.id.desc())
    )
    steps = ("offered_at", "taken_at", "won_at")
    query = (
        select(
            whose.label("prospect_id"),
            *(own.source, own.campaign, own.month, said.verdict, said.stage_found),
            *(func.coalesce(getattr(head, at), getattr(own, at)).label(at) for at in steps),
            func.coalesce(said.claimed, "").label("claimed"),
            func.coalesce(said.claimed_signal, "").label("signal"),
            func.coalesce(said.claimed_model, "").label("model"),
            func.coalesce(said.requested_by, "").label("requested_by"),
            said.rep_id.label("rep"),
            latest.label("place"),
        )
        .join(own, own.prospect_id == said.prospect_id)
        .outerjoin(head, and_(head.prospect_id == own.joined_id, head.handed))
        .where(own.handed, said.superseded_at.is_(None), said.drawn.is_(None), *conditions)
    )
    if until is not None:
        query = query.where(said.recorded_at < day(until))
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
