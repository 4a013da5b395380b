"""How all reps together answer: where everybody confirms everything there is nobody to stand out among, only the deals tell. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scoring.learning.answering import FEWEST_ENDED, NOBODY, Answers, of_lead
from scoring.learning.labels import Lead

FEWEST = 30
"""Findings below which nothing is said of all together."""
NEARLY_ALL = 0.85
"""More claims than this, beyond chance, no marketing gets right: the best attainable is right in two of three."""
BORNE_OUT = 0.5
"""Where more of the leads confirmed order than not, beyond chance, the claims are right and not the asking wrong."""


class TeamSign(StrEnum):
    """What is worth a look in how all reps together answer."""

    EVERYTHING_CONFIRMED = "everything_confirmed"
    TELLS_NOTHING = "tells_nothing"


@dataclass(frozen=True, slots=True)
class TeamAnswers:
    """All answers of half a year, against what became of the leads."""

    answers: Answers

    @property
    def sign(self) -> TeamSign | None:
        """What stands out beyond chance, if anything does."""
        of = self.answers
        borne_out = of.ended >= FEWEST_ENDED and of.buying.low > BORNE_OUT
        if of.answered >= FEWEST and of.confirming.low > NEARLY_ALL and not borne_out:
            return TeamSign.EVERYTHING_CONFIRMED
        if min(of.ended, of.passed_ended) >= FEWEST and of.buying.value <= of.buying_passed.value:
            return TeamSign.TELLS_NOTHING
        return None

    @property
    def words(self) -> tuple[str, ...]:
        """The figures that the sign is read from, in sentences."""
        of = self.answers
        said = [f"Together {of.confirmed:,} of {of.answered:,} claims were confirmed as claimed."]
        if of.ended:
            said.append(
                f"Of those confirmed, or found further, {of.ended:,} came to an end: {of.won:,} ordered."
            )
        else:
            said.append("None of those confirmed has come to an end yet.")
        if of.passed_ended:
            said.append(
                f"Of those found not that far {of.passed_ended:,} came to an end: {of.passed_won:,} ordered."
            )
        return tuple(said)


def together(leads: Sequence[Lead]) -> TeamAnswers:
    """All of these; who was drawn by chance was not claimed to be warm, and is left out."""
    whole = NOBODY
    for lead in leads:
        if lead.probability is None:
            whole = whole.plus(of_lead(lead))
    return TeamAnswers(whole)


def in_words(leads: Sequence[Lead]) -> str | None:
    """What is to be said to whoever reads what was learned of these; None where nothing stands out."""
    team = together(leads)
    match team.sign:
        case TeamSign.EVERYTHING_CONFIRMED:
            return f"What was learned says little of buyers: nearly nothing is ever found wrong. {' '.join(team.words)}"
        case TeamSign.TELLS_NOTHING:
            return f"What was learned says little of deals: leads confirmed order no more often than others. {' '.join(team.words)}"
        case None:
            return None
