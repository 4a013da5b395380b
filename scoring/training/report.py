"""What a training found, as JSON for programs and pages."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from scoring.training.carding import figures
from scoring.training.trained import Judged, Measured, Trained


def as_json(trained: Trained) -> dict[str, Any]:
    """Everything but the card itself: candidates with their figures, champion, gate, and words."""
    return {
        "rows": trained.rows,
        "positives": trained.positives,
        "losses": trained.losses,
        "candidates": [_candidate(each) for each in trained.candidates],
        "champion": str(trained.champion),
        "signal": trained.signal,
        "drift": trained.drift,
        "card": trained.card.id if trained.card else None,
        "percentage": bool(trained.card and trained.card.calibration.passed),
        "gate": None if trained.gate is None else _plain(asdict(trained.gate)),
        "looked": None if trained.looked is None else _plain(asdict(trained.looked)),
        "dropped": dict(trained.dropped),
        "words": list(trained.words),
    }


def _candidate(each: Judged) -> dict[str, Any]:
    return {
        "name": str(each.name),
        "served": each.served,
        "cv": _measured(each.cv),
        "time_split": _measured(each.time_split),
        "why_not": each.why_not,
    }


def _measured(measured: Measured | None) -> dict[str, Any] | None:
    if measured is None:
        return None
    errors = {name: _figure(error) for name, error in measured.errors.items()}
    known = {
        "auc": None,
        "pr_auc": None,
        "brier": None,
        "log_loss": None,
        "ece": None,
        "lift10": None,
    }
    return {
        **known,
        **figures(measured),
        "rows": measured.rows,
        "positives": measured.positives,
        "errors": errors,
    }


def _plain(value: Any) -> Any:
    """Dictionaries, lists, words and finite numbers only."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return _figure(value) if isinstance(value, float) else value


def _figure(value: float) -> float | None:
    return round(value, 6) if abs(value) != float("inf") and value == value else None
