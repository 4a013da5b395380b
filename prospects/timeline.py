"""The one door into the record, and the one look at it: record what happened, see people under lock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from prospects import announcing, first_touch, first_touch_anew, groups, outbox
from prospects.ids import ActivityId, ProspectId, new_id
from prospects.kinds import ANNOUNCED, FED_BACK, Kind
from prospects.rows import AccountRow, ActivityRow, ProspectRow
from prospects.snapshots import snapshots
from prospects.store import among, insert_new, on_sqlite, table_of
from prospects.topics import Topic
from prospects.values import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened, about to be recorded. A `key` seen before for this person is a no-op."""

    prospect_id: ProspectId
    kind: Kind
    happened_at: datetime
    source: str
    key: str
    body: Mapping[str, Any] = field(default_factory=dict)
    suspect_robot: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """People seen under lock, and those somebody else was busy with.

    `heads`: who was seen in the place of somebody they absorbed.
    """

    snapshots: list[Snapshot]
    busy: list[ProspectId]
    heads: Mapping[ProspectId, ProspectId] = field(default_factory=dict)

    def of(self, who: ProspectId) -> Snapshot | None:
        """What was seen of this person, or of who absorbed them."""
        head = self.heads.get(who, who)
        return next((each for each in self.snapshots if each.prospect_id == head), None)


def record(
    session: Session, facts: Sequence[Fact], now: datetime, *, ring: bool = True
) -> list[ProspectId]:
    """Write down what happened; with `ring`, promise to look again at those with something new.

    Only what came from outside rings (invariant 2): what a reaction itself records passes ring=False.
    What is said of somebody who was erased is not written, whoever says it.
    Returns the people who had something new.
    """
    erased = _erased(session, {fact.prospect_id for fact in facts})
    rows = [_row(fact, now) for fact in facts if fact.prospect_id not in erased]
    # In the order of their keys, so that two batches with the same facts cannot deadlock.
    rows.sort(key=lambda row: (row["prospect_id"], row["key"]))
    columns = table_of(ActivityRow).c
    written = insert_new(
        session,
        ActivityRow,
        rows,
        on=["prospect_id", "key"],
        returning=[columns.prospect_id, columns.id, columns.kind],
    )
    fresh = {row[1] for row in written}
    first_touch.note(session, [row for row in rows if row["id"] in fresh])
    news = list(dict.fromkeys(ProspectId(row[0]) for row in written))
    announced = [f"{who}/{which}" for who, which, kind in written if kind in ANNOUNCED]
    outbox.post(session, Topic.ANNOUNCE, announced, now)
    leads = [f"{who}/{which}" for who, which, kind in written if kind == Kind.FORM]
    announcing.post(session, [announcing.LEAD], leads, now)
    fed_back = [f"{who}/{which}" for who, which, kind in written if kind in FED_BACK]
    outbox.post(session, Topic.FEEDBACK, fed_back, now)
    if ring:
        outbox.post(session, Topic.REACT, news, now)
    return news


def suspect(
    session: Session, prospect_id: ProspectId, activities: Collection[ActivityId], now: datetime
) -> None:
    """Mark acts that turned out to be a robot's, and promise to look again at whose they were said to be.

    The one thing that is ever changed of what was recorded; that it happened stays.
    """
    activity = table_of(ActivityRow)
    marked = session.execute(
        update(activity)
        .where(activity.c.prospect_id == prospect_id, activity.c.id.in_(activities))
        .where(activity.c.suspect_robot.is_(False))
        .values(suspect_robot=True)
        .returning(activity.c.id)
    )
    if marked.all():
        first_touch_anew.rebuild(session, [groups.head_of(session, prospect_id)])
        outbox.post(session, Topic.REACT, [prospect_id], now)


