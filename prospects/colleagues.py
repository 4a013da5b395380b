"""Who is active at a company: how many people did something of their own lately, as it was known at an instant."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects.ids import AccountId
from prospects.kinds import OF_INTEREST
from prospects.rows import ActivityRow, ProspectRow
from prospects.store import among
from prospects.titles import function_of
from prospects.values import Active

LATELY = timedelta(days=30)

Asked = tuple[AccountId, datetime]


def active(session: Session, asked: Collection[Asked]) -> dict[Asked, Active]:
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
    acts: defaultdict[UUID, list[tuple[UUID, str | None, datetime, datetime]]] = defaultdict(list)
    for account, *act in rows:
        acts[account].append((act[0], act[1], act[2], act[3]))
    return {
        (account, at): _active(
            {
                (who, title)
                for who, title, happened, learned in acts[account]
                if at - LATELY < happened <= at and learned <= at
            }
        )
        for account, at in asked
    }


def _active(people: Collection[tuple[UUID, str | None]]) -> Active:
    functions = {function_of(title) for _, title in people} - {None}
    return Active(len({who for who, _ in people}), len(functions))
