"""Of very many people at once: whom a changed card surely moves, and whom it surely leaves as they are. Pure.

Sums are made here in another order than where they are shown, so whoever stands within a hair of any line
is for `Screen.of`, which says of one person what holds to the last digit.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from prospects.noticeable import NOTICEABLE_POINTS, NOTICEABLE_SHARE
from scoring.by_rules.weighing import DECIMALS
from scoring.card.card import Card
from scoring.changes.at_once import Moments, Table, bounds, moments, tables_of
from scoring.changes.course import NEARLY
from scoring.changes.crowd import Crowd, Earnings, Figures, Marks, crowd_of, earnings_of
from scoring.changes.screen import Belief, Kept, Screen, who_of
from scoring.changes.who import Alike, Who, sums
from scoring.features.known import Points
from scoring.features.points import SECOND
from scoring.features.tally import micros

HAIR = 1e-6
"""Of a logit, a probability or points: far more than the order of a sum makes of it."""
_ROUNDED = 0.5 * 10**-DECIMALS
"""Points are judged as they are shown."""
_GRADES = {
    fit + did: place for place, (fit, did) in enumerate((f, d) for f in "DCBA" for d in "4321")
}


def sift(
    screen: Screen, kept: Sequence[Kept], held: Sequence[Belief], now: datetime
) -> list[bool | None]:
    """Of each of these people whether they are moved; False if no look is needed before the promised one, None if unsure."""
    at = micros(now)
    crowd = crowd_of([each.tally for each in kept], [each.zone for each in kept])
    earnings = earnings_of([each.earned for each in kept])
    tables = tables_of(screen.acting)
    when = np.full(len(kept), at)
    engaged = earnings.left(when)
    points = zip(kept, engaged.tolist(), strict=True)
    whos = [who_of(each, Points(each.earned["fit"], did), at) for each, did in points]
    fit, still = (_sum(terms, whos, screen) for terms in (screen.fit, screen.still))
    one = moments(screen.acting, tables, crowd, when, engaged)
    did = one.parts.sum(axis=0) + still
    moved, unsure = _moved(screen, held, fit, did)
    stays = _stays(screen, held, crowd, earnings, tables, one=one, fit=fit, still=still, now=now)
    return [
        None if doubt or not (is_moved or same) else bool(is_moved)
        for is_moved, doubt, same in zip(
            moved.tolist(), unsure.tolist(), stays.tolist(), strict=True
        )
    ]


def _sum(terms: Sequence[Alike], whos: Sequence[Who], screen: Screen) -> Figures:
    """What these terms come to for each."""
    total = np.zeros(len(whos))
    for row in sums(terms, whos, screen.rules):
        total += row
    return total


def _moved(
    screen: Screen, held: Sequence[Belief], fit: Figures, did: Figures
) -> tuple[Marks, Marks]:
    """Whom a person would find moved, and of whom that is not sure."""
    logit = screen.card.intercept + fit + did
    signs = [
        _grades(screen, held, fit, did),
        _points(screen.card, held, logit),
        _scores(screen.card, held, logit),
        _warm(screen, held, logit),
    ]
    moved = np.logical_or.reduce([low & high for low, high in signs])
    unsure = np.logical_or.reduce([low != high for low, high in signs]) & ~moved
    return moved, unsure


Either = tuple[Marks, Marks]
"""Whether something moved, seen from a hair below and from a hair above."""


def _grades(screen: Screen, held: Sequence[Belief], fit: Figures, did: Figures) -> Either:
    before = np.array([_GRADES.get(each.grade, -1) for each in held])
    places = [
        4 * _place(screen.fit_cuts, fit + hair) + _place(screen.cuts, did + hair)
        for hair in (-HAIR, HAIR)
    ]
    # Where the hair hides a cut, the grade is neither surely the same nor surely another.
    same = [place == before for place in places]
    alike = places[0] == places[1]
    return ~same[0] & alike, ~same[1] | ~alike


def _points(card: Card, held: Sequence[Belief], logit: Figures) -> Either:
    before = np.array([each.points for each in held])
    knots = card.scales.points
    if knots:
        found = np.interp(logit, [x for x, _ in knots], [y for _, y in knots])
    else:
        found = 100 * _sigmoid(logit)
    apart = np.abs(np.clip(found, 0, 100) - before)
    hair = _ROUNDED + HAIR
    return apart >= NOTICEABLE_POINTS + hair, apart >= NOTICEABLE_POINTS - hair


def _scores(card: Card, held: Sequence[Belief], logit: Figures) -> Either:
    shown = np.array([each.score is not None for each in held], bool)
    if not card.calibration.passed:
        return shown, shown
    apart = np.abs(_sigmoid(logit) - np.array([each.score or 0.0 for each in held]))
    return (
        ~shown | (apart >= NOTICEABLE_SHARE + HAIR),
        ~shown | (apart >= NOTICEABLE_SHARE - HAIR),
    )


def _warm(screen: Screen, held: Sequence[Belief], logit: Figures) -> Either:
    rules = screen.rules
    far_from = rules.rank(rules.scoring.warm.stage)
    far: Mapping[str | None, bool] = {
        stage: 0 <= far_from <= rules.rank(stage) for stage in {each.stage for each in held}
    }
    enough = np.array([far[each.stage] for each in held], bool)
    was = np.array([each.warm for each in held], bool)
    shut = np.array([each.gate is not None for each in held], bool)
    line = np.array([screen.lines[each.warm] for each in held])
    low, high = ((enough | (logit + hair >= line)) & ~shut for hair in (-HAIR, HAIR))
    return (low != was) & (high != was), (low != was) | (high != was)


def _stays(
    screen: Screen,
    held: Sequence[Belief],
    crowd: Crowd,
    earnings: Earnings,
    tables: Sequence[Table],
    *,
    one: Moments,
    fit: Figures,
    still: Figures,
    now: datetime,
) -> Marks:
    """Whether grade and warmth surely stay until the look that is promised."""
    at = micros(now)
    until = [(each.look_due_at - now).total_seconds() if each.look_due_at else -1 for each in held]
    passed = np.array([round(each * NEARLY * SECOND) for each in until])
    when = at + np.maximum(passed, 0)
    later = moments(screen.acting, tables, crowd, when, earnings.left(when))
    low, high = bounds(screen.acting, tables, crowd, one, later)
    line = np.array([screen.lines[each.warm] for each in held]) - screen.card.intercept - fit
    ends = low + still - HAIR, high + still + HAIR
    grades = [_place(screen.cuts, end) for end in ends]
    sides = [end >= line for end in ends]
    stays: Marks = (passed > 0) & (grades[0] == grades[1]) & (sides[0] == sides[1])
    return stays


def _place(cuts: Sequence[float], figures: Figures) -> NDArray[np.int64]:
    return np.searchsorted(np.array(cuts), figures, side="right")


def _sigmoid(logit: Figures) -> Figures:
    return 1 / (1 + np.exp(-np.clip(logit, -500, 500)))
