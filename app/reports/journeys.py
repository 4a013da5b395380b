"""How far each person came, one row each: the ground on which every number of the reports stands.

A number is a count over these rows, and the people behind it are the same rows, so both agree.
They are kept as things happen (`prospects.first_touch`): no report reads a history.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, or_, select

from prospects.kinds import Verdict
from prospects.rows import OpportunityRow
from prospects.touch_rows import FirstTouchRow
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
    row = FirstTouchRow
    return (
        select(
            row.prospect_id,
            *(row.source, row.campaign, row.month, row.at.label("first_at")),
            *(row.offered_at, row.taken_at, row.found_at, row.won_at, row.verdict),
            *(func.coalesce(row.claimed, "").label("claimed"), row.stage_found),
        )
        .where(row.handed, *leads(*conditions))
        .subquery("journey")
    )


def money(*conditions: Condition) -> Subquery:
    """`whose, source, campaign, month, currency, amount`: what each person's won deals came to; a deal
    counts once."""
    row = FirstTouchRow
    whose = func.coalesce(row.joined_id, row.prospect_id).label("whose")
    deals = (
        select(whose, row.source, row.campaign, row.month, HandoffRow.opportunity_id)
        .join(HandoffRow, HandoffRow.prospect_id == row.prospect_id)
        .where(row.handed, or_(row.won_at.is_not(None), row.joined_id.is_not(None)))
        .where(HandoffRow.state == HandoffState.WON, *conditions)
        .distinct()
        .subquery("deal")
    )
    key: tuple[Any, ...] = (deals.c.whose, deals.c.source, deals.c.campaign, deals.c.month)
    return (
        select(*key, OpportunityRow.currency, func.sum(OpportunityRow.amount).label("amount"))
        .join(OpportunityRow, OpportunityRow.id == deals.c.opportunity_id)
        .where(OpportunityRow.amount.is_not(None))
        .group_by(*key, OpportunityRow.currency)
        .subquery("money")
    )
