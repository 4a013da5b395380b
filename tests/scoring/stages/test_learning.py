"""The evidence rules hold with no findings, and findings pull them towards what is true."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random

import pytest

from scoring.by_rules import stage
from scoring.by_rules.stage_model import Learned
from scoring.by_rules.stage_support import Support
from scoring.card.stage_table import StageTable
from scoring.learning.stage_seen import SeenStage
from scoring.stage_evidence import lately
from scoring.training.stage_columns import columns
from scoring.training.stages import FittedStages, fit_stages
from tests.scoring.stages.buyers import RULES, Buyer, buyer

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
Crowd = list[tuple[Buyer, Support]]


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    chance = Random(7)
    buyers = [buyer(chance, NOW) for _ in range(1500)]
    return [(each, stage.support(each.acts, RULES, None, NOW)) for each in buyers]


@pytest.fixture(scope="module")
def fitted(crowd: Crowd) -> Mapping[int, FittedStages]:
    return {count: fit_stages(found(crowd[-count:]), RULES.ladder) for count in (50, 500)}


def found(crowd: Crowd) -> list[SeenStage]:
    """What reps found of them: the truth."""
    return [
        SeenStage(
            features={**each.features, **lately(seen.matched)},
            strengths=tuple(seen.strengths()),
            found=each.stage,
            at=NOW,
        )
        for each, seen in crowd
    ]


def taught(table: StageTable, whom: Buyer) -> Learned:
    return Learned(table, lambda _: whom.features, "card-x")


def accuracy(crowd: Crowd, table: StageTable | None) -> float:
    """The share of buyers whose stage is claimed."""
    right = 0
    for each, seen in crowd:
        told = seen.knowing(taught(table, each)) if table else seen
        right += told.furthest(-1) == each.stage
    return right / len(crowd)


def test_with_findings_claims_rise_to_near_the_best_attainable(
    crowd: Crowd, fitted: Mapping[int, FittedStages]
) -> None:
    unseen = crowd[:1000]
    best = sum(each.best == each.stage for each, _ in unseen) / len(unseen)

    none, some, many = (
        accuracy(unseen, table) for table in (None, fitted[50].table, fitted[500].table)
    )

    assert none + 0.05 < some < many
    # Who knows all the figures also tells papers from webinars and counts whole weeks alike.
    assert many > best - 0.05


def test_what_is_minutes_apart_for_everybody_teaches_nothing() -> None:
    """Of leads all handed over within seconds of their form, how long ago it was tells seconds apart."""
    rows = [
        {"evidence.evaluation.x.recent_7d": 1 - n / 1e6, "fields.size": float(n)} for n in range(90)
    ]
    assert [each.feature for each in columns(rows, {})] == ["fields.size"]


def test_a_few_findings_leave_the_evidence_rules_as_they_are(crowd: Crowd) -> None:
    few = fit_stages(found(crowd[:9]), RULES.ladder)
    assert few.table is None
    assert few.words == "findings still needed for more: 1"


def test_findings_that_agree_with_the_rules_move_nothing() -> None:
    sure = [
        SeenStage(features={}, strengths=(0.98,) * (rank + 1) + (0.02,) * (4 - rank), found=rank, at=NOW)
        for rank in range(5)
    ] * 8  # fmt: skip
    table = fit_stages(sure, RULES.ladder).table
    assert table is None or all(abs(cut) < 1.5 for cut in table.cuts)


def test_the_chances_hold_on_buyers_nobody_learned_from(
    crowd: Crowd, fitted: Mapping[int, FittedStages]
) -> None:
    many = fitted[500]
    assert many.table is not None
    assert many.table.calibrated
    said, true = 0.0, 0
    for each, seen in crowd[:1000]:
        learned = seen.knowing(taught(many.table, each))
        rank = max(learned.furthest(-1), 0)
        said += learned.strength(rank)
        true += each.stage >= rank
    assert said == pytest.approx(true, rel=0.05)


def test_the_same_findings_give_the_same_table(
    crowd: Crowd, fitted: Mapping[int, FittedStages]
) -> None:
    assert fit_stages(found(crowd[-50:]), RULES.ladder) == fitted[50]


def test_features_that_tell_nothing_do_not_count_however_usual_their_strength_is() -> None:
    dice, seen = Random(3), []
    for _ in range(320):
        found = dice.choice((0, 2))
        strengths = (0.95, 0.5, 0.5, 0.05, 0.02) if found else (0.95, 0.3, 0.3, 0.05, 0.02)
        told = {f"evidence.evaluation.{n}.recent_7d": dice.random() * 9 for n in range(30)}
        seen.append(SeenStage(features=told, strengths=strengths, found=found, at=NOW))
    table = fit_stages(seen, RULES.ladder).table
    assert table is not None
    assert table.terms == ()
