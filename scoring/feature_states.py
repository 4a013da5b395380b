"""Keeps each person's features ready: a reaction brings what is kept up to date, with one read and one write a batch.

A tally that is short is written anew with each act. What is long stays as it is: new acts are put beside
it, and now and then it is read and written with them, so that an act costs the same whoever did it.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Text,
    Update,
    bindparam,
    case,
    cast,
    column,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from prospects.store import among, on_sqlite, table_of, upsert
from prospects.values import Snapshot
from scoring.feature_rows import FeatureStateRow
from scoring.features import points, tally
from scoring.features.keeping import Kept, News, Noted, followed, made
from scoring.features.seeing import State
from scoring.features.tally import Tally
from scoring.rules import ScoringRules

FORMAT = 2
"""Raise it when what is kept changes its form: all of it is then made anew, at each person's next look."""
SHORT = 48
"""Acts up to which a tally is written anew each time: most people's are, and are read as one document."""
BESIDE_AN_ACT = 8
"""Characters that may wait beside a tally for each of its acts, about a trace for eight of them."""


def follow(
    session: Session, seen: Sequence[Snapshot], rules: ScoringRules, now: datetime
) -> dict[ProspectId, State]:
    """Bring what is kept of these people, who must be locked, up to what is known of them.

    Returns what is kept of those of whom all of it had to be read. Of who objected to being profiled
    nothing is kept.
    """
    held = _held(session, [each.prospect_id for each in seen])
    whole: dict[ProspectId, Kept] = {}
    beside: dict[ProspectId, News] = {}
    states: dict[ProspectId, State] = {}
    for who, each in ((each.prospect_id, each) for each in seen if each.profiled):
        before = held.get(who)
        after = followed(*before, each, rules, now) if before else made(each, rules, now)
        if isinstance(after, Kept):
            whole[who], states[who] = after, after.state
        elif after is not None:
            beside[who] = after
        elif before is not None and before[1] is not None:
            states[who] = State(before[1], before[0].earned)
    _write(session, whole)
    _write_beside(session, beside)
    _drop(session, held.keys() & {each.prospect_id for each in seen if not each.profiled})
    return states


def make(session: Session, seen: Sequence[Snapshot], rules: ScoringRules, now: datetime) -> None:
    """Make what is kept of these people from their histories, whatever was kept before."""
    _write(session, {each.prospect_id: made(each, rules, now) for each in seen if each.profiled})


def read(session: Session, people: Collection[UUID]) -> dict[ProspectId, Kept]:
    """What is kept of these people, in the form there is now."""
    rows = session.execute(
        select(_ROW.prospect_id, _ROW.tally, _ROW.beside, *_NOTED)
        .where(among(session, FeatureStateRow.prospect_id, people))
        .where(_ROW.format == FORMAT)
    )
    return {
        ProspectId(who): Kept(tally.read(tallied, beside), _noted(*noted))
        for who, tallied, beside, *noted in rows
    }


def _held(
    session: Session, people: Collection[UUID]
) -> dict[ProspectId, tuple[Noted, Tally | None]]:
    """The same; of a tally that can stay as it is nothing is read."""
    rewritten = or_(_ROW.acts <= SHORT, func.length(_ROW.beside) >= _ROW.acts * BESIDE_AN_ACT)
    rows = session.execute(
        select(
            _ROW.prospect_id,
            case((rewritten, _ROW.tally)),
            case((rewritten, _ROW.beside)),
            *_NOTED,
        )
        .where(among(session, FeatureStateRow.prospect_id, people))
        .where(_ROW.format == FORMAT)
    )
    return {
        ProspectId(who): (
            _noted(*noted),
            None if tallied is None else tally.read(tallied, beside),
        )
        for who, tallied, beside, *noted in rows
    }


def _noted(
    earned: Mapping[str, Any],
    acts: int,
    history: int,
    mark: int,
    learned_at: datetime | None,
) -> Noted:
    return Noted(points.read(earned), acts, history, mark, learned_at)


def _write(session: Session, changed: Mapping[ProspectId, Kept]) -> None:
    # In the order of ids, as everywhere, though whoever writes here holds the people's locks.
    rows = [
        {
            "prospect_id": who,
            "format": FORMAT,
            "tally": tally.written(changed[who].tally),
            "beside": "",
            **_columns(changed[who].noted),
        }
        for who in sorted(changed)
    ]
    upsert(session, FeatureStateRow, rows, on=["prospect_id"])


def _write_beside(session: Session, changed: Mapping[ProspectId, News]) -> None:
    rows = [
        {
            "new_prospect_id": who,
            "new_beside": tally.written_beside(changed[who].traces),
            **_columns(changed[who].noted, "new_"),
        }
        for who in sorted(changed)
    ]
    if rows and on_sqlite(session):
        session.execute(_ADD_EACH, rows)
    elif rows:
        # One statement for all of them: of so little, each of their own would cost twice as much.
        session.execute(_ADD_ALL, {"news": json.dumps(rows, default=str)})


def _columns(noted: Noted, prefix: str = "") -> dict[str, Any]:
    return {
        f"{prefix}earned": points.written(noted.earned),
        f"{prefix}acts": noted.acts,
        f"{prefix}history": noted.history,
        f"{prefix}mark": noted.mark,
        f"{prefix}learned_at": noted.learned_at,
    }


def _drop(session: Session, people: Collection[ProspectId]) -> None:
    if people:
        session.execute(
            delete(FeatureStateRow)
            .where(among(session, FeatureStateRow.prospect_id, people))
            .execution_options(synchronize_session=False)
        )


_ROW = table_of(FeatureStateRow).c
_NAMES = ("earned", "acts", "history", "mark", "learned_at")
_NOTED = tuple(_ROW[name] for name in _NAMES)
_ADDED = ("prospect_id", "beside", *_NAMES)
_LIST = (
    func.json_to_recordset(cast(bindparam("news", type_=Text), JSON))
    .table_valued(*(column(f"new_{name}", _ROW[name].type) for name in _ADDED), name="news")
    .render_derived(with_types=True)
)


def _add(new: Callable[[str], ColumnElement[Any]]) -> Update:
    changes = {name: new(f"new_{name}") for name in _NAMES}
    return (
        update(table_of(FeatureStateRow))
        .where(_ROW.prospect_id == new("new_prospect_id"))
        .values(changes)
        .values(beside=_ROW.beside + new("new_beside"))
    )


_ADD_EACH = _add(bindparam)
_ADD_ALL = _add(lambda name: _LIST.c[name])
