"""How one rep answers beside all others: what stands out, and how much less their confirmations teach. Pure.

A rep who confirms whatever is claimed tells nothing of the buyer, and nobody can see that from one
answer. So a rep's confirming is held against that of all others together, and against what became of
the leads; the lower bound of Wilson's interval stands for it, so that few answers say little.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from prospects.kinds import Verdict
from prospects.wilson import Share
from scoring.learning.labels import Fate, Lead

Who = TypeVar("Who")
LOOKS_BACK = timedelta(days=180)
FEWEST_ANSWERS = 15
FEWEST_ENDED = 8
FEWEST_SILENT = 5
OTHERS_SILENT = 0.1
"""So many leads without a word are nobody's habit, whatever colleagues do."""
COUNTS = 0.5
"""A finding that counts for less, because of who gave it, is trained on and nothing is measured by it."""
BELIEVED = (Verdict.CONFIRMED, Verdict.LATER)


class Sign(StrEnum):
    """What is worth a look in how somebody answers."""

    CONFIRMS_EVERYTHING = "confirms_everything"
    NEVER_ANSWERS = "never_answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How one rep, or several together, answered in half a year.

    `answered` are findings, `silent` leads they took and never said a word about, though the time was
    up. `ended` are leads they found to be as far as claimed, or further, that were won or lost since;
    also when the CRM said so; `passed_ended` are those they found not that far, of which `passed_won`.
    """

    answered: int = 0
    confirmed: int = 0
    silent: int = 0
    won: int = 0
    ended: int = 0
    passed_won: int = 0
    passed_ended: int = 0

    @property
    def confirming(self) -> Share:
        """The share of answers that say: as claimed."""
        return Share(self.confirmed, self.answered)

    @property
    def silence(self) -> Share:
        """The share of leads without a word."""
        return Share(self.silent, self.silent + self.answered)

    @property
    def buying(self) -> Share:
        """The share of leads that were won, of those they believed in and that ended."""
        return Share(self.won, self.ended)

    @property
    def buying_passed(self) -> Share:
        """The share of leads that were won, of those found not that far and that ended."""
        return Share(self.passed_won, self.passed_ended)

    def plus(self, other: "Answers") -> "Answers":
        """Both together."""
        return self._with(other, 1)

    def without(self, other: "Answers") -> "Answers":
        """All but those."""
        return self._with(other, -1)

    def _with(self, other: "Answers", sign: int) -> "Answers":
        return Answers(
            answered=self.answered + sign * other.answered,
            confirmed=self.confirmed + sign * other.confirmed,
            silent=self.silent + sign * other.silent,
            won=self.won + sign * other.won,
            ended=self.ended + sign * other.ended,
            passed_won=self.passed_won + sign * other.passed_won,
            passed_ended=self.passed_ended + sign * other.passed_ended,
        )


NOBODY = Answers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A rep's answers beside those of all others together."""

    own: Answers
    others: Answers

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What stands out beyond chance."""
        return tuple(sign for sign, holds in self._held().items() if holds)

    @property
    def doubt(self) -> float:
        """The share of their answers given without looking, as far as that is beyond chance: 0 to 1.

        Who looks confirms as often as the others do, who does not always: r = d + (1 − d) · others.
        Nothing, where what became of their leads bears them out.
        """
        if not self._agrees_too_often():
            return 0.0
        usual = self.others.confirming.value
        return (self.own.confirming.low - usual) / (1 - usual)

    def _held(self) -> Mapping[Sign, bool]:
        own, others = self.own, self.others
        usual = max(OTHERS_SILENT, others.silence.value if others.answered else 0.0)
        return {
            Sign.CONFIRMS_EVERYTHING: self._agrees_too_often(),
            Sign.NEVER_ANSWERS: own.silent >= FEWEST_SILENT and own.silence.low > usual,
        }

    def _agrees_too_often(self) -> bool:
        """More than the others do, and what became of those leads does not bear it out."""
        own, others = self.own, self.others
        if min(own.answered, others.answered) < FEWEST_ANSWERS:
            return False
        known = min(own.ended, others.ended) >= FEWEST_ENDED
        borne_out = known and own.buying.value >= others.buying.value
        return own.confirming.low > others.confirming.value and not borne_out


def each_beside(each: Mapping[Who, Answers]) -> dict[Who, Beside]:
    """Everybody beside all others."""
    whole = NOBODY
    for answers in each.values():
        whole = whole.plus(answers)
    return {who: Beside(own=own, others=whole.without(own)) for who, own in each.items()}


@dataclass(frozen=True, slots=True)
class Doubted:
    """A rep whose confirmations count less: how they answer, and how much less (0 to 1)."""

    beside: Beside
    doubt: float


def doubted(leads: Sequence[Lead], as_of: datetime) -> dict[str, Doubted]:
    """Reps whose confirmations count less, by what was found of leads offered in the half year before."""
    found: defaultdict[str, Answers] = defaultdict(Answers)
    for lead in leads:
        # Who was drawn was not claimed to be warm: what is found of them is no habit of the rep's.
        if lead.rep and lead.probability is None and lead.offered_at > as_of - LOOKS_BACK:
            found[lead.rep] = found[lead.rep].plus(of_lead(lead))
    beside = each_beside(found)
    return {
        rep: Doubted(held, held.doubt) for rep, held in sorted(beside.items()) if held.doubt > 0
    }


def heeded(lead: Lead, by: Mapping[str, Doubted]) -> Lead:
    """The same lead; of who is doubted a confirmation counts only as far as they are not."""
    held = by.get(lead.rep or "")
    if held is None or lead.verdict is not Verdict.CONFIRMED:
        return lead
    return replace(lead, weight=1 - held.doubt)


def in_words(by: Mapping[str, Doubted]) -> str | None:
    """Whose findings count less, without a name: a rep sees it first, on a page of their own."""
    if not by:
        return None
    told = [
        f"{each.beside.own.confirmed} of {each.beside.own.answered} (others "
        f"{each.beside.others.confirming.value:.0%})"
        for each in by.values()
    ]
    reps = f"{len(by)} rep{'s' if len(by) > 1 else ''}"
    return f"Findings of {reps} count less: they confirmed {', '.join(told)}."


def of_lead(lead: Lead) -> Answers:
    """What one lead adds to whoever found out about it."""
    return NOBODY if lead.verdict is None else of_finding(lead.verdict, lead.ended)


def of_finding(verdict: Verdict, ended: Fate | None, number: int = 1) -> Answers:
    """What so many leads add of which this was found, and that ended so, if they ended."""
    believed, passed, won = verdict in BELIEVED, verdict is Verdict.EARLIER, ended is Fate.WIN
    return Answers(
        answered=number,
        confirmed=number * (verdict is Verdict.CONFIRMED),
        won=number * (believed and won),
        ended=number * (believed and ended is not None),
        passed_won=number * (passed and won),
        passed_ended=number * (passed and ended is not None),
    )
