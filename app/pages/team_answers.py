"""How all reps together answer, for their manager and for each of them: what stands out, the figures, what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.learning.team_answers import TeamAnswers, TeamSign

SAID: Mapping[TeamSign, str] = {
    TeamSign.EVERYTHING_CONFIRMED: "Nearly every claim is confirmed, by everybody, and what became of the leads does not bear it out",
    TeamSign.TELLS_NOTHING: "Leads that are confirmed order no more often than leads that are found not that far",
}
TO_DO: Mapping[TeamSign, str] = {
    TeamSign.EVERYTHING_CONFIRMED: "Some claims must be wrong. Agree on the one question on the brief that would prove a claim wrong, and listen in on a few calls; “not that far” costs nobody anything. Until then models learn what is claimed, and not what buyers want.",
    TeamSign.TELLS_NOTHING: "Either the stages do not say what leads to an order, or they are not asked for. Take ten leads that were lost after they were confirmed, read what was written down, and agree on what each stage means.",
}

TO_DO_YOURSELF: Mapping[TeamSign, str] = {
    TeamSign.EVERYTHING_CONFIRMED: "Some claims must be wrong. Ask the question on the brief that would prove the claim wrong before you confirm; “not that far” costs nobody anything. Your manager sees the same a fortnight after you.",
    TeamSign.TELLS_NOTHING: "Before you confirm a stage, ask for what stands under it on the brief; what is missing is worth writing down. Your manager sees the same a fortnight after you.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What a page shows of all reps together; `sign` and `to_do` only where something stands out."""

    figures: Sequence[str]
    sign: str | None = None
    to_do: str | None = None


def shown(team: TeamAnswers, to_do: Mapping[TeamSign, str] = TO_DO) -> Together | None:
    """In words, with what the reader is to do; None while nobody has answered."""
    if not team.answers.answered:
        return None
    sign = team.sign
    return Together(
        figures=team.words, sign=sign and SAID[sign], to_do=to_do[sign] if sign else None
    )
