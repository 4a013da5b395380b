"""The scoring rules as a marketer changes them in the browser: checked like scoring.yaml, and kept by who owns them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.workspace.in_browser import OWNER
from app.workspace.wanted import Thing
from prospects import audit, configuration
from prospects.faults import FaultyError
from prospects.shapes import faults_in
from scoring.card.card import Card
from scoring.rules import ScoringRules, compile_rules, read_scoring, read_stages
from scoring.written import defaults
from scoring.written.scoring import Scoring
from scoring.written.stages import Stages

SLUG = str(Thing.SCORING)
ALREADY = "The rules were changed by somebody else meanwhile. Look at theirs in another tab, then begin anew or take theirs over."


class NotSavedError(Exception):
    """These rules cannot be saved from here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """The rules as they are written down: `body` what was set, `version` 0 where nothing was; `in_files` who owns them."""

    slug: str
    version: int
    body: Mapping[str, Any]
    in_files: bool


def standing(session: Session) -> Written:
    """What stands now."""
    for slug, document in configuration.read(session, Thing.SCORING).items():
        return Written(slug, document.version, document.body, document.owner != OWNER)
    return Written(SLUG, 0, {}, in_files=False)


def whole(body: Mapping[str, Any], ladder: tuple[str, ...]) -> dict[str, Any]:
    """The document with what holds where nothing is written."""
    return {**defaults.scoring(ladder), **body}


def compiled(body: Mapping[str, Any], rules: ScoringRules) -> ScoringRules:
    """This document made ready, with the stages and the card in force. Raises FaultyError with every mistake."""
    stages = Stages(stages=rules.stages)
    card: Card | None = rules.card
    try:
        return compile_rules(read_scoring(body, stages), stages, rules.version, card)
    except ValidationError as error:
        raise FaultyError(*faults_in(error, Scoring)) from error


def save(session: Session, body: Mapping[str, Any], now: datetime, *, since: int, by: str) -> int:
    """Put these rules in force and return the workspace's new version; everybody is looked at again by them.

    `since` is the version they were begun from. Raises NotSavedError if files own the rules or somebody
    else changed them meanwhile, and FaultyError if a stage they name was taken away.
    """
    configuration.lock(session)
    before = standing(session)
    if before.in_files:
        raise NotSavedError("These points belong to the workspace's files: change scoring.yaml.")
    if before.version != since:
        raise NotSavedError(ALREADY)
    stages = next(iter(configuration.read(session, Thing.STAGES).values()), None)
    ladder = read_stages(stages.body if stages else None)
    try:
        read_scoring(body, ladder)
    except ValidationError as error:
        raise FaultyError(*faults_in(error, Scoring)) from error
    number = configuration.write(session, Thing.SCORING, before.slug, body, now, by=by, owner=OWNER)
    audit.note(session, "scoring changed", before.slug, now, who=by, version=number)
    return number
