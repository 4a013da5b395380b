"""Who is active at a company: how many people did something of their own lately, as far as is known now."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
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


def active(
    session: Session, accounts: Collection[AccountId], titles: ReadTitle, now: datetime
) -> dict[AccountId, Active]:
    """Who is active at each of these companies: one query for all of them."""
    if not accounts:
        return {}
    head = func.coalesce(ProspectRow.absorbed_by, ProspectRow.id)
    rows = session.execute(
        select(ProspectRow.account_id, head, ProspectRow.title)
        .join(ActivityRow, ActivityRow.prospect_id == ProspectRow.id)
        .where(among(session, ProspectRow.account_id, accounts))
        .where(ProspectRow.erased_at.is_(None))
        .where(ActivityRow.happened_at > now - LATELY, ActivityRow.happened_at <= now)
        .where(ActivityRow.learned_at <= now)
        .where(ActivityRow.kind.in_(sorted(OF_INTEREST)), ActivityRow.suspect_robot.is_(False))
    )
    people: defaultdict[UUID | None, set[tuple[UUID, str | None]]] = defaultdict(set)
    for account, who, title in rows:
        people[account].add((who, title))
    return {account: active_of(people[account], titles) for account in accounts}


def active_of(people: Collection[tuple[UUID, str | None]], titles: ReadTitle) -> Active:
    """How many these are (id, title), and in how many functions they work."""
    functions = {titles(title)[1] for _, title in people} - {None}
    return Active(len({who for who, _ in people}), len(functions))
