"""What findings teach of the buying stage, fitted beside the score from the same leads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scoring.card.terms import Side, Value
from scoring.features.registry import feature
from scoring.learning.past_leads import SeenLead
from scoring.rules import ScoringRules
from scoring.stage_evidence import rule_of
from scoring.training.stages import FittedStages, fit_stages


def staged(
    settled: Sequence[SeenLead], rules: ScoringRules, columns: Collection[str]
) -> FittedStages:
    """The table of stages for these rules' ladder, from these columns and no others."""
    # What the evidence rules found is no column of the score's table, and always known before.
    rows = [
        replace(lead.stage, features=_among(lead.stage.features, columns))
        for lead in settled
        if lead.stage is not None
    ]
    return fit_stages(rows, rules.ladder, sides={name: _side(name) for name in columns})


def _among(features: Mapping[str, Value], columns: Collection[str]) -> dict[str, Value]:
    return {name: told for name, told in features.items() if name in columns or rule_of(name)}


def told(fitted: FittedStages) -> dict[str, Any]:
    """The same for the report."""
    return {
        "findings": fitted.verdicts,
        "learned": fitted.table is not None,
        "calibrated": fitted.table is not None and fitted.table.calibrated,
        "rules_log_loss": fitted.prior_loss,
        "log_loss": fitted.loss,
        "ece": fitted.ece,
    }


def in_words(fitted: FittedStages) -> str:
    """What became of the buying stage, for people."""
    if fitted.table is None:
        return f"Buying stages are claimed by the evidence rules: {fitted.words}."
    sure = "" if fitted.table.calibrated else "; how sure a claim is, cannot be relied on yet"
    return f"What is said of buying stages is pulled from the evidence rules by {fitted.verdicts:,} findings{sure}."


def _side(name: str) -> Side:
    known = feature(name)
    return known.side if known else Side.ENGAGEMENT
