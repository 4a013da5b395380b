"""What a training found, in words a marketer knows first."""

from collections.abc import Iterator
from datetime import timedelta

from scoring.training.trained import Outcome, Trained


def in_words(trained: Trained, *, settled: int, wins: int) -> Iterator[str]:
    """Sentences: from what, what came of it, what happens next, what is missing."""
    yield f"Learned from {settled:,} leads that were checked, {wins:,} of them found far enough in time."
    yield from trained.words
    yield _next(trained) if trained.card is not None else "The points stay."


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


def early(ripe: timedelta, within: timedelta) -> list[str]:
    """That models were measured by leads whose time is not over, because others are still too few."""
    if ripe >= within:
        return []
    days = within / timedelta(days=1)
    return [
        f"Few leads were offered {days:g} days ago or longer, so that it was measured by what was found sooner;"
        " of leads that take their time it knows little yet."
    ]
