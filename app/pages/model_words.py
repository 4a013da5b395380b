"""What models, their states, checks and kinds are called on pages."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from app.pages.views import Tone
from app.times import near_day
from scoring.kept_models import AnyModel
from scoring.learning import taking_over
from scoring.models import State
from scoring.written.learning import Learning

KINDS: Mapping[str, str] = {
    "points": "Your points",
    "stages": "Buying stages that learn, under your points",
    "platt": "Your points as a percentage",
    "scorecard": "Scorecard on top of your points",
    "additive": "Sum learned from everything they did",
    "full_boosting": "Everything with everything (only to compare)",
    "naive_bayes": "A simple rival (only to compare)",
}
CHECKS: Mapping[str, str] = {
    "enough": "Enough later buyers to judge it by",
    "better": "Better than what scores now",
    "points": "Better than your points",
    "calibrated": "What it foresees comes true",
    "slices": "Fair to every source, country and size",
    "leaks": "Nothing it learned from gives the outcome away",
    "reproducible": "Trained again, it is the same",
    "stages_nearer": "Nearer to what reps found than the evidence rules",
    "stages_enough": "Enough findings to do so by itself",
    "stages_calibrated": "As often right as it is sure",
    "churn": "Few people change their grade by much",
}
OUTCOMES: Mapping[str | None, str] = {
    "promote": "It passes every check, so it may take over by itself after its time in the shadow.",
    "ask": "It does not pass every check: a person decides whether it is tried.",
    "stay": "Its checks keep it back: what scores now stays, unless somebody has a reason.",
    None: "Nothing was checked: it was learned where there was nothing to check it by.",
}
TONES: Mapping[str, Tone] = {
    State.TRAINED: Tone.PLAIN,
    State.APPROVED: Tone.SOON,
    State.ACTIVE: Tone.GOOD,
    State.RETIRED: Tone.PLAIN,
}


def kind(name: str) -> str:
    """What a rung, or what was tried beside it, is called."""
    return KINDS.get(name, name.replace("_", " "))


def state(row: AnyModel, rules: Learning, now: datetime, zone: tzinfo) -> str:
    """Where a model is in its life: `trying itself in the shadow until 3 March`."""

    def day(at: datetime) -> str:
        return near_day(at.astimezone(zone).date(), now.astimezone(zone).date())

    match State(row.state):
        case State.TRAINED:
            tried = taking_over.outcome(row) == taking_over.STAY
            return "trained, kept back by its checks" if tried else "trained, waits for a person"
        case State.APPROVED if row.waits:
            return "tried in the shadow, waits for a person"
        case State.APPROVED:
            over = not taking_over.remaining(row, rules, now)
            until = (row.approved_at or now) + rules.shadow
            return (
                "its time in the shadow is over"
                if over
                else f"trying itself in the shadow until {day(until)}"
            )
        case State.ACTIVE:
            does = "claims stages" if row.body.get("rung") == "stages" else "scores everybody"
            return f"{does} since {day(row.active_at or row.trained_at)}"
        case State.RETIRED:
            left = day(row.retired_at or row.trained_at)
            did = "claimed stages" if row.body.get("rung") == "stages" else "scored"
            return f"{did} until {left}" if row.active_at else f"left {left}, never {did}"


def verdict(row: AnyModel) -> str:
    """What its checks let happen; empty once it has scored, or was left."""
    is_asked = row.state in (State.TRAINED, State.APPROVED)
    return OUTCOMES[taking_over.outcome(row)] if is_asked else ""


def better_for(report: Mapping[str, Any], *, parent: bool) -> str | None:
    """`Would have ranked 9 of 12 later buyers higher, 2 lower`; None where there was no order to compare with."""
    looked = report.get("looked") or {}
    won = looked.get("won")
    points: Mapping[str, float] = next(
        (c["figures"] for c in _checks(report) if c["name"] == "points"), {}
    )
    ordered = parent or points.get("auc_points", 0.5) != 0.5
    if not won or not ordered:
        return None
    later = "later buyers" if looked.get("newest") else "buyers"
    rest = "what scored then" if parent else "your points"
    # Not known of models that were trained before it was counted.
    lower = f", {looked['lower']:,} lower" if "lower" in looked else ""
    return f"It would have ranked {looked['higher']:,} of {won:,} {later} higher than {rest} did{lower}."


def no_signal(report: Mapping[str, Any]) -> str | None:
    """Said where what was learned is no better than the points beyond chance."""
    if report.get("signal", not report.get("no_signal")):
        return None
    return "No signal: beyond what chance does, it tells buyers from others no better than your points. The points can stay."


def only_stages(row: AnyModel) -> str | None:
    """Said of a card that scores as the one before it, and claims stages by newer findings."""
    checks = _checks(row.report)
    if row.body.get("rung") == "stages" or not checks or not all(map(_of_stages, checks)):
        return None
    return "What scores stays as it is; only what is said of buying stages changes."


def _of_stages(check: Mapping[str, Any]) -> bool:
    return str(check["name"]).startswith("stages_")


def percentage(row: AnyModel) -> str:
    """Whether it shows a percentage, and why not."""
    if row.body.get("rung") == "stages":
        return "Your points go on scoring: it says how far buyers are, and shows no percentage."
    calibration = row.body.get("calibration") or {}
    if calibration.get("passed"):
        return "It shows a percentage: on leads it had not seen, what it foresaw came true."
    why = str(calibration.get("why") or "nothing showed yet that it comes true.")
    reason = why.removeprefix("No percentage yet: ").removeprefix("No percentage: ").rstrip(".")
    return f"Percentage hidden, because {reason}. People see the grade instead."


def _checks(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((report.get("gate") or {}).get("checks") or [])
