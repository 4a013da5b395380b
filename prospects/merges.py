"""What a merge and its undoing write in the record: the link, and what only one of the two had said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from prospects import first_touch_anew, formerly, groups, outbox, overrides, profiling, words
from prospects.everything import plain
from prospects.ids import ProspectId, new_id
from prospects.merge_rows import MergeRow
from prospects.rows import AccountRow, ProspectRow
from prospects.store import on_sqlite
from prospects.topics import Topic

FILLED = (
    *("account_id", "owner_id", "email", "phone", "name", "title", "company", "country", "zone"),
    *("language", "confirmed_stage", "confirmed_at"),
)
"""What the kept one's row takes over from the absorbed one's where it says nothing itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who says that two are one, why, and what speaks for it."""

    by: str
    why: str | None = None
    evidence: Sequence[str] = ()


def link(
    session: Session, kept: ProspectRow, gone: ProspectRow, said: Said, now: datetime
) -> MergeRow:
    """Let `kept` stand for `gone`, and for whom `gone` stood for; both must be locked."""
    members = groups.whole(session, ProspectId(gone.id))
    before = formerly.facts([kept])
    row = MergeRow(
        prospect_id=gone.id,
        id=new_id(now),
        kept_id=kept.id,
        at=now,
        by=said.by,
        why=said.why,
        evidence=list(said.evidence),
        members=[str(each) for each in members],
        filled=_fill(kept, gone),
        ended={},
    )
    session.add(row)
    session.flush()
    _point(session, members, kept.id)
    formerly.note(session, before, [kept], now)
    _read_anew(session, [kept, gone], now)
    return row


def unlink(session: Session, row: MergeRow, by: str, now: datetime) -> None:
    """Part the two again, as they were before; both must be locked."""
    kept = session.get_one(ProspectRow, row.kept_id)
    gone = session.get_one(ProspectRow, row.prospect_id)
    _take_out(kept, row.filled)
    row.undone_at, row.undone_by = now, by
    # What was said of one must not outlive the other: the two are no longer forgotten together.
    row.filled = {}
    formerly.forget(session, kept.id, row.at)
    session.flush()
    others = [UUID(each) for each in row.members if each != str(gone.id)]
    _point(session, [gone.id], None)
    _point(session, others, gone.id)
    _read_anew(session, [kept, gone], now)


def standing(session: Session, who: ProspectId) -> list[MergeRow]:
    """The merges that this person is in and that stand, the newest first."""
    people = groups.whole(session, who)
    query = select(MergeRow).where(
        or_(MergeRow.prospect_id.in_(people), MergeRow.kept_id.in_(people)),
        MergeRow.undone_at.is_(None),
    )
    return list(session.execute(query.order_by(MergeRow.id.desc())).scalars())


def forget(session: Session, who: ProspectId) -> None:
    """Empty what merges into this person kept of others; their own are emptied by erasure."""
    session.execute(
        update(MergeRow)
        .where(MergeRow.kept_id == who)
        .values(why=None, filled={}, ended={})
        .execution_options(synchronize_session=False)
    )


def missing(kept: ProspectRow, gone: ProspectRow) -> list[str]:
    """What `kept` does not say and `gone` does."""
    return [
        name for name in FILLED if getattr(gone, name) is not None and getattr(kept, name) is None
    ]


def lock_both(
    session: Session, one: ProspectId, other: ProspectId
) -> dict[ProspectId, ProspectRow]:
    """The rows of two people, locked after their companies, each in the order of ids.

    Who is not there is left out.
    """
    query = select(ProspectRow).where(ProspectRow.id.in_([one, other])).order_by(ProspectRow.id)
    if not on_sqlite(session):
        _lock_companies(session, (one, other))
        query = query.with_for_update()
    rows = session.execute(query.execution_options(populate_existing=True)).scalars()
    return {ProspectId(row.id): row for row in rows}


def _lock_companies(session: Session, people: Sequence[ProspectId]) -> None:
    theirs = select(ProspectRow.account_id).where(ProspectRow.id.in_(people))
    query = select(AccountRow.id).where(AccountRow.id.in_(theirs)).order_by(AccountRow.id)
    session.execute(query.with_for_update())


def _fill(kept: ProspectRow, gone: ProspectRow) -> dict[str, Any]:
    """Take over what only `gone` says; returns it, as JSON holds it."""
    filled: dict[str, Any] = {}
    for name in missing(kept, gone):
        setattr(kept, name, getattr(gone, name))
        filled[name] = plain(getattr(gone, name))
    if fields := {key: value for key, value in gone.fields.items() if key not in kept.fields}:
        kept.fields = {**kept.fields, **fields}
        filled["fields"] = fields
    if tags := [each for each in gone.tags or () if each not in (kept.tags or ())]:
        kept.tags = [*(kept.tags or ()), *tags]
        filled["tags"] = tags
    if gone.warm and not kept.warm:
        # They are warm already, and that was told: who stands for them must not grow warm once more.
        kept.warm = filled["warm"] = True
    return filled


def _take_out(kept: ProspectRow, filled: Mapping[str, Any]) -> None:
    """Take away what was taken over, unless something else has been said since."""
    for name in FILLED:
        if name in filled and plain(getattr(kept, name)) == filled[name]:
            setattr(kept, name, None)
    fields = filled.get("fields", {})
    kept.fields = {
        key: value for key, value in kept.fields.items() if fields.get(key, _NOTHING) != value
    }
    if kept.tags is not None and "tags" in filled:
        kept.tags = [each for each in kept.tags if each not in filled["tags"]] or None
    if filled.get("warm"):
        kept.warm = False


_NOTHING = object()


def _point(session: Session, people: Iterable[UUID], head: UUID | None) -> None:
    session.execute(
        update(ProspectRow)
        .where(ProspectRow.id.in_(list(people)))
        .values(absorbed_by=head)
        .execution_options(synchronize_session="fetch")
    )


def _read_anew(session: Session, rows: Sequence[ProspectRow], now: datetime) -> None:
    """What is kept beside the rows of these two, and a look at who stands for them."""
    session.flush()
    words.keep(session, rows)
    first_touch_anew.rebuild(session, [row.id for row in rows])
    people = [ProspectId(row.id) for row in rows]
    profiling.refresh(session, people, now)
    overrides.refresh(session, people, now)
    for row in rows:
        row.changed_at = now
    session.flush()
    outbox.post(session, Topic.REACT, [row.id for row in rows if row.absorbed_by is None], now)
