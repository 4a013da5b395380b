"""The scoring rules in force, made ready to be applied to thousands of people a second. Pure."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from prospects.conditions import Sight, compile_tree, compile_where
from prospects.conditions.vocabulary import STANDARD
from prospects.kinds import Kind
from scoring.card.card import Card
from scoring.stage_evidence import name_of
from scoring.written import defaults
from scoring.written.leaves import windows_of
from scoring.written.scoring import EngagementRule, Evidence, FitRule, Gate, Scoring
from scoring.written.stages import Stage, Stages

Predicate = Callable[[Sight], bool]
Matches = Callable[[Mapping[str, Any], Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """One version of a workspace's rules; build it with `compile_rules`.

    `fit` and `gates` pair a rule with its condition. `engagement` and `evidence` list, for each kind of
    activity, the rules it can match (by their place in the file) with the test of its body.
    `evidence_names` has what each evidence rule is called among features, by its place.
    `windows` are the `within` of conditions: when one closes, fit or a gate may change.
    `card` scores in place of the points, where one is active, or says of stages alone; the points run on beside it.
    `mark` is the same for two versions that give the same points and evidence, shut the same gates and
    draw as many by chance, whichever card scores and wherever the lines are drawn.
    """

    scoring: Scoring
    stages: tuple[Stage, ...]
    version: int
    ladder: tuple[str, ...]
    fit: tuple[tuple[FitRule, Predicate], ...]
    gates: tuple[tuple[Gate, Predicate], ...]
    engagement: Mapping[Kind, tuple[tuple[int, Matches], ...]]
    evidence: Mapping[Kind, tuple[tuple[int, Matches], ...]]
    windows: frozenset[tuple[str, timedelta]]
    mark: int
    evidence_names: tuple[str, ...] = ()
    card: Card | None = None
    card_id: str | None = None

    @property
    def model(self) -> str:
        """What a claim names as its maker."""
        return f"points/{self.version}"

    @property
    def scoring_card(self) -> Card | None:
        """The card whose sum scores; None where the points do, though a card may say of stages."""
        return self.card if self.card is not None and self.card.scores else None

    @property
    def scorer(self) -> str:
        """What these rules are called by: the card, whether it scores or says of stages alone; else the points."""
        return self.card_id or self.model

    @property
    def explore(self) -> float:
        """The chance of who is not warm to be checked all the same: as written, else 5 % once a card scores."""
        return _explore(self.scoring, self.card)

    def rank(self, slug: str | None) -> int:
        """The place of a stage on the ladder from 0; -1 for none and for one that is gone."""
        return self.ladder.index(slug) if slug in self.ladder else -1


def read_stages(written: Mapping[str, Any] | None) -> Stages:
    """stages.yaml as values, or the built-in ladder. Raises pydantic.ValidationError."""
    return Stages.model_validate({"stages": defaults.STAGES} if written is None else written)


def read_scoring(written: Mapping[str, Any] | None, stages: Stages) -> Scoring:
    """scoring.yaml as values; keys left out have built-in values. Raises pydantic.ValidationError."""
    ladder = tuple(stage.slug for stage in stages.stages)
    context = {"stages": ladder, "vocabulary": STANDARD.with_stages(ladder)}
    return Scoring.model_validate({} if written is None else written, context=context)


def compile_rules(
    scoring: Scoring, stages: Stages, version: int = 0, card: Card | None = None
) -> ScoringRules:
    """The rules, ready to be applied; with the card that scores, if one does."""
    conditions = [rule.condition for rule in scoring.fit.rules]
    conditions += [gate.condition for gate in scoring.gates]
    return ScoringRules(
        scoring=scoring,
        stages=stages.stages,
        version=version,
        ladder=tuple(stage.slug for stage in stages.stages),
        fit=tuple((rule, compile_tree(rule.condition)) for rule in scoring.fit.rules),
        gates=tuple((gate, compile_tree(gate.condition)) for gate in scoring.gates),
        engagement=_by_kind(scoring.engagement.rules),
        evidence=_by_kind(scoring.evidence),
        windows=frozenset(window for tree in conditions for window in windows_of(tree)),
        mark=_mark(scoring, stages, card),
        evidence_names=tuple(map(name_of, scoring.evidence)),
        card=card,
        # Its id is a hash of the whole card: made once here, and not once for everybody.
        card_id=card.id if card else None,
    )


def built_in() -> ScoringRules:
    """What holds in a workspace that has set nothing."""
    stages = read_stages(None)
    return compile_rules(read_scoring(None, stages), stages)


def _explore(scoring: Scoring, card: Card | None) -> float:
    if "explore" in scoring.model_fields_set:
        return scoring.explore
    return defaults.EXPLORE if card is not None and card.scores else 0.0


def _mark(scoring: Scoring, stages: Stages, card: Card | None) -> int:
    ladder = tuple(stage.slug for stage in stages.stages)
    parts = (scoring.fit, scoring.engagement, scoring.evidence, scoring.gates, scoring.verdicts)
    said = repr((*parts, scoring.titles, ladder, _explore(scoring, card)))
    return int(hashlib.sha256(said.encode()).hexdigest()[:13], 16)


def _by_kind(
    rules: Sequence[EngagementRule | Evidence],
) -> dict[Kind, tuple[tuple[int, Matches], ...]]:
    found: dict[Kind, tuple[tuple[int, Matches], ...]] = {}
    for place, rule in enumerate(rules):
        test = (place, compile_where(rule.where))
        found[rule.activity] = (*found.get(rule.activity, ()), test)
    return found
