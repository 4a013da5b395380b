"""A table's terms made ready to be asked of very many people and instants: what they add together. Pure.

The same as adding up `weigh_stages` over the terms, but for the order of the sum. Most of what a table
asks for somebody never did, and nothing is worth the same for everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log1p

from scoring.card.stage_table import StageTable
from scoring.card.stage_terms import Growing, StageTerm, Weights, weigh_stages
from scoring.card.terms import Value


@dataclass(frozen=True, slots=True)
class StageSum:
    """`nothing` is what all growing terms add at 0, or at the least that was seen.

    `growing` are (feature, least, its logarithm, most, weights, what missing adds to `nothing`).
    """

    nothing: Weights
    growing: tuple[tuple[str, float, float, float, Weights, Weights], ...]
    others: tuple[StageTerm, ...]

    def of(self, seen: Mapping[str, Value]) -> list[float]:
        """What these features add to each stage's logit."""
        total = list(self.nothing)
        for feature, least, log_least, most, weights, missing in self.growing:
            value = seen.get(feature)
            if value == 0:
                continue
            share = 1.0
            if isinstance(value, (int, float)) and value == value:
                share = log1p(min(max(value, least), most)) - log_least
            else:
                weights = missing
            for rank, weight in enumerate(weights):
                total[rank] += weight * share
        for term in self.others:
            told = weigh_stages(term, seen.get(term.feature), len(total))
            for rank, share in enumerate(told):
                total[rank] += share
        return total


def stage_sum(table: StageTable) -> StageSum:
    """This table's terms, made ready once for as long as the table is in use."""
    kept = _kept.get(id(table))
    if kept is None or kept[0] is not table:
        if len(_kept) >= _MOST:
            _kept.clear()
        kept = _kept[id(table)] = (table, _made(table))
    return kept[1]


def _made(table: StageTable) -> StageSum:
    growing = [term for term in table.terms if isinstance(term, Growing)]
    logs = [log1p(term.least) for term in growing]
    blank = [
        [(log - term.centre) * weight for weight in term.weights]
        for log, term in zip(logs, growing, strict=True)
    ]
    nothing = tuple(sum(each[rank] for each in blank) for rank in range(len(table.ladder)))
    told = tuple(
        (
            term.feature,
            term.least,
            log,
            term.most,
            term.weights,
            tuple(map(_less, term.missing, at_0)),
        )
        for term, log, at_0 in zip(growing, logs, blank, strict=True)
    )
    others = tuple(term for term in table.terms if not isinstance(term, Growing))
    return StageSum(nothing, told, others)


def _less(missing: float, at_0: float) -> float:
    return missing - at_0


_kept: dict[int, tuple[StageTable, StageSum]] = {}
"""By what stands where in memory; the table beside it keeps that place taken."""
_MOST = 8
