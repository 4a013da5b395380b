"""What is missing for the next model on the ladder, in words a marketer knows. Pure."""

from scoring.card.card import Rung

ENOUGH = 40
"""Findings below which there is nothing to train: twenty wins and twenty losses is where it begins."""
NEEDED = {Rung.PLATT: 20, Rung.SCORECARD: 20, Rung.ADDITIVE: 200}
"""Buyers and others needed of each, where there are points to begin from; the trainers of these rungs ask for as many."""
CALLED = {
    Rung.PLATT: "your points as a percentage",
    Rung.SCORECARD: "a scorecard on top of your points",
    Rung.ADDITIVE: "a sum learned from everything they did",
}


def missing(known: int, learned: tuple[int, int] | None) -> str:
    """In a sentence or two. `known` are all confirmations of reps; `learned` the buyers and others of the last training, if any.

    Learned from in full are only leads whose time is over: the others will count by themselves.
    """
    if known < ENOUGH:
        return f"Not yet: {_more(ENOUGH - known)} needed before anything can be learned."
    if learned is None:
        return "There are enough confirmations to learn from."
    rarer, what = min((learned[0], "found far enough"), (learned[1], "found not that far"))
    for rung, needed in NEEDED.items():
        if rarer < needed:
            return (
                f"Not yet: {_more(needed - rarer)} of leads {what} needed "
                f"before {CALLED[rung]} can be tried.{_to_come(known - sum(learned), known)}"
            )
    return "Every kind of model has enough to learn from; the best on later leads is taken."


def _to_come(young: int, known: int) -> str:
    """Confirmations that are there already and do not count yet."""
    if young <= 0:
        return ""
    return (
        f" {young:,} of the {known:,} so far do not count yet: "
        "they are too new, or came after the last training."
    )


def _more(count: int) -> str:
    return f"{count:,} more {'confirmation' if count == 1 else 'confirmations'}"
