"""Who was active at a company at instants in the past: as people worked there, were called and were one with whom then."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from prospects import formerly, groups_then
from prospects.colleagues import LATELY, active_of
from prospects.formerly import FormerlyRow
from prospects.ids import AccountId
from prospects.kinds import OF_INTEREST
from prospects.own_titles import ReadTitle
from prospects.rows import ActivityRow, ProspectRow
from prospects.store import among, table_of
from prospects.values import Active

Asked = tuple[AccountId, datetime]
"""A company, and an instant."""
Done = tuple[datetime, datetime]
"""When something happened, and when that was learned."""


def active(session: Session, asked: Collection[Asked], titles: ReadTitle) -> dict[Asked, Active]:
    """The same as `prospects.colleagues.active` said at each of these instants."""
    if not asked:
        return {}
    first, last = min(at for _, at in asked), max(at for _, at in asked)
    rows = _who_ever(session, {account for account, _ in asked}, first, last)
    past = _Past(session, rows, titles)
    acts = _acts(session, rows, first, last)
    return {(account, at): past.active(acts, account, at) for account, at in asked}


class _Past:
    """What is known of these people's past."""

    def __init__(self, session: Session, rows: Sequence[ProspectRow], titles: ReadTitle) -> None:
        self.titles = titles
        ids = {row.id for row in rows}
        self.facts = formerly.facts(rows)
        self.formers = formerly.of(session, ids)
        self.merges = groups_then.merges(session, ids)
        self.ever: defaultdict[str, set[UUID]] = defaultdict(set)
        for who, facts in self.facts.items():
            for told in (facts, *(former.told for former in self.formers[who])):
                self.ever[str(told.get("account_id"))].add(who)

    def active(self, acts: Mapping[UUID, Sequence[Done]], account: UUID, at: datetime) -> Active:
        """Who had done something by then, and worked there then."""
        lately = (
            who
            for who in self.ever[str(account)]
            if any(
                at - LATELY < happened <= at and learned <= at for happened, learned in acts[who]
            )
        )
        told = {who: formerly.at(self.facts[who], self.formers[who], at) for who in lately}
        return active_of(
            {
                (groups_then.group(self.merges, who, at)[0], facts["title"])
                for who, facts in told.items()
                if facts["account_id"] == str(account)
            },
            self.titles,
        )


def _who_ever(
    session: Session, accounts: Collection[UUID], first: datetime, last: datetime
) -> Sequence[ProspectRow]:
    """Who works there now, or did at some time since, and did something around then."""
    columns = table_of(FormerlyRow).c
    left = select(columns.prospect_id).where(
        columns.until > first,
        columns.told["account_id"].as_string().in_([str(each) for each in accounts]),
    )
    query = select(ProspectRow).where(
        or_(among(session, ProspectRow.account_id, accounts), ProspectRow.id.in_(left)),
        ProspectRow.erased_at.is_(None),
        exists().where(_ACT.prospect_id == ProspectRow.id, *_own(first, last)),
    )
    return session.execute(query).scalars().all()


def _acts(
    session: Session, rows: Sequence[ProspectRow], first: datetime, last: datetime
) -> defaultdict[UUID, list[Done]]:
    """When each of them did something of their own, and when that was learned."""
    query = select(_ACT.prospect_id, _ACT.happened_at, _ACT.learned_at).where(
        among(session, ActivityRow.prospect_id, {row.id for row in rows}), *_own(first, last)
    )
    found: defaultdict[UUID, list[Done]] = defaultdict(list)
    for who, happened, learned in session.execute(query):
        found[who].append((happened, learned))
    return found


def _own(first: datetime, last: datetime) -> list[ColumnElement[bool]]:
    return [
        _ACT.happened_at > first - LATELY,
        _ACT.happened_at <= last,
        _ACT.kind.in_(sorted(OF_INTEREST)),
        _ACT.suspect_robot.is_(False),
    ]


_ACT = table_of(ActivityRow).c
