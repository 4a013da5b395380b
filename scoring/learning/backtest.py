"""How a model would have done on leads whose fate is known since, beside the marketer's points. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

FEW = 10
"""Wins, or losses, below which no figure is worth saying."""
BINS = 5


@dataclass(frozen=True, slots=True)
class Ended:
    """One lead: the points and the chance it had when it was offered, and whether it was a win."""

    points: float
    chance: float | None
    win: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Leads of like chance: how many, the mean chance, and the share that were wins."""

    rows: int
    foreseen: float
    found: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """AUCs are 0–1, None below `FEW` of either outcome; `higher` of `wins` the model ranks above where points did."""

    leads: int
    wins: int
    auc_points: float | None
    auc_model: float | None
    higher: int | None
    lower: int | None
    calibration: tuple[Bin, ...]

    @property
    def words(self) -> list[str]:
        """What a marketer is told."""
        if self.auc_points is None:
            missing = max(FEW - self.wins, FEW - (self.leads - self.wins), 0)
            return [f"Not yet: {missing} more findings are needed of one kind or the other."]
        said = [f"The points put {_pairs(self.auc_points)} pairs of a buyer and another in order."]
        if self.auc_model is not None and self.higher is not None:
            said.append(
                f"The model would have ranked {self.higher} of {self.wins} later buyers higher, "
                f"{self.lower} lower; it puts {_pairs(self.auc_model)} in order."
            )
        return said


def backtest(ended: Sequence[Ended]) -> Backtest:
    """Both orders, and what was foreseen against what was found."""
    wins = sum(each.win for each in ended)
    enough = min(wins, len(ended) - wins) >= FEW
    scored = enough and all(each.chance is not None for each in ended)
    chances = [each.chance or 0.0 for each in ended]
    points, won = [each.points for each in ended], [each.win for each in ended]
    higher = lower = None
    if scored:
        one, other = _ranks(points), _ranks(chances)
        higher = sum(b > a for a, b, win in zip(one, other, won, strict=True) if win)
        lower = sum(b < a for a, b, win in zip(one, other, won, strict=True) if win)
    return Backtest(
        leads=len(ended),
        wins=wins,
        auc_points=auc(points, won) if enough else None,
        auc_model=auc(chances, won) if scored else None,
        higher=higher,
        lower=lower,
        calibration=tuple(_bins(chances, won)) if scored else (),
    )


def auc(figures: Sequence[float], won: Sequence[bool]) -> float:
    """The share of pairs of a win and a loss in which the win has the larger figure; ties count half."""
    wins = sum(won)
    above = sum(rank for rank, win in zip(_ranks(figures), won, strict=True) if win)
    return (above - wins * (wins + 1) / 2) / (wins * (len(won) - wins))


def _ranks(figures: Sequence[float]) -> list[float]:
    """Places from 1, the smallest first; equal figures share the middle of theirs."""
    order = sorted(range(len(figures)), key=figures.__getitem__)
    ranks, start = [0.0] * len(figures), 0
    while start < len(order):
        end = start
        while end < len(order) and figures[order[end]] == figures[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + 1 + end) / 2
        start = end
    return ranks


def _bins(chances: Sequence[float], won: Sequence[bool]) -> list[Bin]:
    pairs = sorted(zip(chances, won, strict=True))
    found = []
    for n in range(BINS):
        some = pairs[n * len(pairs) // BINS : (n + 1) * len(pairs) // BINS]
        if some:
            foreseen = sum(chance for chance, _ in some) / len(some)
            found.append(
                Bin(rows=len(some), foreseen=foreseen, found=sum(w for _, w in some) / len(some))
            )
    return found


def _pairs(auc: float) -> str:
    return f"{round(100 * auc)} of 100"
