"""Who is active at a company: how many people did something of their own lately, as it was known at an instant."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects.ids import AccountId
from prospects.kinds import OF_INTEREST
from prospects.own_titles import ReadTitle
from prospects.rows import ActivityRow, ProspectRow
from prospects.store import among
from prospects.values import Active

LATELY = timedelta(days=30)

Asked = tuple[AccountId, datetime]


def active(session: Session, asked: Collection[Asked], titles: ReadTitle) -> dict[Asked, Active]:
    """Who was active at each company by each instant: one query for all of them."""
    if not asked:
        return {}
    first = min(at for _, at in asked) - LATELY
    last = max(at for _, at in asked)
    head = func.coalesce(ProspectRow.absorbed_by, ProspectRow.id).label("head")
    rows = session.execute(
        select(
            ProspectRow.account_id,
            head,
            ProspectRow.title,
            ActivityRow.happened_at,
            ActivityRow.learned_at,
        )
        .join(ActivityRow, ActivityRow.prospect_id == ProspectRow.id)
        .where(among(session, ProspectRow.account_id, {account for account, _ in asked}))
        .where(ProspectRow.erased_at.is_(None))
        .where(ActivityRow.happened_at > first, ActivityRow.happened_at <= last)
        .where(ActivityRow.kind.in_(sorted(OF_INTEREST)), ActivityRow.suspect_robot.is_(False))
    )
    acts: defaultdict[UUID | None, list[Any]] = defaultdict(list)
    for row in rows:
        acts[row.account_id].append(row)
    return {
        (account, at): active_of(
            {
                (row.head, row.title)
                for row in acts[account]
                if at - LATELY < row.happened_at <= at and row.learned_at <= at
            },
            titles,
        )
        for account, at in asked
    }


def active_of(people: Collection[tuple[UUID, str | None]], titles: ReadTitle) -> Active:
    """How many these are (id, title), and in how many functions they work."""
    functions = {titles(title)[1] for _, title in people} - {None}
    return Active(len({who for who, _ in people}), len(functions))
