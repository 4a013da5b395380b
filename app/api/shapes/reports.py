"""Shapes of reports: people by source, campaign and month; claims beside findings."""

from typing import Annotated

from pydantic import Field

from app.api.shapes.common import Id, Money, Shape, Share, Stage

People = Annotated[int, Field(ge=0, examples=[12])]
Days = Annotated[float | None, Field(examples=[3.5])]
"""Mean days; null where nobody came that far."""
SourceSlug = Annotated[str, Field(examples=["meta-emea"])]


class Funnel(Shape):
    """How many people came how far."""

    leads: People
    offered: People
    taken: People
    checked: People
    buyers: People
    won: People


class FoundAt(Shape):
    """Confirmed buyers by the stage the rep found."""

    stage: Stage
    buyers: People


class Between(Shape):
    """Mean days from first touch to an offer, to taking, to the finding; and from first touch to the deal."""

    to_offer: Days
    to_take: Days
    to_finding: Days
    to_win: Days


class SourceLine(Funnel):
    """People of one source, campaign and month of first touch; no campaign is the empty text."""

    source: SourceSlug
    campaign: Annotated[str, Field(examples=["spring-emea"])]
    month: Annotated[str, Field(examples=["2026-03"])]
    found: list[FoundAt]
    amounts: list[Money]
    cost: Money | None
    cost_per_buyer: Money | None
    days: Between


class ClaimLine(Shape):
    """What reps found where marketing claimed a stage; `over` and `under` are shares of `checked`."""

    source: SourceSlug
    claimed: Annotated[str | None, Field(examples=["evaluation"])]
    checked: People
    confirmed: People
    earlier: People
    later: People
    wrong_person: People
    not_a_buyer: People
    over: Share
    under: Share


class Chance(Shape):
    """A share of `checked`, and the bounds between which it lies in 95 of 100 cases (Wilson)."""

    share: Share
    low: Share
    high: Share


class RateLine(Shape):
    """How often claims held that have one thing in common; `until` is the day from which on nothing counts."""

    by: Annotated[str, Field(examples=["flow"])]
    value: Annotated[str | None, Field(examples=["spring-guide"])]
    checked: People
    confirmed: People
    earlier: People
    later: People
    wrong_person: People
    not_a_buyer: People
    over: Chance
    under: Chance
    until: Annotated[str | None, Field(examples=["2026-03-09"])]


class Behind(Shape):
    """Somebody behind a number."""

    prospect: Id
