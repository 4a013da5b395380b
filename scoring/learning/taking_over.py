"""When a model that was tried in the shadow takes over by itself, and how it differs from another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from scoring import models
from scoring.card.card import Card
from scoring.card.terms import Levels, Line, Steps
from scoring.features.registry import feature
from scoring.kept_models import AnyModel
from scoring.learning import shadowing
from scoring.models import ITSELF, ModelMoveError, State
from scoring.rows import ModelRow
from scoring.written.learning import Learning

PROMOTE, STAY = "promote", "stay"
NEVER = {"leaks", "reproducible"}
"""Checks that no reason outweighs."""
MOST_MOVED = 0.25
"""If more people's grades move by two steps or more, a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one term differs from that of another card: the weights at each place, None where there is none."""

    feature: str
    before: Mapping[str, float] | None
    after: Mapping[str, float] | None

    @property
    def furthest(self) -> float:
        """The largest change of a weight."""
        one, other = self.before or {}, self.after or {}
        return max((abs(one.get(at, 0) - other.get(at, 0)) for at in {*one, *other}), default=0.0)


def approve(
    session: Session, model_id: str, now: datetime, *, by: models.By, reason: str | None = None
) -> None:
    """Have a person's choice tried in the shadow. Raises ModelMoveError.

    What the gate kept back takes a reason; what saw the outcome, or comes out otherwise each time, is never tried.
    """
    row = models.one(session, model_id)
    strange = _strange(models.card_of(row)) if row is not None else []
    if strange:
        raise ModelMoveError(
            f"{model_id} can score nobody here, because nobody here has {', '.join(strange[:5])}: "
            "it was learned from somebody else's table, and tells what that table teaches"
        )
    failed = _not_passed(row) if row is not None and outcome(row) == STAY else {}
    if failed and (not reason or failed.keys() & NEVER):
        raise ModelMoveError(" ".join((f"{model_id} is not tried:", *failed.values())))
    models.approve(session, model_id, now, by=by, reason=reason)


def outcome(row: AnyModel) -> str | None:
    """What the gate let happen when it was trained: promote, ask or stay."""
    return (row.report.get("gate") or {}).get("outcome")


def ready(session: Session, rules: Learning, now: datetime) -> ModelRow | None:
    """The model that may take over by itself, its time in the shadow being over."""
    row = models.in_state(session, State.APPROVED)
    if row is None or not rules.by_itself or row.waits or outcome(row) != PROMOTE:
        return None
    assert row.approved_at is not None
    return row if row.approved_at + rules.shadow <= now else None


def take_over(session: Session, rules: Learning, now: datetime) -> None:
    """Let it take over, or note why a person has to say so."""
    row = ready(session, rules, now)
    if row is None:
        return
    churn = shadowing.churn(session, row.id)
    if churn.share > MOST_MOVED:
        row.waits = (
            f"{churn.share:.0%} of {churn.people:,} people would have a grade "
            f"{shadowing.STEPS} steps away or more; a person decides"
        )
        session.flush()
        return
    models.activate(session, row.id, now, by=ITSELF, shadow=rules.shadow)


def remaining(row: AnyModel, rules: Learning, now: datetime) -> timedelta:
    """How long a model still scores in the shadow."""
    if row.state != State.APPROVED or row.approved_at is None:
        return timedelta()
    return max(row.approved_at + rules.shadow - now, timedelta())


def differences(card: Card, other: Card | None) -> list[Difference]:
    """Term by term what changed against another card, the largest change first."""
    after = {term.feature: _weights(term) for term in card.terms}
    before = {term.feature: _weights(term) for term in other.terms} if other else {}
    found = [
        Difference(feature=name, before=before.get(name), after=after.get(name))
        for name in {*before, *after}
        if before.get(name) != after.get(name)
    ]
    return sorted(found, key=lambda each: (-each.furthest, each.feature))


def _weights(term: Steps | Levels | Line) -> dict[str, float]:
    match term:
        case Steps():
            edges = [f"up to {edge:g}" for edge in term.edges]
            last = f"above {term.edges[-1]:g}" if term.edges else "any"
            return {**dict(zip([*edges, last], term.weights, strict=True)), "missing": term.missing}
        case Levels():
            return {**term.weights, "other": term.other, "missing": term.missing}
        case Line():
            low, high = (term.slope * (at - term.centre) for at in (term.low, term.high))
            return {f"at {term.low:g}": low, f"at {term.high:g}": high, "missing": term.missing}


def _strange(card: Card) -> list[str]:
    """What it asks for that is no feature, such as a column of somebody's own table."""
    return [term.feature for term in card.terms if feature(term.feature) is None]


def _not_passed(row: ModelRow) -> dict[str, str]:
    """The checks it failed, by name, each in words."""
    checks: list[dict[str, Any]] = (row.report.get("gate") or {}).get("checks", [])
    return {str(each["name"]): str(each["words"]) for each in checks if not each["passed"]}
