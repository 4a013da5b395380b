"""What a training found, in words a marketer knows first."""

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.training.trained import Outcome, Trained


def in_words(
    report: Mapping[str, Any], *, trained: Trained, settled: int, wins: int, days: int
) -> Iterator[str]:
    """Sentences: from what, what came of it, what happens next, what is missing.

    `settled` leads were checked, with so many `wins` among them; each has so many `days` to become one.
    """
    yield f"Learned from {settled:,} leads that were checked, {wins:,} of them found far enough in time."
    over = trained.positives + trained.losses
    if over < settled:
        yield (
            f"Models are measured, and wins and losses counted, on the {over:,} of them offered "
            f"{days} days ago or earlier: {trained.positives:,} far enough, {trained.losses:,} not. "
            "The others will count when their time is over."
        )
    yield from trained.words
    if trained.card is None:
        yield "The points stay."
        return
    yield _next(trained)
    unrouted = report.get("unrouted") or {}
    if unrouted.get("drawn"):
        yield (
            f"Of {unrouted['drawn']} people drawn by chance, who were not warm, reps found "
            f"{unrouted['wins']} far enough."
        )


def _next(trained: Trained) -> str:
    assert trained.gate is not None
    failed = [check for check in trained.gate.checks if not check.passed]
    match trained.gate.outcome:
        case Outcome.PROMOTE:
            return "It passes every check: it scores in the shadow first, then takes over."
        case Outcome.ASK:
            return (
                f"A person decides whether it is tried. {' '.join(check.words for check in failed)}"
            )
        case Outcome.STAY:
            return f"It is not tried, unless somebody has a reason. {' '.join(check.words for check in failed)}"
