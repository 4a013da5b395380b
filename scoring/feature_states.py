"""Keeps each person's features ready: a reaction brings what is kept up to date, with one read and one write a batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from prospects import colleagues
from prospects.colleagues import LATELY, active_of
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.store import among, table_of, upsert
from prospects.values import Active, Snapshot
from scoring.feature_rows import FeatureStateRow
from scoring.features import points, tally
from scoring.features.facts import OF_COLLEAGUES
from scoring.features.keeping import Kept, followed, last_act, made
from scoring.features.seeing import State
from scoring.rules import ScoringRules

FORMAT = 2
"""Raise it when what is kept changes its form: all of it is then made anew, at each person's next look."""


def follow(
    session: Session, seen: Sequence[Snapshot], rules: ScoringRules, now: datetime
) -> list[Snapshot]:
    """Bring what is kept of these people, who must be locked, up to what is known of them.

    Returns them, with who is active at their companies where the card that scores asks for it. Of who
    objected to being profiled nothing is kept.
    """
    kept = read(session, [each.prospect_id for each in seen])
    changed: dict[ProspectId, Kept] = {}
    for each in (each for each in seen if each.profiled):
        before = kept.get(each.prospect_id)
        after = followed(before, each, rules, now) if before else made(each, rules, now)
        if after is not None:
            changed[each.prospect_id] = after
    _write(session, changed, now)
    _drop(session, [who for who in kept if who in {e.prospect_id for e in seen if not e.profiled}])
    return with_colleagues(session, seen, rules, now)


def with_colleagues(
    session: Session, seen: Sequence[Snapshot], rules: ScoringRules, now: datetime
) -> list[Snapshot]:
    """The same people with who is active at their companies, where the card that scores asks for it."""
    return _among_colleagues(session, seen, now) if _asks_for_colleagues(rules) else list(seen)


def make(session: Session, seen: Sequence[Snapshot], rules: ScoringRules, now: datetime) -> None:
    """Make what is kept of these people from their histories, whatever was kept before."""
    _write(
        session, {each.prospect_id: made(each, rules, now) for each in seen if each.profiled}, now
    )


def read(session: Session, people: Collection[UUID]) -> dict[ProspectId, Kept]:
    """What is kept of these people, in the form there is now."""
    columns = table_of(FeatureStateRow).c
    rows = session.execute(
        select(*(columns[name] for name in _NAMES))
        .where(among(session, FeatureStateRow.prospect_id, people))
        .where(FeatureStateRow.format == FORMAT)
    )
    return {ProspectId(row[0]): kept_of(*row[1:]) for row in rows}


def kept_of(
    acts: int,
    mark: int,
    learned_at: datetime | None,
    tallied: Mapping[str, Any],
    earned: Mapping[str, Any],
) -> Kept:
    """What a row holds."""
    return Kept(State(tally.read(tallied), points.read(earned)), acts, mark, learned_at)


def active(session: Session, accounts: Collection[UUID], now: datetime) -> dict[UUID, Active]:
    """Who is active at these companies, going by what is kept: the same as `prospects.colleagues`, without a history."""
    rows = session.execute(
        select(ProspectRow.account_id, ProspectRow.id, ProspectRow.title)
        .join(FeatureStateRow, FeatureStateRow.prospect_id == ProspectRow.id)
        .where(among(session, ProspectRow.account_id, accounts))
        .where(ProspectRow.absorbed_by.is_(None), FeatureStateRow.last_at > now - LATELY)
    )
    people: dict[UUID | None, set[tuple[UUID, str | None]]] = {each: set() for each in accounts}
    for account, who, title in rows:
        people[account].add((who, title))
    return {account: active_of(people[account]) for account in accounts}


def _write(session: Session, changed: Mapping[ProspectId, Kept], now: datetime) -> None:
    # In the order of ids, as everywhere, though whoever writes here holds the people's locks.
    rows = [_row(who, changed[who], now) for who in sorted(changed)]
    upsert(session, FeatureStateRow, rows, on=["prospect_id"])


def _row(who: ProspectId, kept: Kept, now: datetime) -> dict[str, Any]:
    last = last_act(kept.state.tally, now)
    return {
        "prospect_id": who,
        "format": FORMAT,
        "acts": kept.acts,
        "mark": kept.mark,
        "learned_at": kept.learned_at,
        "last_at": None if last is None else _EPOCH + timedelta(microseconds=last),
        "tally": tally.written(kept.state.tally),
        "earned": points.written(kept.state.earned),
    }


def _asks_for_colleagues(rules: ScoringRules) -> bool:
    card = rules.card
    if card is None:
        return False
    terms = (*card.terms, *(card.stage.terms if card.stage else ()))
    return any(term.feature in OF_COLLEAGUES for term in terms)


def _among_colleagues(session: Session, seen: Sequence[Snapshot], now: datetime) -> list[Snapshot]:
    theirs = {(each.company.id, now) for each in seen if each.company}
    found = colleagues.active(session, theirs)
    return [
        replace(each, company=replace(each.company, active=found[each.company.id, now]))
        if each.company
        else each
        for each in seen
    ]


def _drop(session: Session, people: Collection[ProspectId]) -> None:
    if people:
        session.execute(
            delete(FeatureStateRow)
            .where(among(session, FeatureStateRow.prospect_id, people))
            .execution_options(synchronize_session=False)
        )


_NAMES = ("prospect_id", "acts", "mark", "learned_at", "tally", "earned")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
