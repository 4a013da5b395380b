"""How all reps together answer, for their manager and for each of them: what stands out, the figures, what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.learning.team_answers import TeamAnswers, TeamSign


@dataclass(frozen=True, slots=True)
class Words:
    """What a sign says, and what whoever reads it is to do: a manager, or a rep about their own answers."""

    said: str
    manager: str
    rep: str


WORDS: Mapping[TeamSign, Words] = {
    TeamSign.EVERYTHING_CONFIRMED: Words(
        said="Nearly every claim is confirmed, by everybody, and what became of the leads does not bear it out",
        manager="Some claims must be wrong. Agree on the one question on the brief that would prove a claim wrong, and listen in on a few calls; “not that far” costs nobody anything. Until then models learn what is claimed, and not what buyers want.",
        rep="Some claims must be wrong. Ask the question on the brief that would prove the claim wrong before you confirm; “not that far” costs nobody anything.",
    ),
    TeamSign.TELLS_NOTHING: Words(
        said="Leads that are confirmed order no more often than leads that are found not that far",
        manager="Either the stages do not say what leads to an order, or they are not asked for. Take ten leads that were lost after they were confirmed, read what was written down, and agree on what each stage means.",
        rep="Before you confirm a stage, ask for what stands under it on the brief; what is missing is worth writing down.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What a page shows of all reps together; `sign` and `to_do` only where something stands out."""

    figures: Sequence[str]
    sign: str | None = None
    to_do: str | None = None


def shown(team: TeamAnswers, *, to_rep: bool = False) -> Together | None:
    """In words, with what the reader is to do, a manager or a rep; None while nobody has answered."""
    if not team.answers.answered:
        return None
    if team.sign is None:
        return Together(figures=team.words)
    words = WORDS[team.sign]
    return Together(
        figures=team.words, sign=words.said, to_do=words.rep if to_rep else words.manager
    )
