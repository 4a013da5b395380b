"""What a marketer writes in scoring.yaml, read and checked; every key left out has a built-in value."""

import re
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from prospects.conditions.model import Condition, Where
from prospects.conditions.tree import Tree
from prospects.faults import Fault, nearest, shown
from prospects.kinds import BUYERS_OWN, Kind
from prospects.shapes import faulty
from scoring.written import defaults
from scoring.written.features import AllowedFeature, OwnTitle
from scoring.written.learning import Learning, Sought
from scoring.written.leaves import fields_of
from scoring.written.stages import Strict
from scoring.written.values import Lasting, StageSlug

MADE_BY_SCORING = frozenset(
    {"stage", "confidence", "points", "fit", "engagement", "grade", "warm", "gate"}
)
_OWN = sorted(each.value for each in BUYERS_OWN)
POINTS = "points"
"""The model that is the marketer's own rules."""
CARD = re.compile(r"card-[0-9a-f]{12}")
MOST_RULES = 200
"""Rules of one sort: every look at every person runs through all of them."""


def _buyers_own(kind: object) -> Kind:
    # Invariant 14: only what the buyer did makes a person warm, so nothing else can earn points.
    if kind not in _OWN:
        raise PydanticCustomError(
            "activity",
            "`{kind}` is nothing a buyer does; {mend}",
            {"kind": str(kind)[:60], "mend": nearest(kind, _OWN)},
        )
    return Kind(str(kind))


def _not_its_own(tree: Tree) -> Tree:
    # A score that feeds on the last score would depend on how often somebody looked.
    own = sorted(fields_of(tree) & MADE_BY_SCORING)
    if own:
        raise PydanticCustomError(
            "circle", "fit cannot depend on `{field}`, which scoring makes", {"field": own[0]}
        )
    return tree


FitCondition = Annotated[Condition, AfterValidator(_not_its_own)]
BuyersAct = Annotated[Kind, BeforeValidator(_buyers_own)]
Points = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
Gain = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=120)]


class Warm(Strict):
    """When a person is warm: far enough or with points enough; left only below `leave_points`."""

    stage: StageSlug | None = None
    points: Annotated[float, Field(ge=0, le=100)] = 60
    leave_points: Annotated[float, Field(ge=0, le=100)] = 45

    @model_validator(mode="after")
    def _leaves_below(self) -> Self:
        if self.leave_points > self.points:
            raise PydanticCustomError(
                "leave_points", "leave_points must not be above points, else nobody stays warm"
            )
        return self


class FitRule(Strict):
    """Points for who somebody is; they may be negative."""

    name: Name
    condition: FitCondition = Field(alias="if")
    points: Points
    text: Words | None = None


class Fit(Strict):
    """Who they are: the rules' points add up to at most `cap`, and never to less than nothing."""

    cap: Annotated[float, Field(ge=0, le=100)] = 50
    rules: Annotated[tuple[FitRule, ...], Field(max_length=MOST_RULES)] = ()


class EngagementRule(Strict):
    """Points for each time somebody did something; `cap` bounds what this one rule can earn."""

    name: Name
    activity: BuyersAct
    where: Where | None = None
    points: Gain
    cap: Gain | None = None
    text: Words | None = None


class Engagement(Strict):
    """What they do: each act is worth half after one `half_life`, a quarter after two."""

    cap: Annotated[float, Field(ge=0, le=100)] = 50
    half_life: Lasting = defaults.HALF_LIFE
    rules: Annotated[tuple[EngagementRule, ...], Field(max_length=MOST_RULES)] = ()


class Evidence(Strict):
    """What speaks for a stage. Weights add up and halve; from about 0.92 on the stage is claimed."""

    stage: StageSlug
    activity: BuyersAct
    where: Where | None = None
    weight: Annotated[float, Field(gt=0, le=10)]
    half_life: Lasting = defaults.EVIDENCE_HALF_LIFE
    text: Words | None = None


class Gate(Strict):
    """Somebody who is never handed over, whatever they score."""

    name: Name
    condition: Condition = Field(alias="if")
    text: Words | None = None


class Effect(Strict):
    """What a rep's finding does to the score: `before` scales the engagement earned until then, `points` are added."""

    before: Share = 1.0
    points: Annotated[float, Field(ge=0, le=100)] = 0.0


class Verdicts(Strict):
    """What each finding does; `hold` is how long the stage it found is believed without new evidence."""

    hold: Lasting = defaults.HOLD
    confirmed: Effect = Effect(points=10)
    later: Effect = Effect(points=15)
    earlier: Effect = Effect(before=0.5)
    wrong_person: Effect = Effect(before=0)
    not_a_buyer: Effect = Effect(before=0)


def _falling(cuts: tuple[float, float, float]) -> tuple[float, float, float]:
    if not 100 >= cuts[0] > cuts[1] > cuts[2] >= 0:
        raise PydanticCustomError("cuts", "three falling numbers from 100 to 0, like [75, 50, 25]")
    return cuts


Cuts = Annotated[tuple[float, float, float], AfterValidator(_falling)]


class Grades(Strict):
    """From where on fit is an A, B, C (else D) and engagement a 1, 2, 3 (else 4), on 0–100."""

    fit: Cuts = (75, 50, 25)
    engagement: Cuts = (75, 50, 25)


def _points_or_card(model: str) -> str:
    if model != POINTS and not CARD.fullmatch(model):
        raise PydanticCustomError(
            "model", "the model is `points`, or the id of a card, like `card-0123456789ab`"
        )
    return model


class Scoring(Strict):
    """The whole of scoring.yaml."""

    warm: Warm = Warm()
    fit: Fit
    engagement: Engagement
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=MOST_RULES)]
    gates: Annotated[tuple[Gate, ...], Field(max_length=MOST_RULES)] = ()
    explore: Share = 0.0
    model: Annotated[str, AfterValidator(_points_or_card)] = POINTS
    label: Sought = Sought()
    learning: Learning = Learning()
    verdicts: Verdicts = Verdicts()
    grades: Grades = Grades()
    titles: Annotated[tuple[OwnTitle, ...], Field(max_length=MOST_RULES)] = ()
    allowed_features: Annotated[tuple[AllowedFeature, ...], Field(max_length=MOST_RULES)] = ()

    @model_validator(mode="before")
    @classmethod
    def _with_built_in(cls, written: Any, info: ValidationInfo) -> Any:
        if not isinstance(written, dict):
            return written
        ladder = (info.context or {}).get("stages") or defaults.LADDER
        return {**defaults.scoring(ladder), **written}

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        for part, rules in (
            ("fit.rules", self.fit.rules),
            ("engagement.rules", self.engagement.rules),
            ("gates", self.gates),
        ):
            names = [rule.name for rule in rules]
            if twice := [n for n, name in enumerate(names) if name in names[:n]]:
                place = f"{part}.{twice[0]}.name"
                reason = f"two rules of {part.partition('.')[0]} are named {shown(names[twice[0]])}"
                raise faulty(Fault(place, reason, "a name is used once"))
        return self
