"""Sees who is active at people's companies, where a card asks for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from prospects import colleagues
from prospects.own_titles import reader
from prospects.values import Snapshot
from scoring.features.facts import OF_COLLEAGUES
from scoring.rules import ScoringRules


def with_colleagues(
    session: Session,
    seen: Sequence[Snapshot],
    rules: ScoringRules,
    now: datetime,
    *,
    shadow: ScoringRules | None = None,
) -> list[Snapshot]:
    """The same people with who is active at their companies, where the card that scores or one in the shadow asks for it."""
    if not _asks(rules) and not (shadow and _asks(shadow)):
        return list(seen)
    theirs = {each.company.id for each in seen if each.company}
    found = colleagues.active(session, theirs, reader(rules.scoring.titles), now)
    return [
        replace(each, company=replace(each.company, active=found[each.company.id]))
        if each.company
        else each
        for each in seen
    ]


def _asks(rules: ScoringRules) -> bool:
    card = rules.card
    if card is None:
        return False
    terms = (*card.terms, *(card.stage.terms if card.stage else ()))
    return any(term.feature in OF_COLLEAGUES for term in terms)
