"""Where buyers move and only the warm are found, claims come near the best attainable as findings come in."""

from statistics import mean

import pytest

from scoring.training.stages import fit_stages
from tests.scoring.stages.along import RULES, Lived, live
from tests.scoring.stages.moving import MARKETS, MISLED, YEAR, Market

SIZES = (0, 30, 300, 1000)
SEEDS = (11, 21, 31)


def taught(market: Market, findings: int, taught_by: Lived, **how: int) -> Lived:
    """Other people of the same market, claimed with what the first so many findings taught."""
    some = taught_by.findings[:findings]
    assert len(some) == findings
    table = fit_stages(some, RULES.ladder).table if some else None
    return live(market, **how, table=table)


@pytest.mark.parametrize(
    ("market", "gained"), [(YEAR, 0.04), (MISLED, 0.12)], ids=["year", "misled"]
)
def test_a_season_of_findings_brings_claims_near_the_best_attainable(
    market: Market, gained: float
) -> None:
    past = live(market, seed=11, weeks=14, newcomers=25)
    how = {"seed": 12, "weeks": 12, "newcomers": 14}

    alone, told = taught(market, 0, past, **how), taught(market, 130, past, **how)

    assert told.right > told.attainable - 0.08
    assert told.right > alone.right + gained
    assert told.off < alone.off


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.name)
def test_claims_by_how_many_findings_there_are(market: Market) -> None:
    """On average of some lives: in a single one a few hundred findings may mislead by a point."""
    reached: dict[int, list[Lived]] = {size: [] for size in SIZES}
    for seed in SEEDS:
        past = live(market, seed=seed, weeks=30, newcomers=70)
        for size in SIZES:
            told = taught(market, size, past, seed=seed + 1, weeks=24, newcomers=30)
            reached[size].append(told)
    right = {size: mean(each.right for each in lives) for size, lives in reached.items()}
    for size, lives in reached.items():
        best, over = mean(each.attainable for each in lives), mean(each.over for each in lives)
        print(
            f"\n{market.name}, {size:5} right {right[size]:.3f} of {best:.3f}, too far {over:.3f}"
        )
    assert right[SIZES[-1]] > mean(each.attainable for each in reached[SIZES[-1]]) - 0.05
    # A table of thirty waits for a click, and for its week in the shadow.
    assert right[30] > right[0] - 0.05
    assert right[300] > right[0]
