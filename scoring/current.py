"""The rules in force in a workspace, read from its configuration and kept until that changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from prospects import configuration
from prospects.configuration import Document
from scoring.rules import ScoringRules, compile_rules, read_scoring, read_stages
from scoring.stages import Stage


@dataclass(frozen=True, eq=False)
class _Written:
    """A document as it was found. Compared by identity: `configuration.parsed` makes one a version."""

    body: Mapping[str, Any] | None
    version: int


def current(session: Session) -> ScoringRules:
    """The rules in force; the built-in ones where nothing was applied."""
    stages = configuration.parsed(session, "stages", _stages)
    scoring = configuration.parsed(session, "scoring", _scoring)
    return _compiled(scoring, stages)


def ladder(session: Session) -> tuple[Stage, ...]:
    """The buying stages in their order, with what to ask at each (for a brief)."""
    return current(session).stages


def _stages(documents: Mapping[str, Document]) -> _Written:
    return _first(documents)


def _scoring(documents: Mapping[str, Document]) -> _Written:
    return _first(documents)


def _first(documents: Mapping[str, Document]) -> _Written:
    for document in documents.values():
        return _Written(document.body, document.version)
    return _Written(None, 0)


@lru_cache(maxsize=16)
def _compiled(scoring: _Written, stages: _Written) -> ScoringRules:
    read = read_stages(stages.body)
    version = max(scoring.version, stages.version)
    return compile_rules(read_scoring(scoring.body, read), read, version)
