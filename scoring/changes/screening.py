"""A look at very many people after the card changed: whom it does not move is told from what is kept of them.

People are looked at a part at a time, a part being a stretch of their ids. Of whom the rules do not move
nothing is written: that they were looked at is said of the part.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from scoring import current
from scoring.by_rules.stage_model import stage_table
from scoring.changes.rows import RulesChangeRow
from scoring.changes.screen import Belief, Kept, Screen, screen_of
from scoring.changes.screened_rows import PEOPLE, Part, by_others, locked, met_in, rows_of, within
from scoring.features import tally
from scoring.rules import ScoringRules

AT_ONCE = 1_000
"""People read together."""
MANY = 100
"""People from whom on it takes less time to sift them together than to ask singly."""


@dataclass(slots=True)
class Seen:
    """Some people, locked, in order of id. `rest` are those who must be looked at with their histories.

    `looked` is how many they are in all, and `busy` those whom somebody else holds. `again` is when to
    look at somebody again, where that is before the look that is promised. `upto` is the last who was
    come to, and `left` the rest of the part. `alike` says of versions of the rules whether they said of
    stages what these say.
    """

    upto: UUID
    looked: int = 0
    rest: list[ProspectId] = field(default_factory=list)
    busy: list[ProspectId] = field(default_factory=list)
    again: dict[ProspectId, datetime] = field(default_factory=dict)
    left: Part | None = None
    alike: dict[int | None, bool] = field(default_factory=dict)


def next_part(
    session: Session, rules: ScoringRules, after: UUID | None, *, people: int
) -> Part | None:
    """The next so many people who were assessed by other rules; None where there is nobody."""
    query = select(PEOPLE.id).where(*by_others(rules)).order_by(PEOPLE.id)
    if after is not None:
        query = query.where(PEOPLE.id > after)
    some = query.limit(people).subquery()
    last = session.execute(select(some.c.id).order_by(some.c.id.desc()).limit(1)).scalar()
    return None if last is None else Part(after, last)


def screen(
    session: Session, rules: ScoringRules, now: datetime, *, part: Part, most_rest: int
) -> Seen:
    """The people of a part who were assessed by other rules; nobody waits for whom others hold.

    It ends early after about `most_rest` who are not to be told without a history.
    """
    prepared = screen_of(rules)
    found, left = Seen(part.upto), part
    while len(found.rest) < most_rest:
        limit = AT_ONCE if prepared else most_rest
        people = locked(session, rules, left, limit)
        last = len(people) < limit
        stretch = left if last else replace(left, upto=people[-1])
        _look(session, rules, prepared, now, part=stretch, people=people, found=found)
        if last:
            return found
        left = replace(left, after=people[-1])
        found.upto, found.left = people[-1], left
    return found


def _look(
    session: Session,
    rules: ScoringRules,
    prepared: Screen | None,
    now: datetime,
    *,
    part: Part,
    people: Sequence[ProspectId],
    found: Seen,
) -> None:
    """Add these people to what was `found`, and who of the part is in other hands."""
    found.looked += len(people)
    if prepared is None:
        every = select(PEOPLE.id).where(*within(PEOPLE.id, part), *by_others(rules))
        ours = set(people)
        found.busy += [
            ProspectId(who) for who in session.execute(every).scalars() if who not in ours
        ]
        found.rest += people
        return
    # Read after the lock was had: what was written before that is seen.
    rows = session.execute(rows_of(rules, part, now)).all()
    _compare(session, rules, {row[_VERSION] for row in rows} - set(found.alike), found.alike)
    mine = rows
    if len(rows) != len(people):
        ours = set(people)
        found.busy += [row[0] for row in rows if row[0] not in ours]
        mine = [row for row in rows if row[0] in ours]
    kept = _clear(mine, rules, found.alike, met_in(session, part))
    clear = [each for each in kept if each is not None]
    held = [Belief(*row[_HELD]) for row, each in zip(mine, kept, strict=True) if each is not None]
    told = iter(_told(prepared, clear, held, now))
    for row, each in zip(mine, kept, strict=True):
        is_moved, again = next(told) if each is not None else (True, None)
        if is_moved:
            found.rest.append(row[0])
        elif again is not None:
            found.again[row[0]] = again


def _told(
    prepared: Screen, kept: Sequence[Kept], held: Sequence[Belief], now: datetime
) -> Iterator[tuple[bool, datetime | None]]:
    """Of each of them whether they are moved, and when to look at them again."""
    sure: list[bool | None] = [None] * len(kept)
    if len(kept) >= MANY:
        # Only where very many are looked at is numpy loaded.
        from scoring.changes.sifting import sift

        sure = sift(prepared, kept, held, now)
    for each, belief, moved in zip(kept, held, sure, strict=True):
        if moved is not None:
            yield moved, None
            continue
        told = prepared.of(each, held=belief, now=now)
        yield told.moved, told.look_again_at


def _clear(
    rows: Sequence[Any],
    rules: ScoringRules,
    alike: Mapping[int | None, bool],
    apart: Collection[UUID],
) -> list[Kept | None]:
    """What is kept of these people; None of whom a history must tell."""
    earned = _read([row[_EARNED] for row in rows])
    tallies = _read([row[_TALLY] for row in rows])
    found: list[Kept | None] = []
    for row, points, tallied in zip(rows, earned, tallies, strict=True):
        who, version, unclear, acts, _, _, beside, stage, *_ = row
        knows = not unclear and (alike[version] or (stage is None and not acts))
        if not knows or points["mark"] != rules.mark or (apart and who in apart):
            found.append(None)
            continue
        whole = tally.written(tally.read(tallied, beside)) if beside else tallied
        found.append(Kept(whole, points, *row[_WHO]))
    return found


def _read(documents: Sequence[str | None]) -> Sequence[Mapping[str, Any]]:
    """These documents, read as one, which takes less time than each by itself."""
    found: list[Mapping[str, Any]] = from_json(
        f"[{','.join([each or '{}' for each in documents])}]"
    )
    return found


def _compare(
    session: Session,
    rules: ScoringRules,
    versions: Collection[int | None],
    alike: dict[int | None, bool],
) -> None:
    """Note whether the rules of these versions said of stages what these rules say."""
    if not versions:
        return
    rows = session.execute(
        select(RulesChangeRow.version, RulesChangeRow.model).where(
            RulesChangeRow.version.in_([each for each in versions if each is not None])
        )
    )
    now, ladder = stage_table(rules.card, rules.ladder), rules.ladder
    before = {version: stage_table(current.card(session, model), ladder) for version, model in rows}
    alike.update({each: each in before and before[each] == now for each in versions})


_VERSION, _EARNED, _TALLY = 1, 4, 5
_HELD, _WHO = slice(7, 14), slice(14, None)
"""Where in a row something stands."""
