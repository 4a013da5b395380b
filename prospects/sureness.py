"""How sure a claim is, in words: bands of confidence that people can keep apart. Pure."""

BANDS = ((0.85, "very sure"), (0.65, "fairly sure"), (0.45, "more likely than not"))
"""From which confidence (0–1) on each is said."""
GUESS = "a guess"


def sure(confidence: float) -> str:
    """A confidence between 0 and 1 as people say it."""
    return next((words for least, words in BANDS if confidence >= least), GUESS)


PROVED_BY = 10
"""So many claims like it must have been checked before their share tells more than the evidence."""


def proved(confidence: float, confirmed: int, of: int) -> str:
    """The same, but no surer than claims like it turned out: `confirmed` of as many as were checked."""
    return sure(min(confidence, confirmed / of) if of >= PROVED_BY else confidence)
