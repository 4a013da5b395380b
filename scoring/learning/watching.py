"""Looks once a day at the active model: whether those put to sales now are like those it learned from, and whether its percentages hold.

That people have changed is an alarm and no gate; percentages that findings contradict are hidden (`hiding`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.store import upsert
from prospects.topics import Topic
from scoring import current, models
from scoring.card.adding import add_up
from scoring.card.card import Card
from scoring.learning import answering, hiding, past_leads, record, shares
from scoring.learning.answering import COUNTS
from scoring.learning.labels import Fate, aim_of
from scoring.learning.past_leads import SeenLead
from scoring.learning.rows import DriftRow
from scoring.models import State

LOOKS_BACK = timedelta(days=30)
MOST = 500
"""Of more leads than this the newest are looked at: the share of a bin is then right to two points or so."""
FEW_SETTLED = 20
SOON = timedelta(hours=1)


def due(session: Session, now: datetime) -> str | None:
    """The active model that nobody has looked at today, nor promised to."""
    row = models.in_state(session, State.ACTIVE)
    if (
        row is None
        or not models.card_of(row).scores
        or session.get(DriftRow, (row.id, now.date())) is not None
    ):
        return None
    return None if outbox.is_promised(session, Topic.DRIFT, row.id, now + SOON) else row.id


def plan(session: Session, now: datetime) -> None:
    """Promise today's look."""
    model_id = due(session, now)
    if model_id is not None:
        outbox.post(session, Topic.DRIFT, [model_id], now)


def look(session: Session, model_id: str, now: datetime) -> None:
    """Hold the newest leads against those the model was trained on, and put down what was found."""
    row = models.one(session, model_id)
    if row is None or row.state != State.ACTIVE:
        return
    card, rules = models.card_of(row), current.current(session)
    since = hiding.since_of(card, row)
    # Who confirms whatever is claimed shows in half a year of answers, not in a month's.
    read_since = min(since, now - answering.LOOKS_BACK)
    puts = record.put_to_sales(session, aim_of(rules), now, since=read_since)
    puts, _ = record.heeded(puts, now)
    lately = [put for put in puts if put.lead.offered_at > now - LOOKS_BACK][-MOST:]
    asked = [*lately, *(hiding.later(puts, since) if card.calibration.passed else ())]
    by_lead = {(put.prospect_id, put.lead.handoff): put for put in asked}
    names = [term.feature for term in card.terms]
    seen = past_leads.as_offered(session, list(by_lead.values()), rules, names)
    newest = {put.lead.handoff for put in lately}
    body = drifted(
        card,
        row.report.get("shares") or {},
        [lead for lead in seen if lead.put.lead.handoff in newest],
    )
    if card.calibration.passed:
        body["holding"] = hiding.look(session, row, rules, seen, now)
    found = {"model_id": model_id, "day": now.date(), "body": body, "at": now}
    upsert(session, DriftRow, [found], on=["model_id", "day"])


def latest(session: Session, model_id: str, days: int = 30) -> Sequence[DriftRow]:
    """What was found on the last days, the newest first."""
    query = select(DriftRow).where(DriftRow.model_id == model_id)
    return session.execute(query.order_by(DriftRow.day.desc()).limit(days)).scalars().all()


def drifted(card: Card, before: shares.Shares, seen: Sequence[SeenLead]) -> dict[str, Any]:
    """PSI of each feature, shares of words the card does not know, and predictions against what was found."""
    after = shares.spread(card, (lead.features for lead in seen))
    psi = {name: shares.psi(before[name], after[name]) for name in after if before.get(name)}
    enough = len(seen) >= shares.FEWEST
    look = sorted((n for n, x in psi.items() if enough and x > shares.LOOK), key=lambda n: -psi[n])
    known = [lead for lead in seen if lead.put.lead.fate is not Fate.OPEN]
    settled = [lead for lead in known if lead.put.lead.weight >= COUNTS]
    told = [add_up(card, lead.features).probability for lead in settled]
    won = sum(lead.put.lead.fate is Fate.WIN for lead in settled)
    return {
        "people": len(seen),
        "psi": {name: round(x, 4) for name, x in psi.items()},
        "look": look,
        "unseen": {n: round(x, 4) for n, x in shares.unseen(card, after).items() if x},
        "settled": len(settled),
        "predicted": round(sum(told) / len(told), 4) if told else None,
        "found": round(won / len(settled), 4) if settled else None,
        "words": _words(look, psi, told=told, won=won, people=len(seen)),
    }


def _words(
    look: Sequence[str], psi: Mapping[str, float], *, told: Sequence[float], won: int, people: int
) -> list[str]:
    words = []
    if people < shares.FEWEST:
        words.append(f"Only {people} leads in {LOOKS_BACK.days} days: too few to speak of drift.")
    for name in look:
        words.append(f"“{name}” is spread otherwise than in training (PSI {psi[name]:.2f}).")
    if len(told) >= FEW_SETTLED:
        share = sum(told) / len(told)
        words.append(
            f"Of {len(told)} leads that reps have checked, {won} were far enough; "
            f"{share * len(told):.0f} were foreseen."
        )
    return words
