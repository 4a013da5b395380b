"""The model and the points against what reps found since: a backtest over the last ninety days, and drift."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scoring import current, models
from scoring.card.adding import add_up
from scoring.card.card import Card
from scoring.kept_models import newest_that_scores
from scoring.learning import past_leads, record, team_answers
from scoring.learning.answering import COUNTS, Doubted
from scoring.learning.backtest import Backtest, Ended, backtest
from scoring.learning.base_rate import Found, Unrouted, unrouted
from scoring.learning.labels import Fate, aim_of
from scoring.learning.past_leads import SeenLead
from scoring.learning.record import Put
from scoring.rows import ModelRow
from scoring.rules import ScoringRules

LOOKS_BACK = timedelta(days=90)
MOST = 5_000
"""Of more leads than this the newest are taken: figures are then right to a hundredth."""
POINTS = ("points.fit", "points.engagement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What was found out about one model, or about the points alone where `model` is None.

    `past` is over all settled leads; `since` over those offered after the last one the model learned
    from, which is the honest figure.
    """

    model: str | None
    state: str | None
    past: Backtest
    since: Backtest | None
    unrouted: Unrouted
    open: int
    team: str | None
    doubted: Mapping[str, Doubted]


@dataclass(frozen=True, slots=True)
class Basis:
    """Whom to look at, by what."""

    rules: ScoringRules
    row: ModelRow | None
    card: Card | None
    puts: list[Put]
    doubted: Mapping[str, Doubted]


def basis(session: Session, now: datetime) -> Basis:
    """The leads of the last ninety days; the active model, else the one that is tried, else the newest, else none."""
    rules = current.current(session)
    row = _chosen(session)
    puts = record.put_to_sales(session, aim_of(rules), now, since=now - LOOKS_BACK)
    puts, by = record.heeded(puts, now)
    # A confirmation that counts for less than half says nothing against a model, or for it.
    puts = [put for put in puts if put.lead.weight >= COUNTS]
    return Basis(rules, row, models.card_of(row) if row else None, puts[-MOST:], by)


def seen(session: Session, found: Basis) -> Iterator[SeenLead]:
    """The settled ones as they were when they were offered, some at a time."""
    asked = [term.feature for term in found.card.terms] if found.card else []
    names = [*POINTS, *asked]
    settled = [put for put in found.puts if put.lead.fate is not Fate.OPEN]
    for some in past_leads.batches(settled):
        yield from past_leads.as_offered(session, some, found.rules, names)


def evaluate(found: Basis, leads: Sequence[SeenLead]) -> Evaluated:
    """Hold what would have been said against what was found. Pure."""
    card = found.card
    newer = [each for each in leads if card and _is_newer(card, each)]
    drawn = [_found(each) for each in leads]
    return Evaluated(
        model=found.row.id if found.row else None,
        state=found.row.state if found.row else None,
        past=backtest([_ended(card, each) for each in leads]),
        since=backtest([_ended(card, each) for each in newer]) if card else None,
        unrouted=unrouted(drawn),
        open=len(found.puts) - len(leads),
        team=team_answers.in_words([each.put.lead for each in leads]),
        doubted=found.doubted,
    )


def _chosen(session: Session) -> ModelRow | None:
    for state in (models.State.ACTIVE, models.State.APPROVED):
        row = models.in_state(session, state)
        if row is not None and models.card_of(row).scores:
            return row
    return newest_that_scores(session)


def _is_newer(card: Card, lead: SeenLead) -> bool:
    return card.window.until is None or lead.put.lead.offered_at > card.window.until


def _ended(card: Card | None, lead: SeenLead) -> Ended:
    chance = add_up(card, lead.features).probability if card else None
    return Ended(lead.points, chance, lead.put.lead.fate is Fate.WIN)


def _found(lead: SeenLead) -> Found:
    of = lead.put.lead
    return Found(0.0, of.fate is Fate.WIN, 1.0, of.probability)
