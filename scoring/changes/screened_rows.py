"""What a look at very many people reads of them, a part at a time: ids under lock, and rows of what features ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select, text
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from prospects.rows import AccountRow, ActivityRow, ProspectRow
from prospects.store import on_sqlite, table_of
from scoring.feature_rows import FeatureStateRow
from scoring.feature_states import FORMAT
from scoring.rules import ScoringRules


@dataclass(frozen=True, slots=True)
class Part:
    """The people whose ids come after one and up to another; `again`: it is for whom somebody else held before.

    `alone`: it is one person, who could not be looked at among others.
    """

    after: UUID | None
    upto: UUID
    again: bool = False
    alone: bool = False


def locked(session: Session, rules: ScoringRules, part: Part, limit: int) -> Sequence[ProspectId]:
    """The first so many of a part who were assessed by other rules and whom nobody else holds, now ours."""
    query = select(PEOPLE.id).where(*within(PEOPLE.id, part), *by_others(rules))
    query = query.order_by(PEOPLE.id).limit(limit)
    if not on_sqlite(session):
        query = query.with_for_update(skip_locked=True)
    return [ProspectId(who) for who in session.execute(query).scalars()]


def within(column: ColumnElement[Any], part: Part) -> list[ColumnElement[bool]]:
    """That an id is one of the part."""
    upto = [column <= part.upto]
    return upto if part.after is None else [column > part.after, *upto]


def by_others(rules: ScoringRules) -> list[Any]:
    """Who was assessed, and by other rules as far as their row says."""
    row = PEOPLE
    return [
        row.rules_version.is_distinct_from(rules.version),
        row.grade.is_not(None),
        row.erased_at.is_(None),
        row.absorbed_by.is_(None),
    ]


def rows_of(rules: ScoringRules, part: Part, now: datetime) -> Select[Any]:
    """What is read of each person of a part: only what some feature asks for."""
    columns = [
        *(PEOPLE.id, PEOPLE.rules_version, func.coalesce(_apart(now), False)),
        *(_F.acts, _written(_F.earned), _written(_F.tally), _F.beside),
        *(PEOPLE[name] for name in ("stage", "points", "grade", "score", "warm", "gate")),
        *(PEOPLE.look_due_at, _A.id, _written(_A.fields).label("told")),
        *(PEOPLE[name] for name in ("email", "phone", "title", "country", "zone")),
        _written(PEOPLE.fields),
    ]
    # The same stretch of both, so that they are read side by side, and no row is looked for.
    theirs = and_(_F.prospect_id == PEOPLE.id, *within(_F.prospect_id, part))
    people = table_of(ProspectRow).outerjoin(table_of(FeatureStateRow), theirs)
    return (
        select(*columns)
        .select_from(people.outerjoin(table_of(AccountRow), _A.id == PEOPLE.account_id))
        .where(*within(PEOPLE.id, part), *by_others(rules))
        .order_by(PEOPLE.id)
    )


def _apart(now: datetime) -> ColumnElement[bool]:
    """Of whom what is kept does not tell enough."""
    return or_(
        PEOPLE.steered_until > now,
        _A.steered_until > now,
        PEOPLE.unprofiled_at.is_not(None),
        _F.format.is_distinct_from(FORMAT),
        PEOPLE.grade == "",
        and_(PEOPLE.stage.is_not(None), func.coalesce(PEOPLE.look_due_at <= now, True)),
    )


def _written(document: ColumnElement[Any]) -> ColumnElement[str]:
    """A document as text: read by the library in a fifth of the driver's time."""
    return cast(document, Text)


def met_in(session: Session, part: Part) -> set[UUID]:
    """Those of whom a rep found something, and those who absorbed somebody."""
    met = select(_ACTS.prospect_id).where(
        *within(_ACTS.prospect_id, part), text("kind = 'verdict'")
    )
    whole = select(PEOPLE.absorbed_by).where(*within(PEOPLE.absorbed_by, part))
    return {*session.execute(met).scalars(), *session.execute(whole).scalars()}


_ACTS = table_of(ActivityRow).c
PEOPLE, _A, _F = (table_of(row).c for row in (ProspectRow, AccountRow, FeatureStateRow))
