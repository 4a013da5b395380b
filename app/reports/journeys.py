"""How far each person came, one row each: the ground on which every number of the reports stands.

A number is a count over these rows, and the people behind it are the same rows, so both agree.
Where a person came from is kept with their first act (`prospects.first_touch`); how far they came is
read from the handoffs and findings themselves, of the few who were ever handed to sales.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from prospects.kinds import Verdict
from prospects.rows import OpportunityRow
from prospects.touch_rows import FirstTouchRow
from routing.finding_rows import ConfirmationRow
from routing.lives import HandoffState
from routing.rows import HandoffRow

BUYERS = (Verdict.CONFIRMED, Verdict.EARLIER, Verdict.LATER)
"""Findings that say: this is somebody who buys, at whatever stage."""
Condition = ColumnElement[bool]


class Measure(StrEnum):
    """What is counted: people who came this far at least once."""

    LEADS = "leads"
    OFFERED = "offered"
    TAKEN = "taken"
    CHECKED = "checked"
    BUYERS = "buyers"
    WON = "won"


FURTHER = tuple(measure for measure in Measure if measure is not Measure.LEADS)
"""What only those can have reached who were handed to sales."""


def reached(journeys: Subquery, measure: Measure) -> Condition:
    """Whether somebody who was handed to sales came this far."""
    columns = journeys.c
    met: dict[Measure, Condition] = {
        Measure.LEADS: columns.month.is_not(None),
        Measure.OFFERED: columns.offered_at.is_not(None),
        Measure.TAKEN: columns.taken_at.is_not(None),
        Measure.CHECKED: columns.verdict.is_not(None),
        Measure.BUYERS: columns.verdict.in_(BUYERS),
        Measure.WON: columns.won_at.is_not(None),
    }
    return met[measure]


def came(
    *,
    source: str | None = None,
    campaign: str | None = None,
    month: str | None = None,
    since: str | None = None,
) -> list[Condition]:
    """Who came so: conditions over `FirstTouchRow`. None: however; no campaign is the empty text.

    `since` is the first month of first touch that counts.
    """
    asked = {"source": source, "campaign": campaign, "month": month}
    wanted: list[Condition] = [FirstTouchRow.month.is_not(None)]
    wanted += [getattr(FirstTouchRow, k) == v for k, v in asked.items() if v is not None]
    return [*wanted, FirstTouchRow.month >= since] if since else wanted


def leads(*conditions: Condition) -> list[Condition]:
    """Everybody who ever did something and for whom `conditions` of `came` hold; a group counts once."""
    return [FirstTouchRow.joined_id.is_(None), *conditions]


def journeys(*conditions: Condition) -> Subquery:
    """`prospect_id, source, campaign, month, first_at, offered_at, taken_at, found_at, won_at, verdict,
    claimed, stage_found` of everybody who was handed to sales; people who were merged are one.

    First touch: source and campaign of the earliest act of the buyer's own. The finding is the latest
    that stands. `conditions` are those of `came`.
    """
    sold, found = _sales(conditions), _findings(conditions)
    return (
        select(
            sold.c.whose.label("prospect_id"),
            *(sold.c[name] for name in ("source", "campaign", "month", "first_at")),
            *(sold.c[name] for name in ("offered_at", "taken_at", "won_at")),
            found.c.at.label("found_at"),
            found.c.verdict,
            func.coalesce(found.c.claimed, "").label("claimed"),
            found.c.stage_found,
        )
        .select_from(sold)
        .outerjoin(found, and_(found.c.whose == sold.c.whose, found.c.n == 1))
        .subquery("journey")
    )


def money(*conditions: Condition) -> Subquery:
    """`whose, source, campaign, month, currency, amount`: what each person's won deals came to; a deal
    counts once."""
    whose, touch = _whose(), _touch()
    deals = (
        select(whose, *touch, HandoffRow.opportunity_id)
        .join(HandoffRow, HandoffRow.prospect_id == FirstTouchRow.prospect_id)
        .where(FirstTouchRow.handed, HandoffRow.state == HandoffState.WON, *conditions)
        .distinct()
        .subquery("deal")
    )
    key = (deals.c.whose, deals.c.source, deals.c.campaign, deals.c.month)
    return (
        select(*key, OpportunityRow.currency, func.sum(OpportunityRow.amount).label("amount"))
        .join(OpportunityRow, OpportunityRow.id == deals.c.opportunity_id)
        .where(OpportunityRow.amount.is_not(None))
        .group_by(*key, OpportunityRow.currency)
        .subquery("money")
    )


def _whose() -> ColumnElement[Any]:
    """Who a person is after merging."""
    return func.coalesce(FirstTouchRow.joined_id, FirstTouchRow.prospect_id).label("whose")


def _touch() -> tuple[InstrumentedAttribute[Any], ...]:
    return FirstTouchRow.source, FirstTouchRow.campaign, FirstTouchRow.month


def _sales(conditions: tuple[Condition, ...]) -> Subquery:
    # All of a group have the same first touch, so the least of them is it.
    touch = [func.min(column).label(column.key) for column in _touch()]
    won = case((HandoffRow.state == HandoffState.WON, HandoffRow.closed_at))
    return (
        select(
            _whose(),
            *touch,
            func.min(FirstTouchRow.at).label("first_at"),
            func.min(HandoffRow.offered_at).label("offered_at"),
            func.min(HandoffRow.accepted_at).label("taken_at"),
            func.min(won).label("won_at"),
        )
        .join(HandoffRow, HandoffRow.prospect_id == FirstTouchRow.prospect_id)
        .where(FirstTouchRow.handed, *conditions)
        .group_by(func.coalesce(FirstTouchRow.joined_id, FirstTouchRow.prospect_id))
        .subquery("sale")
    )


def _findings(conditions: tuple[Condition, ...]) -> Subquery:
    latest = func.row_number().over(
        partition_by=func.coalesce(FirstTouchRow.joined_id, FirstTouchRow.prospect_id),
        order_by=(ConfirmationRow.recorded_at.desc(), ConfirmationRow.id.desc()),
    )
    return (
        select(
            _whose(),
            ConfirmationRow.verdict,
            ConfirmationRow.claimed,
            ConfirmationRow.stage_found,
            ConfirmationRow.at,
            latest.label("n"),
        )
        .join(ConfirmationRow, ConfirmationRow.prospect_id == FirstTouchRow.prospect_id)
        .where(FirstTouchRow.handed, ConfirmationRow.superseded_at.is_(None), *conditions)
        .subquery("finding")
    )
