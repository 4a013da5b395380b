"""What findings teach of the buying stage where what scores stays: a card of its own under the points, or the card that scores with other stages.

Without it the stage would be pulled only by trainings whose sum earns its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scoring import models
from scoring.by_rules.stage_model import stage_table
from scoring.card.card import Calibration, Card, Rung, Scales
from scoring.models import By, Origin
from scoring.rules import ScoringRules
from scoring.training.carding import window_of
from scoring.training.stages import ECE_PASSES, ENOUGH_TO_CALIBRATE, FittedStages
from scoring.training.table import Table
from scoring.training.trained import Check, Gate, Outcome, Plan, Trained

MORE = 0.1
"""A tenth more findings than stand behind the claims now: before that nothing is worth asking anybody."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """The card, and what is told of it."""

    card: Card
    report: Mapping[str, Any]

    @property
    def words(self) -> str:
        """For whoever reads the training."""
        return f"Stages pulled by findings are kept as {self.card.id}, and what scores stays. {_NEXT[self.outcome]}"

    @property
    def outcome(self) -> Outcome:
        """What its checks let happen."""
        return Outcome(self.report["gate"]["outcome"])


_NEXT: Mapping[Outcome, str] = {
    Outcome.PROMOTE: "They pass every check: tried in the shadow first, they then take over.",
    Outcome.ASK: "A person decides whether they are tried.",
    Outcome.STAY: "They are not tried.",
}


def pulled(
    rules: ScoringRules, stages: FittedStages, trained: Trained | None, plan: Plan, table: Table
) -> Pulled | None:
    """The stages for what scores now; None where a new sum carries them, or findings say nothing new.

    A sum that waits for a person carries them as far as that person lets it: stages that pass every
    check themselves do not wait with it.
    """
    gate = trained.gate if trained is not None else None
    sum_goes = gate.outcome if gate is not None else Outcome.STAY
    if stages.table is None or sum_goes is Outcome.PROMOTE:
        return None
    if sum_goes is Outcome.ASK and _gate(stages).outcome is Outcome.ASK:
        return None
    stands = rules.card
    before = stage_table(stands, rules.ladder)
    if before is not None and stages.verdicts - before.verdicts < MORE * before.verdicts:
        return None
    base = stands if rules.scoring_card is not None else _under_points(plan, table)
    assert base is not None
    more = {
        "stage": stages.table,
        "trained_at": plan.trained_at,
        "parent": stands.id if stands else None,
    }
    card = base.model_copy(update=more)
    return Pulled(card, _told(stages, trained))


def keep(session: Session, made: Pulled, now: datetime, *, by: By, by_itself: bool) -> None:
    """Keep it; where it passed every check and nothing else is tried, try it."""
    models.keep(session, made.card, made.report, now, origin=Origin.RECORD, by=by)
    row = models.one(session, made.card.id)
    free = models.in_state(session, models.State.APPROVED) is None
    is_new = row is not None and row.state == models.State.TRAINED
    if is_new and free and by_itself and made.outcome is Outcome.PROMOTE:
        models.approve(session, made.card.id, now, by=models.ITSELF)


def _under_points(plan: Plan, table: Table) -> Card:
    return Card(
        rung=Rung.STAGES,
        feature_version=plan.feature_version,
        label=plan.label,
        intercept=0.0,
        terms=(),
        calibration=Calibration(why="your points score"),
        scales=Scales(fit=(), engagement=(), points=()),
        window=window_of(plan, table),
        trained_at=plan.trained_at,
        left_out=plan.left_out,
        allowed=plan.allowed,
    )


def _told(stages: FittedStages, trained: Trained | None) -> dict[str, Any]:
    gate = _gate(stages)
    learned: dict[str, Any] = {}
    if trained is not None:
        learned = {
            "rows": trained.rows,
            "positives": trained.positives,
            "losses": trained.losses,
        }
    words = [
        f"{stages.verdicts:,} findings pull what is said of buying stages; what scores stays as it is.",
        *(check.words for check in gate.checks),
    ]
    return {
        **learned,
        "words": words,
        "gate": {"outcome": str(gate.outcome), "checks": _plain(gate.checks)},
        "markdown": "\n".join(["# Buying stages", "", *words, ""]),
    }


def _plain(checks: Sequence[Check]) -> list[dict[str, Any]]:
    return [{**asdict(check), "figures": dict(check.figures)} for check in checks]


def _gate(stages: FittedStages) -> Gate:
    ours, rules, ece = stages.loss or 0.0, stages.prior_loss or 0.0, stages.ece or 0.0
    checks = (
        Check(
            name="stages_nearer",
            passed=ours < rules,
            figures={"log_loss": ours, "rules_log_loss": rules},
            words=f"On findings held back it comes nearer to what reps found than the evidence rules do: log loss {ours:.3f} instead of {rules:.3f}.",
        ),
        Check(
            name="stages_enough",
            passed=stages.verdicts >= ENOUGH_TO_CALIBRATE,
            figures={"findings": stages.verdicts},
            words=f"{stages.verdicts:,} findings; from {ENOUGH_TO_CALIBRATE} on they may take over by themselves.",
        ),
        Check(
            name="stages_calibrated",
            passed=ece <= ECE_PASSES,
            figures={"ece": ece},
            words=f"How sure it is differs from how often it was right by {ece:.3f} on average; {ECE_PASSES} is allowed.",
        ),
    )
    passed = all(check.passed for check in checks)
    return Gate(outcome=Outcome.PROMOTE if passed else Outcome.ASK, checks=checks)