def lock_and_see(session: Session, prospect_ids: Iterable[ProspectId], now: datetime) -> Seen:
    """Lock accounts, then people, both in id order, and see what is known of each at `now`.

    Nobody waits: whom another worker holds comes back as `busy`. Who was absorbed is seen as who
    absorbed them; erased people, and ids of nobody, are in neither list.
    """
    asked = set(prospect_ids)
    heads = groups.heads(session, asked)
    wanted = sorted({heads.get(each, each) for each in asked})
    busy_accounts = _lock_accounts(session, wanted)
    query = (
        select(ProspectRow).where(among(session, ProspectRow.id, wanted)).order_by(ProspectRow.id)
    )
    if not on_sqlite(session):
        query = query.with_for_update(skip_locked=True)
    rows = [
        row
        for row in session.execute(query.execution_options(populate_existing=True)).scalars()
        if row.account_id not in busy_accounts
    ]
    held = {row.id for row in rows}
    others = [each for each in wanted if each not in held]
    held_by_others = select(ProspectRow.id).where(among(session, ProspectRow.id, others))
    busy = set(session.execute(held_by_others).scalars()) if others else set()
    present = [row for row in rows if row.erased_at is None and row.absorbed_by is None]
    waiting = sorted(each for each in asked if heads.get(each, each) in busy)
    return Seen(snapshots(session, present, now), waiting, heads)


def look_again(session: Session, when: Mapping[ProspectId, datetime], now: datetime) -> None:
    """Promise one more look at each person at the given time, unless an earlier look is promised."""
    if not when:
        return
    rows = session.execute(
        select(ProspectRow.id, ProspectRow.look_due_at).where(among(session, ProspectRow.id, when))
    )
    promised = {row.id: row.look_due_at for row in rows}
    due: dict[ProspectId, datetime] = {}
    for prospect_id, wanted in when.items():
        already = promised.get(prospect_id)
        if already is None or not now < already <= wanted:
            due[prospect_id] = max(wanted, now)
    if not due:
        return
    outbox.post_each(session, Topic.REACT, {str(who): at for who, at in due.items()}, now)
    table = table_of(ProspectRow)
    session.execute(
        update(table).where(table.c.id == bindparam("who")).values(look_due_at=bindparam("at")),
        [{"who": who, "at": at} for who, at in due.items()],
    )


def _row(fact: Fact, now: datetime) -> dict[str, Any]:
    return {
        "prospect_id": fact.prospect_id,
        "id": new_id(now),
        "kind": fact.kind,
        "happened_at": fact.happened_at,
        "learned_at": now,
        "source": fact.source,
        "key": fact.key,
        "body": dict(fact.body),
        "suspect_robot": fact.suspect_robot,
    }


def _erased(session: Session, prospect_ids: Collection[ProspectId]) -> set[UUID]:
    """Those of them who were forgotten; an erasure that is under way is waited for."""
    query = select(ProspectRow.id, ProspectRow.erased_at).where(
        among(session, ProspectRow.id, prospect_ids)
    )
    if prospect_ids and not on_sqlite(session):
        # The lock their acts' foreign key takes anyhow, in the same order, only before we look.
        query = query.order_by(ProspectRow.id).with_for_update(read=True, key_share=True)
    return {row.id for row in session.execute(query) if row.erased_at} if prospect_ids else set()


def _lock_accounts(session: Session, prospect_ids: Sequence[ProspectId]) -> set[Any]:
    """Lock the accounts of these people; returns those that somebody else holds."""
    if on_sqlite(session):
        return set()
    theirs = set(
        session.execute(
            select(ProspectRow.account_id)
            .where(
                among(session, ProspectRow.id, prospect_ids), ProspectRow.account_id.is_not(None)
            )
            .distinct()
        ).scalars()
    )
    locked = session.execute(
        select(AccountRow.id)
        .where(among(session, AccountRow.id, theirs))
        .order_by(AccountRow.id)
        .with_for_update(skip_locked=True)
    ).scalars()
    return theirs - set(locked)
