"""How far each person came, one row each: the ground on which every number of the reports stands.

A number is a count over these rows, and the people behind it are the same rows, so both agree.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.reports.spans import month_of
from prospects.kinds import BUYERS_OWN, Verdict
from prospects.rows import ActivityRow, OpportunityRow, ProspectRow
from routing.finding_rows import ConfirmationRow
from routing.lives import HandoffState
from routing.rows import HandoffRow

BUYERS = (Verdict.CONFIRMED, Verdict.EARLIER, Verdict.LATER)
"""Findings that say: this is somebody who buys, at whatever stage."""


class Measure(StrEnum):
    """What is counted: people who came this far at least once."""

    LEADS = "leads"
    OFFERED = "offered"
    TAKEN = "taken"
    CHECKED = "checked"
    BUYERS = "buyers"
    WON = "won"


def reached(journeys: Subquery, measure: Measure) -> ColumnElement[bool]:
    """Whether a person came this far."""
    columns = journeys.c
    met: dict[Measure, ColumnElement[bool]] = {
        Measure.LEADS: true(),
        Measure.OFFERED: columns.offered_at.is_not(None),
        Measure.TAKEN: columns.taken_at.is_not(None),
        Measure.CHECKED: columns.verdict.is_not(None),
        Measure.BUYERS: columns.verdict.in_(BUYERS),
        Measure.WON: columns.won_at.is_not(None),
    }
    return met[measure]


def journeys() -> Subquery:
    """`prospect_id, source, campaign, month, first_at, offered_at, taken_at, found_at, won_at, verdict,
    claimed, stage_found` of everybody who ever did something; people who were merged are one.

    First touch: source and campaign of the earliest act of the buyer's own. The finding is the latest
    that stands.
    """
    first, sold, found = _first_touches(), _sales(), _findings()
    return (
        select(
            first.c.whose.label("prospect_id"),
            first.c.source,
            func.coalesce(first.c.campaign, "").label("campaign"),
            month_of(first.c.happened_at).label("month"),
            first.c.happened_at.label("first_at"),
            sold.c.offered_at,
            sold.c.taken_at,
            sold.c.won_at,
            found.c.at.label("found_at"),
            found.c.verdict,
            func.coalesce(found.c.claimed, "").label("claimed"),
            found.c.stage_found,
        )
        .select_from(first)
        .outerjoin(sold, sold.c.whose == first.c.whose)
        .outerjoin(found, and_(found.c.whose == first.c.whose, found.c.n == 1))
        .where(first.c.n == 1)
        .subquery("journey")
    )


def money() -> Subquery:
    """`whose, currency, amount`: what each person's won deals came to; a deal counts once."""
    deals = (
        select(_whose(), HandoffRow.opportunity_id)
        .join(ProspectRow, ProspectRow.id == HandoffRow.prospect_id)
        .where(HandoffRow.state == HandoffState.WON)
        .distinct()
        .subquery("deal")
    )
    return (
        select(
            deals.c.whose, OpportunityRow.currency, func.sum(OpportunityRow.amount).label("amount")
        )
        .join(OpportunityRow, OpportunityRow.id == deals.c.opportunity_id)
        .where(OpportunityRow.amount.is_not(None))
        .group_by(deals.c.whose, OpportunityRow.currency)
        .subquery("money")
    )


def _whose() -> ColumnElement[Any]:
    """Who a person is after merging."""
    return func.coalesce(ProspectRow.absorbed_by, ProspectRow.id).label("whose")


def _numbered(*order: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[int]:
    whose = func.coalesce(ProspectRow.absorbed_by, ProspectRow.id)
    return func.row_number().over(partition_by=whose, order_by=order).label("n")


def _first_touches() -> Subquery:
    return (
        select(
            _whose(),
            ActivityRow.source,
            ActivityRow.body["campaign"].as_string().label("campaign"),
            ActivityRow.happened_at,
            _numbered(ActivityRow.happened_at, ActivityRow.id),
        )
        .join(ProspectRow, ProspectRow.id == ActivityRow.prospect_id)
        .where(ActivityRow.kind.in_(sorted(BUYERS_OWN)), ActivityRow.suspect_robot.is_(False))
        .subquery("touch")
    )


def _sales() -> Subquery:
    whose = _whose()
    won = case((HandoffRow.state == HandoffState.WON, HandoffRow.closed_at))
    return (
        select(
            whose,
            func.min(HandoffRow.offered_at).label("offered_at"),
            func.min(HandoffRow.accepted_at).label("taken_at"),
            func.min(won).label("won_at"),
        )
        .join(ProspectRow, ProspectRow.id == HandoffRow.prospect_id)
        .group_by(func.coalesce(ProspectRow.absorbed_by, ProspectRow.id))
        .subquery("sale")
    )


def _findings() -> Subquery:
    return (
        select(
            _whose(),
            ConfirmationRow.verdict,
            ConfirmationRow.claimed,
            ConfirmationRow.stage_found,
            ConfirmationRow.at,
            _numbered(ConfirmationRow.recorded_at.desc(), ConfirmationRow.id.desc()),
        )
        .join(ProspectRow, ProspectRow.id == ConfirmationRow.prospect_id)
        .where(ConfirmationRow.superseded_at.is_(None))
        .subquery("finding")
    )
