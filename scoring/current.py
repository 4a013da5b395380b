"""The rules in force in a workspace and the card that scores, kept until the configuration changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.configuration import Document
from scoring.card.card import Card
from scoring.card.card import read as read_card
from scoring.features.registry import means_the_same
from scoring.models import OTHER_FEATURES, State
from scoring.rows import ModelRow
from scoring.rules import ScoringRules, compile_rules, read_scoring, read_stages
from scoring.written.scoring import CARD, POINTS
from scoring.written.stages import Stage


@dataclass(frozen=True, eq=False)
class _Written:
    """A document as it was found. Compared by identity: `configuration.parsed` makes one a version."""

    body: Mapping[str, Any] | None
    version: int


def current(session: Session) -> ScoringRules:
    """The rules in force; the built-in ones where nothing was applied."""
    stages = configuration.parsed(session, "stages", _first)
    scoring = configuration.parsed(session, "scoring", _first)
    rules = _compiled(scoring, stages)
    if rules.scoring.model == POINTS:
        return rules
    card = _card(session, rules.scoring.model)
    # Without it, as after a restore of something older, or where features mean something else since
    # it was trained, the points score.
    return _compiled(scoring, stages, card) if card else rules


def shadow(session: Session) -> ScoringRules | None:
    """The rules in force with the approved card in place of what scores; None while none is tried."""
    approved = select(ModelRow.id).where(ModelRow.state == State.APPROVED)
    card_id = session.execute(approved).scalar_one_or_none()
    card = _card(session, card_id) if card_id else None
    if card is None:
        return None
    stages = configuration.parsed(session, "stages", _first)
    return _compiled(configuration.parsed(session, "scoring", _first), stages, card)


def card(session: Session, scorer: str) -> Card | None:
    """The card that a score names as its maker; None where that is the marketer's points, or it is gone."""
    kept = _card(session, scorer) if CARD.fullmatch(scorer) else None
    return kept.card if kept else None


def unread(session: Session) -> str | None:
    """Why the model that scoring.yaml names does not score, in a sentence; None if it does, or none is named."""
    model = configuration.parsed(session, "scoring", _first)
    named = str((model.body or {}).get("model", POINTS))
    if named == POINTS or _card(session, named) is not None:
        return None
    row = session.get(ModelRow, named)
    why = "is not in this database" if row is None else OTHER_FEATURES
    return f"The points score: {named} {why}."


def ladder(session: Session) -> tuple[Stage, ...]:
    """The buying stages in their order, with what to ask at each (for a brief)."""
    return current(session).stages


def _first(documents: Mapping[str, Document]) -> _Written:
    for document in documents.values():
        return _Written(document.body, document.version)
    return _Written(None, 0)


@lru_cache(maxsize=16)
def _compiled(scoring: _Written, stages: _Written, kept: "_Kept | None" = None) -> ScoringRules:
    read = read_stages(stages.body)
    version = max(scoring.version, stages.version)
    card = kept.card if kept else None
    return compile_rules(read_scoring(scoring.body, read), read, version, card)


@dataclass(frozen=True, eq=False)
class _Kept:
    """A card as it was found. Compared by identity: one is kept of each."""

    card: Card


_cards: dict[str, _Kept] = {}
_MOST_CARDS = 8


def _card(session: Session, card_id: str) -> _Kept | None:
    """The card of this id, read once: it is named by its content, so it cannot change."""
    if card_id not in _cards:
        row = session.get(ModelRow, card_id)
        if row is None:
            return None
        if len(_cards) >= _MOST_CARDS:
            _cards.clear()
        _cards[card_id] = _Kept(read_card(row.body))
    kept = _cards[card_id]
    return kept if means_the_same(kept.card.feature_version) else None
