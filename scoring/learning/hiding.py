"""Hides the active model's percentages when later findings contradict them, and shows them again when they agree, on record each time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from prospects import audit, percentages
from prospects.percentages import HiddenPercentageRow, Shown
from scoring import models
from scoring.card.adding import add_up
from scoring.card.card import Card
from scoring.changes import releases, rows
from scoring.learning import holding, trainings
from scoring.learning.answering import COUNTS
from scoring.learning.holding import CERTAIN, Holding, Later
from scoring.learning.labels import Fate
from scoring.learning.past_leads import SeenLead
from scoring.learning.record import Put
from scoring.models import ITSELF, State
from scoring.rows import ModelRow
from scoring.rules import ScoringRules

MOST = 1_000
"""Of more leads than this the newest are asked, so that a look takes a second or two."""
BECAUSE = "findings do not agree with the percentages"


def since_of(card: Card, row: ModelRow) -> datetime:
    """From when on it had learned of no lead."""
    known = row.active_at or row.trained_at
    return known if row.origin == models.Origin.FILE else card.window.until or known


def later(puts: Sequence[Put], since: datetime) -> list[Put]:
    """The newest leads, in order of offers, by which percentages are tested."""
    return [put for put in puts if _tests(put, since)][-MOST:]


def look(
    session: Session, row: ModelRow, rules: ScoringRules, seen: Sequence[SeenLead], now: datetime
) -> dict[str, Any]:
    """Hide the active model's percentages or show them again, by leads as they were offered; returns what was found."""
    card = models.card_of(row)
    since = since_of(card, row)
    told = [_later(card, lead) for lead in seen if _tests(lead.put, since)]
    found = holding.held(told, since, now)
    hides = next((each for each in percentages.open_rows(session) if each.model_id == row.id), None)
    if hides is not None:
        _show_again(session, hides, told, now)
    elif found.contradicted:
        percentages.hide(session, row.id, _written(found), now)
        audit.note(session, "percentage hidden", row.id, now, who=ITSELF.name)
        if rules.scoring.learning.by_itself:
            trainings.ask(session, BECAUSE, now, by=ITSELF)
    return _written(found)


def unsettled(session: Session, rules: ScoringRules) -> bool:
    """Whether `settle` would do anything."""
    return bool(_left(session, rules)) or _back(session) is not None


def settle(session: Session, rules: ScoringRules, now: datetime) -> None:
    """End what hides the percentages of a model that was left, once everybody was looked at by what scores now.

    One that comes back comes back as it was left.
    """
    for row in _left(session, rules):
        percentages.show_again(session, row, Shown.REPLACED, now)
        audit.note(session, "percentage shown", row.model_id, now, who=ITSELF.name)
    before = _back(session)
    if before is not None:
        percentages.hide(session, before.model_id, before.body, now)
        audit.note(session, "percentage hidden", before.model_id, now, who=ITSELF.name)


def _tests(put: Put, since: datetime) -> bool:
    """Whether it is settled, was offered since then, and its finding counts for enough to measure by.

    However new it is: how soon somebody is found says little of what is found.
    """
    lead = put.lead
    return lead.offered_at > since and lead.fate is not Fate.OPEN and lead.weight >= COUNTS


def _left(session: Session, rules: ScoringRules) -> list[HiddenPercentageRow]:
    """Of models that score nobody any more, once nobody's score is theirs."""
    active = models.in_state(session, State.ACTIVE)
    left = [
        each for each in percentages.open_rows(session) if not active or each.model_id != active.id
    ]
    if not left:
        return []
    change = releases.standing(session, rules)
    return left if change is not None and change.state != rows.State.LOOKING else []


def _back(session: Session) -> HiddenPercentageRow | None:
    """What hid the percentages of the active model when it was left, if it scores again and nothing hides them."""
    active = models.in_state(session, State.ACTIVE)
    last = next(iter(percentages.of_model(session, active.id)), None) if active else None
    return last if last is not None and last.ended_because == Shown.REPLACED else None


def _show_again(
    session: Session, hides: HiddenPercentageRow, told: Sequence[Later], now: datetime
) -> None:
    """Where what was found of leads offered since is as told, and no longer as it was set right then."""
    fresh = [each for each in told if each.offered_at > hides.since]
    slope, move = float(hides.body["slope"]), float(hides.body["move"])
    if holding.agrees(fresh, slope, move) >= CERTAIN and holding.held(fresh, hides.since, now).near:
        percentages.show_again(session, hides, Shown.AGREED, now)
        audit.note(session, "percentage shown", hides.model_id, now, who=ITSELF.name)


def _later(card: Card, lead: SeenLead) -> Later:
    of = lead.put.lead
    return Later(
        logit=add_up(card, lead.features).logit,
        win=of.fate is Fate.WIN,
        weight=of.weight,
        probability=of.probability,
        offered_at=of.offered_at,
    )


def _written(found: Holding) -> dict[str, Any]:
    return {
        "leads": found.all.leads,
        "won": found.all.won,
        "foreseen": round(found.all.foreseen, 2),
        "evidence": round(min(found.evidence, 1e9), 2),
        "slope": round(found.slope, 4),
        "move": round(found.move, 4),
        "off": round(found.off, 4),
        "words": list(holding.in_words(found)),
    }
