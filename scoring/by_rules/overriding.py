"""What colleagues add to somebody's score or take away: each for a while, for a reason, under their name. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from prospects.bidi import isolated
from prospects.values import Override, Reason
from scoring.by_rules.words import day

POINTS_EACH = 10.0
"""Points for 1.0 of a logit: near the middle one more of these moves a share by as much as the other."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """The overrides that count now: their sum as a share of the logit, and each for its own line."""

    weight: float
    each: tuple[Override, ...]

    @property
    def points(self) -> float:
        """Their sum in points."""
        return self.weight * POINTS_EACH

    def lines(self, *, per: float = 1.0) -> list[Reason]:
        """One line each, by whom and until when; `per` is what 1.0 is worth."""
        return [Reason(_text(one), f"override.{one.id}", one.value * per) for one in self.each]


NONE = Pushed(0.0, ())


def pushed(overrides: Sequence[Override], now: datetime) -> Pushed:
    """Those that count at `now`."""
    if not overrides:
        return NONE
    standing = tuple(one for one in overrides if one.at <= now < one.until)
    return Pushed(sum(one.value for one in standing), standing)


def _text(one: Override) -> str:
    whose = ", for the company" if one.company else ""
    return f"{isolated(one.by)}: {isolated(one.reason)} (until {day(one.until)}{whose})"
