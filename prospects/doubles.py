"""People who may be one: noted as leads show it, joined by itself if the evidence is strong, else for a person to judge."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from prospects import outbox
from prospects.double_rows import DoubleRow, DoubleState
from prospects.evidence import STRONG, Likeness, likeness
from prospects.ids import ProspectId, parse_ref
from prospects.rows import ProspectRow
from prospects.store import insert_new, upsert
from prospects.topics import Topic

Pair = tuple[UUID, UUID]
"""Two people, the lesser id first."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A lead of `owner` had an identity of this kind that is `other`'s.

    `joins`: whether what told that it is the owner's joins people by itself.
    """

    owner: ProspectId
    other: ProspectId
    kind: str
    joins: bool


def pair_of(one: UUID, other: UUID) -> Pair:
    """Two people as they stand in the table."""
    return (one, other) if one < other else (other, one)


def note(session: Session, clashes: Sequence[Clash], now: datetime) -> None:
    """Keep what these say of who may be one; promise to join those of whom it says enough.

    Whom a person has judged before is left alone.
    """
    found = _evidence(session, clashes)
    known = _rows(session, found)
    fresh = [
        {
            "prospect_id": one,
            "other_id": other,
            "evidence": sorted(evidence),
            "found_at": now,
            "state": DoubleState.OPEN,
        }
        for (one, other), evidence in sorted(found.items())
        if (one, other) not in known
    ]
    insert_new(session, DoubleRow, fresh, on=["prospect_id", "other_id"])
    for pair, row in known.items():
        if row.state == DoubleState.OPEN and found[pair] - set(row.evidence):
            row.evidence = sorted({*row.evidence, *found[pair]})
    strong = [pair for pair, evidence in sorted(found.items()) if evidence & STRONG]
    waiting = [
        pair for pair in strong if pair not in known or known[pair].state == DoubleState.OPEN
    ]
    outbox.post(session, Topic.JOIN, [f"{one}/{other}" for one, other in waiting], now)


def to_join(session: Session, refs: Iterable[str]) -> list[DoubleRow]:
    """Those of these pairs (`one/other`) that are still to be joined by themselves."""
    pairs = [pair for ref in refs if (pair := read_ref(ref))]
    return [
        row
        for row in _rows(session, pairs).values()
        if row.state == DoubleState.OPEN and STRONG.intersection(row.evidence)
    ]


def read_ref(written: str) -> Pair | None:
    """The two people that `one/other` names; None for anything else."""
    pair = parse_ref(written)
    return pair_of(*pair) if pair and pair[0] != pair[1] else None


def settle(session: Session, pair: Pair, state: DoubleState, by: str, now: datetime) -> None:
    """Write down what was decided about two people, whether or not anything spoke for it before."""
    one, other = pair
    row = session.get(DoubleRow, pair, populate_existing=True)
    upsert(
        session,
        DoubleRow,
        [
            {
                "prospect_id": one,
                "other_id": other,
                "evidence": row.evidence if row else [],
                "found_at": row.found_at if row else now,
                "state": state,
                "settled_at": now,
                "settled_by": by,
            }
        ],
        on=["prospect_id", "other_id"],
    )
    session.expire_all()


def waiting(session: Session, limit: int, *, after: Pair | None = None) -> list[DoubleRow]:
    """Pairs a person is to judge, those with most evidence found last first; none who is one already."""
    one, other = aliased(ProspectRow), aliased(ProspectRow)
    query = (
        select(DoubleRow)
        .join(one, one.id == DoubleRow.prospect_id)
        .join(other, other.id == DoubleRow.other_id)
        .where(DoubleRow.state == DoubleState.OPEN)
        .where(one.absorbed_by.is_(None), other.absorbed_by.is_(None))
        .order_by(DoubleRow.found_at.desc(), DoubleRow.prospect_id.desc(), DoubleRow.other_id)
    )
    last = session.get(DoubleRow, after) if after else None
    if last is not None:
        same = DoubleRow.found_at == last.found_at
        query = query.where(
            or_(
                DoubleRow.found_at < last.found_at,
                same & (DoubleRow.prospect_id < last.prospect_id),
                same
                & (DoubleRow.prospect_id == last.prospect_id)
                & (DoubleRow.other_id > last.other_id),
            )
        )
    return list(session.execute(query.limit(limit)).scalars())


def forget(session: Session, who: ProspectId) -> None:
    """Drop the pairs in which this person is the other; those in which they come first go by erasure."""
    session.execute(
        delete(DoubleRow)
        .where(DoubleRow.other_id == who)
        .execution_options(synchronize_session=False)
    )


def _evidence(session: Session, clashes: Sequence[Clash]) -> dict[Pair, set[Likeness]]:
    """By pair of those who stand for the people of these clashes: what speaks for it."""
    people = _people(session, {who for each in clashes for who in (each.owner, each.other)})
    found: defaultdict[Pair, set[Likeness]] = defaultdict(set)
    for each in clashes:
        one, other = people.get(each.owner), people.get(each.other)
        if one is None or other is None or one[0] == other[0]:
            continue
        said = likeness(each.kind, one_joins=each.joins, names=(one[1], other[1]))
        if said is not None:
            found[pair_of(one[0], other[0])].add(said)
    return dict(found)


def _people(session: Session, ids: Collection[UUID]) -> Mapping[UUID, tuple[UUID, str | None]]:
    """Who stands for each of these, and what they are called; who was forgotten is left out."""
    if not ids:
        return {}
    rows = session.execute(
        select(ProspectRow.id, ProspectRow.absorbed_by, ProspectRow.name).where(
            ProspectRow.id.in_(ids), ProspectRow.erased_at.is_(None)
        )
    )
    return {row.id: (row.absorbed_by or row.id, row.name) for row in rows}


def _rows(session: Session, pairs: Collection[Pair]) -> dict[Pair, DoubleRow]:
    if not pairs:
        return {}
    both = tuple_(DoubleRow.prospect_id, DoubleRow.other_id)
    rows = session.execute(select(DoubleRow).where(both.in_(list(pairs)))).scalars()
    return {(row.prospect_id, row.other_id): row for row in rows}
