"""How each rep answers, beside all others: what stands out, the figures, and what the rep is to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.pages import words
from app.pages.team_answers import Together
from prospects.wilson import Share
from scoring.learning.answering import Answers, Beside, Sign

SAID: Mapping[Sign, tuple[str, str]] = {
    Sign.CONFIRMS_EVERYTHING: (
        "Nearly every claim is confirmed, more than by colleagues beyond chance",
        "Before you confirm, ask the question on the brief that would prove the claim wrong. “Not that far” and “not a buyer” cost you nothing: marketing goes on from what you find, and your next leads get better.",
    ),
    Sign.NEVER_ANSWERS: (
        "Many leads were taken, and not a word was said about them in time",
        "Open the brief and say what you found; it takes a minute. “Not reached” is an answer too, and the desk can write up what you heard.",
    ),
}
"""What a sign says, and what the rep is to do."""
NOBODY_YET = Beside(own=Answers(), others=Answers())


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A sign of one rep, with the figures it was read from."""

    name: str
    sign: str
    figures: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswers:
    """A rep's own page: how their answers hold up, and what to do where something stands out."""

    answered: int
    figures: Sequence[str]
    signs: Sequence[tuple[str, str]]
    delay: int
    team: Together | None = None


def standing(signs: Sequence[tuple[UUID, Beside]], names: Mapping[str, str]) -> list[Standing]:
    """A line for each sign."""
    return [
        Standing(
            name=names.get(str(rep), "somebody who left"), sign=SAID[sign][0], figures=figures(both)
        )
        for rep, both in signs
        for sign in both.signs
    ]


def own(both: Beside, delay: int) -> OwnAnswers:
    """What a rep sees of themselves."""
    return OwnAnswers(
        answered=both.own.answered,
        figures=figures(both),
        signs=[SAID[sign] for sign in both.signs],
        delay=delay,
    )


def figures(both: Beside) -> list[str]:
    """The figures in sentences, each beside the others'."""
    mine, others = both.own, both.others
    said = [_said("Confirmed as claimed", mine.confirming, others.confirming)]
    said.append(_said("Taken, and not a word in time", mine.silence, others.silence))
    if mine.ended:
        said.append(
            _said("Ordered, of those confirmed that came to an end", mine.buying, others.buying)
        )
    else:
        said.append("None of the leads confirmed has come to an end yet.")
    return said


def _said(what: str, mine: Share, others: Share) -> str:
    beside = f"; colleagues {words.unbroken(others.value)}" if others.of else ""
    return f"{what}: {mine.count} of {mine.of}{beside}."
