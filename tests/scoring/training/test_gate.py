"""The gate: each check fails by what it is about, and what fails decides what happens."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.training.gate import Asked, gate
from scoring.training.metrics import probability
from scoring.training.table import Floats, words
from scoring.training.trained import Candidate, Gate, Outcome

ROWS = 1500


def asked(seed: int = 1) -> Asked:
    """A champion that says what is true, against one that knows half of it."""
    rng = np.random.default_rng(seed)
    known, more = rng.normal(size=ROWS), rng.normal(size=ROWS)
    truth = -1.2 + known + more
    label = (rng.random(ROWS) < probability(truth)).astype(np.float64)
    return Asked(
        champion=Candidate.SCORECARD,
        label=label,
        weights=np.ones(ROWS),
        logits=truth,
        now=-0.9 + 0.8 * known,
        replaces=True,
        newest=True,
        points=10 * known,
        slices={"source": words(["ad" if each else "fair" for each in np.arange(ROWS) % 2])},
        suspects=(),
        flattered=False,
        contradicted=False,
        churn=0.1,
        reproducible=True,
        seed=7,
    )


def failed(passed: Gate) -> set[str]:
    return {check.name for check in passed.checks if not check.passed}


def test_a_better_model_takes_over_by_itself() -> None:
    passed = gate(asked())
    assert failed(passed) == set()
    assert passed.outcome is Outcome.PROMOTE
    assert all(check.words for check in passed.checks)


def test_few_wins_among_the_newest_rows_need_a_person() -> None:
    few = asked()
    rows = slice(0, 260)
    part = replace(
        few,
        **{name: getattr(few, name)[rows] for name in ("label", "weights", "logits", "now")},
        points=None,
        slices={},
    )
    assert 50 <= part.label.sum() < 100
    passed = gate(part)
    assert "enough" in failed(passed)
    assert passed.outcome is Outcome.ASK


def test_boosting_stays_out_where_no_newest_rows_speak_for_it() -> None:
    passed = gate(replace(asked(), champion=Candidate.ADDITIVE, newest=False))
    assert passed.outcome is Outcome.STAY


def worse(given: Asked) -> Asked:
    return replace(given, logits=given.now, now=given.logits)


def below_points(given: Asked) -> Asked:
    assert given.points is not None
    return replace(given, points=given.logits, logits=given.now, now=np.full(ROWS, -1.0))


def too_sure(given: Asked) -> Asked:
    return replace(given, logits=given.logits + 1.0, now=given.now + 3.0)


def bad_for_fairs(given: Asked) -> Asked:
    fair = given.slices["source"].codes == 1
    mixed: Floats = given.logits.copy()
    mixed[fair] = np.random.default_rng(0).permutation(mixed[fair])
    return replace(given, logits=mixed, now=given.logits)


@pytest.mark.parametrize(
    ("spoilt", "check", "outcome"),
    [
        (worse, "better", Outcome.STAY),
        (lambda given: worse(replace(given, flattered=True, points=None)), "better", Outcome.ASK),
        (
            lambda given: worse(replace(given, contradicted=True, points=None)),
            "better",
            Outcome.ASK,
        ),
        (below_points, "points", Outcome.STAY),
        (too_sure, "calibrated", Outcome.ASK),
        (bad_for_fairs, "slices", Outcome.STAY),
        (lambda given: replace(given, suspects=("Tags",)), "leaks", Outcome.STAY),
        (lambda given: replace(given, churn=0.3), "churn", Outcome.ASK),
        (lambda given: replace(given, reproducible=False), "reproducible", Outcome.STAY),
    ],
)
def test_each_check_sees_what_it_is_about(spoilt: object, check: str, outcome: Outcome) -> None:
    assert callable(spoilt)
    passed = gate(spoilt(asked()))
    assert check in failed(passed)
    assert passed.outcome is outcome


def test_the_slice_that_suffers_is_named() -> None:
    checks = {check.name: check for check in gate(bad_for_fairs(asked())).checks}
    assert "source “fair”" in checks["slices"].words
    assert "ad" not in checks["slices"].words.split("“")[1]


def test_a_few_wins_fewer_among_the_best_tenth_are_noise_and_many_are_not() -> None:
    given = asked()
    order = np.argsort(-given.logits)
    best, rest = order[: ROWS // 10], order[ROWS // 10 :]
    won, lost = best[given.label[best] == 1], rest[given.label[rest] == 0]
    for swapped, passed in ((2, True), (60, False)):
        label: Floats = given.label.copy()
        few, more = given.logits.copy(), rest[label[rest] == 1]
        few[won[:swapped]], few[lost[:swapped]] = few[lost[:swapped]], few[won[:swapped]]
        assert len(more) > swapped
        checks = {
            check.name: check
            for check in gate(replace(given, logits=few, points=given.logits - 0.001)).checks
        }
        assert (checks["points"].figures["lift_high"] >= 0) is passed
