"""Reads what the daily look found: whether today's people are like those a model learned from, and what to do."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.pages.model_views import DriftShown
from scoring import models
from scoring.learning import watching
from scoring.models import State
from scoring.rows import ModelRow
from scoring.saying import named

NOT_YET = "Looked at once a day from the day it scores; nothing was found out so far."
NEVER = "Only the model that scores is held against today's people."


def read(session: Session, row: ModelRow) -> DriftShown:
    """The newest look; a sentence where there was none."""
    days = watching.latest(session, row.id, 1)
    if not days:
        looked_at = row.state == State.ACTIVE and models.card_of(row).scores
        return DriftShown(empty=NOT_YET if looked_at else NEVER)
    return shown(days[0].body, days[0].day)


def shown(found: Mapping[str, Any], day: date) -> DriftShown:
    """What one look found, in words."""
    psi: Mapping[str, float] = found.get("psi") or {}
    look = [str(name) for name in found.get("look") or ()]
    told = [str(words) for words in found.get("words") or () if not _of_a_feature(words, look)]
    told += [
        f"{part:.0%} of people have a word under “{named(name)}” that it does not know.".replace(
            "%", " %", 1
        )
        for name, part in (found.get("unseen") or {}).items()
        if part >= 0.05
    ]
    order = sorted(psi, key=lambda name: (-psi[name], name))
    return DriftShown(
        day=day,
        alarms=[(named(name), f"{psi[name]:.2f}") for name in look if name in psi],
        words=told,
        rows=[(named(name), f"{psi[name]:.2f}") for name in order],
    )


def _of_a_feature(words: str, look: list[str]) -> bool:
    """Whether an alarm says the same."""
    return any(words.startswith(f"“{name}”") for name in look)
