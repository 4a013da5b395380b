"""What became of each lead that was put to sales, as far as the history tells by an instant. Pure.

A lead is a win if the stage a rep found is far enough and was found in time, whatever the verdict is
called: a confirmed awareness is no win. Not having reached the buyer says nothing of the buyer, and
nor does a rep's silence: such a lead stays open, and `scoring/learning/delay.py` says what that is worth.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from prospects.kinds import Kind, Verdict
from scoring.rules import ScoringRules

USUAL_STAGE = "evaluation"
_WAITS = frozenset({Kind.OFFERED, Kind.ACCEPTED})
"""After these somebody may still hear from a rep; after a refusal or an attempt nobody does by itself."""
NO_BUYER = (Verdict.WRONG_PERSON, Verdict.NOT_A_BUYER)
_VERDICT_KEY = "verdict:"


class Fate(StrEnum):
    """What a lead turned out to be; open is that nobody knows."""

    WIN = "win"
    LOSS = "loss"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One act of `LEAD_ACTS`, with its key in the record: corrections name a verdict by it."""

    kind: Kind
    happened_at: datetime
    learned_at: datetime
    key: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is foreseen: these stages or further, found within so long after the offer."""

    stage: str
    ladder: tuple[str, ...]
    within: timedelta

    def reached(self, found: str | None) -> bool | None:
        """Whether this stage is far enough; None for one that is not on the ladder."""
        if found not in self.ladder:
            return None
        return self.ladder.index(found) >= self.ladder.index(self.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One lead and its fate. `age` is how long after the offer that was settled, or was last open.

    `probability` is the chance with which it was drawn though not warm; None for one routed as warm.
    `settled_at` is when we came to know. `rep` is who gave the verdict, `ended` how the deal ended if it
    did (a win or a loss), and `weight` how much what was found counts (0–1).
    """

    handoff: str
    offered_at: datetime
    fate: Fate
    age: timedelta
    settled_at: datetime | None = None
    verdict: Verdict | None = None
    found: str | None = None
    probability: float | None = None
    rep: str | None = None
    ended: Fate | None = None
    weight: float = 1.0


def aim_of(rules: ScoringRules) -> Aim:
    """What the rules in force say is to be foreseen."""
    written, ladder = rules.scoring.label, rules.ladder
    usual = USUAL_STAGE if USUAL_STAGE in ladder else rules.scoring.warm.stage or ladder[-1]
    return Aim(stage=written.stage or usual, ladder=ladder, within=written.within)


def leads(told: Iterable[Told], aim: Aim, now: datetime) -> list[Lead]:
    """One person's leads, the first offered first, by what was known at `now`; never by what came later."""
    ways: dict[str, list[Told]] = {}
    for each in sorted(told, key=lambda one: (one.learned_at, one.happened_at)):
        if each.learned_at <= now and each.happened_at <= now and each.body.get("handoff"):
            ways.setdefault(str(each.body["handoff"]), []).append(each)
    found = [_lead(handoff, way, aim, now) for handoff, way in ways.items()]
    return sorted((each for each in found if each), key=lambda lead: lead.offered_at)


def _lead(handoff: str, way: Sequence[Told], aim: Aim, now: datetime) -> Lead | None:
    offers = [each.happened_at for each in way if each.kind is Kind.OFFERED]
    if not offers:
        return None
    offered_at = min(offers)
    by, fate = _settled(way, aim, offered_at)
    in_time = offered_at + aim.within
    if by is None or fate is Fate.OPEN:
        until = min(now if way[-1].kind in _WAITS else way[-1].happened_at, in_time)
        age, settled_at = until - offered_at, None
    else:
        age, settled_at = min(by.happened_at, in_time) - offered_at, by.learned_at
    verdict = by.body.get("verdict") if by and by.kind is Kind.VERDICT else None
    return Lead(
        handoff=handoff,
        offered_at=offered_at,
        fate=fate,
        # A rep may have talked to the buyer before there was an offer.
        age=max(age, timedelta()),
        settled_at=settled_at,
        verdict=Verdict(verdict) if verdict else None,
        found=_stage_found(by) if by else None,
        probability=next((_probability(each) for each in way if each.kind is Kind.EXPLORED), None),
        rep=str(by.body["rep"]) if by and verdict and by.body.get("rep") else None,
        ended=_ended(way),
    )


def _settled(way: Sequence[Told], aim: Aim, offered_at: datetime) -> tuple[Told | None, Fate]:
    """What settles a lead, if anything does, and how."""
    verdict = _standing(way)
    won = next((each for each in way if _says(each, "won")), None)
    in_time = offered_at + aim.within
    if verdict is not None and _of_verdict(verdict, aim, in_time) is Fate.WIN:
        return verdict, Fate.WIN
    if won is not None and won.happened_at <= in_time:
        return won, Fate.WIN
    lost = next((each for each in way if _says(each, "lost")), None)
    if verdict is None:
        return lost, Fate.LOSS if lost else Fate.OPEN
    return verdict, _of_verdict(verdict, aim, in_time)


def _ended(way: Sequence[Told]) -> Fate | None:
    ends = [each for each in way if _says(each, "won") or _says(each, "lost")]
    return (Fate.WIN if _says(ends[-1], "won") else Fate.LOSS) if ends else None


def _standing(way: Sequence[Told]) -> Told | None:
    """The verdict that stands: the last learned that no other takes the place of."""
    corrected = {f"{_VERDICT_KEY}{each.body.get('supersedes')}" for each in way}
    found = [
        each
        for each in way
        if each.kind is Kind.VERDICT
        and each.key not in corrected
        and each.body.get("verdict", Verdict.NOT_REACHED) != Verdict.NOT_REACHED
    ]
    return found[-1] if found else None


def _of_verdict(verdict: Told, aim: Aim, in_time: datetime) -> Fate:
    if verdict.body["verdict"] in NO_BUYER:
        return Fate.LOSS
    reached = aim.reached(_stage_found(verdict))
    if reached is None:
        return Fate.OPEN
    return Fate.WIN if reached and verdict.happened_at <= in_time else Fate.LOSS


def _stage_found(by: Told) -> str | None:
    stage = by.body.get("stage_found")
    if stage is None and by.body.get("verdict") == Verdict.CONFIRMED:
        stage = by.body.get("claimed")
    return stage


def _says(each: Told, result: str) -> bool:
    """Whether the deal ended so; what a manager took back tells nothing of the buyer."""
    return each.kind is Kind.OUTCOME and each.body.get("result") == result


def _probability(each: Told) -> float | None:
    drawn = each.body.get("probability")
    return float(drawn) if isinstance(drawn, int | float) and 0 < drawn <= 1 else None
