"""Where buyers move and only the warm are found, claims come near the best attainable as findings come in."""

import pytest

from scoring.training.stages import fit_stages
from tests.scoring.stages.along import RULES, Lived, live
from tests.scoring.stages.moving import MARKETS, MISLED, YEAR, Market

SIZES = (0, 30, 100, 300, 1000)


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
    past = live(market, seed=11, weeks=30, newcomers=70)
    print(f"\n{market.name}: {len(past.findings)} findings")
    reached = {}
    for size in SIZES:
        told = taught(market, size, past, seed=12, weeks=24, newcomers=30)
        reached[size] = told
        print(
            f"{size:5} right {told.right:.3f} of {told.attainable:.3f}, too far {told.over:.3f}, off by {told.off:.3f}"
        )
    many = reached[SIZES[-1]]
    assert many.right > many.attainable - 0.045
    assert reached[30].right > reached[0].right - 0.03
    assert reached[300].right > reached[0].right
