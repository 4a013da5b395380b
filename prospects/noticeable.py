"""What of a belief a person would notice the change of. Pure."""

NOTICEABLE_POINTS = 1.0
NOTICEABLE_SHARE = 0.01
"""Of a probability: one more in a hundred."""


def scored_otherwise(before: float | None, after: float | None) -> bool:
    """Whether a probability, or that there is one, moved so far."""
    if before is None or after is None:
        return before is not after
    return abs(before - after) >= NOTICEABLE_SHARE
