"""What an open lead is worth to a training: how fast wins and losses become known, old leads counting less. Pure.

A discrete-time hazard over person-periods: of the leads still open when a period begins, how many turn
out a win in it, and how many a loss. From it follows what a lead that is still open after so many days
will most likely be, held against what leads are on the whole. Only that difference counts: where wins
become known slowly an open lead is a little bit of a win, where they become known fast a little bit of
a loss, and where being open says nothing it weighs nothing.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from scoring.learning.labels import Fate, Lead

DAY = timedelta(days=1)
PERIODS = (4, 8, 15)
"""Days after the offer at which a period ends; the last one ends with what the label allows."""
HALF_LIFE = timedelta(days=60)
"""A lead offered so long ago counts half: buyers, campaigns and reps change."""
FEW = 20
"""Wins and losses, each, with which the first model can be tried."""
NEARLY_ALL = 0.95
LEAST = 0.01
"""A row that would weigh less than this is left out."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """For each period its end in days, and the chance that an open lead turns out a win, or a loss, in it."""

    ends: tuple[float, ...]
    win: tuple[float, ...]
    loss: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a lead enters a training: as a win or not, and how much it counts (0–1)."""

    win: bool
    weight: float


def fading(lead: Lead, now: datetime, half_life: timedelta = HALF_LIFE) -> float:
    """How much a lead of this age counts, 0–1, by who found it."""
    factor: float = 0.5 ** (max(now - lead.offered_at, timedelta()) / half_life)
    return factor * lead.weight


def ripe(leads: Sequence[Lead], within: timedelta, now: datetime) -> timedelta:
    """How long ago a lead must have been offered for models to be measured by it, if it is settled.

    What the label allows, for of late ones the quick outcomes are known first. While too few wins or losses
    are as old there would be nothing to measure by for a whole month; then it is the age by which
    nearly all that are settled were.
    """
    settled = [each for each in leads if each.fate is not Fate.OPEN]
    old = [each.fate for each in settled if each.offered_at + within <= now]
    ages = sorted(each.age for each in settled)
    if not ages or min(old.count(Fate.WIN), old.count(Fate.LOSS)) >= FEW:
        return within
    return min(within, ages[int(NEARLY_ALL * (len(ages) - 1))])


def hazard(
    leads: Sequence[Lead], within: timedelta, now: datetime, half_life: timedelta = HALF_LIFE
) -> Hazard:
    """How fast leads turn out wins and losses, by what is known at `now`.

    One lead of the usual sort is added to each period, so that a period of few leads says little.
    """
    ends = _ends(within)
    at_risk, won, lost = ([0.0] * len(ends) for _ in range(3))
    for lead in leads:
        weight, days = fading(lead, now, half_life), lead.age / DAY
        place = min(bisect_right(ends, days), len(ends) - 1)
        for earlier in range(place):
            at_risk[earlier] += weight
        begin = ends[place - 1] if place else 0.0
        part = min((days - begin) / (ends[place] - begin), 1.0)
        at_risk[place] += weight * (part if lead.fate is Fate.OPEN else 1.0)
        won[place] += weight * (lead.fate is Fate.WIN)
        lost[place] += weight * (lead.fate is Fate.LOSS)
    usual = (sum(won) + 0.5) / (sum(won) + sum(lost) + 1)
    risks = [each + 2 for each in at_risk]
    return Hazard(
        ends,
        tuple((each + usual) / risk for each, risk in zip(won, risks, strict=True)),
        tuple((each + 1 - usual) / risk for each, risk in zip(lost, risks, strict=True)),
    )


def chance(found: Hazard, age: timedelta) -> float:
    """How likely a lead that is open at this age is a win, if a rep finds out in time."""
    days, open_still, win, loss = age / DAY, 1.0, 0.0, 0.0
    for n, (begin, end) in enumerate(pairwise((0.0, *found.ends))):
        left = min(max((end - days) / (end - begin), 0.0), 1.0)
        wins, losses = found.win[n] * left, found.loss[n] * left
        win += open_still * wins
        loss += open_still * losses
        open_still *= 1 - wins - losses
    return win / (win + loss) if win + loss else chance(found, timedelta())


def weigh(
    leads: Sequence[Lead], within: timedelta, now: datetime, half_life: timedelta = HALF_LIFE
) -> list[Weighed | None]:
    """What each lead is to a training; None for one that says nothing.

    A settled lead counts whole, but for its age. An open one pulls the odds as far as its being open
    moves them: from the chance `q` against the usual `p` a loss of weight (p − q) / p, or a win of
    weight (q − p) / (1 − p), which leave the same slope as both outcomes at once would.
    """
    found = hazard(leads, within, now, half_life)
    usual = chance(found, timedelta())
    rows = [_weigh(each, found, usual, fading(each, now, half_life)) for each in leads]
    return [row if row and row.weight >= LEAST else None for row in rows]


def _weigh(lead: Lead, found: Hazard, usual: float, fading: float) -> Weighed | None:
    if lead.fate is not Fate.OPEN:
        return Weighed(lead.fate is Fate.WIN, fading)
    here = chance(found, lead.age)
    if here < usual:
        return Weighed(False, fading * (usual - here) / usual)
    return Weighed(True, fading * (here - usual) / (1 - usual)) if usual < 1 else None


def _ends(within: timedelta) -> tuple[float, ...]:
    horizon = within / DAY
    return (*(float(each) for each in PERIODS if each < horizon), horizon)
