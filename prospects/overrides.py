"""What colleagues add to somebody's score or take away: dated records that end by themselves and freeze nothing.

On the rows of people and companies stands until when one of theirs counts (`steered_until`), so that
a look at everybody else reads nothing more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from prospects import audit, groups, outbox
from prospects.ids import AccountId, ProspectId, new_id
from prospects.override_rows import AccountOverrideRow, OverrideRow
from prospects.rows import AccountRow, ProspectRow
from prospects.store import among
from prospects.topics import Topic
from prospects.values import Override

MOST = 4.0
"""Of a logit: it turns one in fifty into a half, which is as sure as anybody is of a hunch."""
LONGEST = timedelta(days=366)
SHORTEST_REASON, LONGEST_REASON = 3, 500
MOST_AT_ONCE = 10
"""That count for one person or company at a time."""

Row = OverrideRow | AccountOverrideRow


class OverrideError(Exception):
    """This override cannot be; the sentence says why, and `field` what is to be said otherwise."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An override as somebody wants it: `value` is its share of the logit, `by` the name of who answers for it.

    `signed` is how the audit names them; None if as `by`.
    """

    value: float
    reason: str
    until: datetime
    by: str
    signed: str | None = None


def check(wanted: Wanted, now: datetime) -> Wanted:
    """The same with its reason on one line. Raises OverrideError."""
    reason = " ".join(wanted.reason.split())
    if not 0 < abs(wanted.value) <= MOST:
        raise OverrideError(f"between {-MOST:g} and {MOST:g}, and not nothing", "value")
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise OverrideError(f"say why, in {SHORTEST_REASON} to {LONGEST_REASON} letters", "reason")
    if not now < wanted.until <= now + LONGEST:
        raise OverrideError(f"ends within {LONGEST.days} days from now", "until")
    return replace(wanted, reason=reason)


def add(session: Session, who: ProspectId, wanted: Wanted, now: datetime) -> OverrideRow:
    """Let it count for one person from now on. Raises OverrideError."""
    told = check(wanted, now)
    _room(session, OverrideRow.prospect_id.in_(groups.whole(session, who)), OverrideRow, now)
    row = OverrideRow(prospect_id=who, id=new_id(now), at=now, **_columns(told))
    session.add(row)
    session.flush()
    refresh(session, [who], now)
    _note(session, told, who, now)
    outbox.post(session, Topic.REACT, [groups.head_of(session, who)], now)
    return row


def add_for_company(
    session: Session, account: AccountId, wanted: Wanted, now: datetime
) -> AccountOverrideRow:
    """Let it count for everybody at a company from now on. Raises OverrideError."""
    told = check(wanted, now)
    _room(session, AccountOverrideRow.account_id == account, AccountOverrideRow, now)
    row = AccountOverrideRow(account_id=account, id=new_id(now), at=now, **_columns(told))
    session.add(row)
    session.flush()
    _refresh_company(session, account, now)
    _note(session, told, account, now)
    return row


def end(session: Session, row: Row, by: str, now: datetime) -> None:
    """End it before its time; once it is over nothing changes."""
    if row.ended_at is not None or row.until <= now:
        return
    row.ended_at, row.ended_by = now, by
    session.flush()
    audit.note(session, "override ended", row.id, now, who=by)
    if isinstance(row, AccountOverrideRow):
        _refresh_company(session, AccountId(row.account_id), now)
        return
    who = ProspectId(row.prospect_id)
    refresh(session, [who], now)
    outbox.post(session, Topic.REACT, [groups.head_of(session, who)], now)


def find(session: Session, which: UUID) -> Row | None:
    """The override of this id, be it of a person or a company."""
    theirs = select(OverrideRow).where(OverrideRow.id == which)
    of_firms = select(AccountOverrideRow).where(AccountOverrideRow.id == which)
    return (
        session.execute(theirs).scalar_one_or_none()
        or session.execute(of_firms).scalar_one_or_none()
    )


def refresh(session: Session, people: Collection[ProspectId], now: datetime) -> None:
    """Note on the rows of who stands for these people until when an override of any of them counts."""
    heads = groups.heads(session, people)
    for head in sorted({heads.get(each, each) for each in people}):
        latest = select(func.max(OverrideRow.until)).where(
            OverrideRow.prospect_id.in_(groups.whole(session, head)), *_counting(OverrideRow, now)
        )
        session.execute(
            update(ProspectRow)
            .where(ProspectRow.id == head)
            .values(steered_until=session.execute(latest).scalar_one())
        )


def standing(
    session: Session,
    people: Mapping[UUID, datetime | None],
    companies: Mapping[UUID, datetime | None],
    now: datetime,
) -> tuple[Mapping[UUID, list[Override]], Mapping[UUID, list[Override]]]:
    """What counts at `now` for people, with whom they absorbed, and for companies.

    Both are given with what stands on their rows (`steered_until`); where that is over nothing is read.
    """
    steered = [who for who, until in people.items() if until and until > now]
    firms = [which for which, until in companies.items() if until and until > now]
    theirs: defaultdict[UUID, list[Override]] = defaultdict(list)
    if steered:
        heads = groups.members(session, steered)
        for row in _counted(session, OverrideRow, OverrideRow.prospect_id, heads, now):
            theirs[heads[row.prospect_id]].append(value_of(row))
    of_firms: defaultdict[UUID, list[Override]] = defaultdict(list)
    if firms:
        for firm in _counted(
            session, AccountOverrideRow, AccountOverrideRow.account_id, firms, now
        ):
            of_firms[firm.account_id].append(value_of(firm))
    return theirs, of_firms


def value_of(row: Row) -> Override:
    """The value of a row."""
    return Override(
        id=str(row.id),
        value=row.value,
        reason=row.reason,
        by=row.by,
        at=row.at,
        until=row.ended_at or row.until,
        company=isinstance(row, AccountOverrideRow),
    )


def _refresh_company(session: Session, account: AccountId, now: datetime) -> None:
    row = AccountOverrideRow
    latest = select(func.max(row.until)).where(row.account_id == account, *_counting(row, now))
    session.execute(
        update(AccountRow)
        .where(AccountRow.id == account)
        .values(steered_until=session.execute(latest).scalar_one())
    )
    people = select(ProspectRow.id).where(
        ProspectRow.account_id == account, ProspectRow.absorbed_by.is_(None)
    )
    outbox.post(session, Topic.REACT, list(session.execute(people).scalars()), now)


def _counted(
    session: Session, row: type[Any], key: Any, whose: Iterable[UUID], now: datetime
) -> Sequence[Any]:
    query = select(row).where(among(session, key, list(whose)), *_counting(row, now))
    return session.execute(query.order_by(row.at, row.id)).scalars().all()


def _counting(row: type[Row], now: datetime) -> list[Any]:
    return [row.ended_at.is_(None), row.until > now]


def _room(session: Session, theirs: Any, row: type[Row], now: datetime) -> None:
    count = select(func.count()).select_from(row).where(theirs, *_counting(row, now))
    if session.execute(count).scalar_one() >= MOST_AT_ONCE:
        raise OverrideError(f"{MOST_AT_ONCE} count already; end one of them first", "value")


def _columns(told: Wanted) -> dict[str, Any]:
    return {"value": told.value, "reason": told.reason, "until": told.until, "by": told.by}


def _note(session: Session, told: Wanted, about: UUID, now: datetime) -> None:
    # The reason may name somebody; it is on the record itself, where erasure reaches it.
    who, until = told.signed or told.by, told.until.isoformat()
    audit.note(session, "override set", about, now, who=who, value=told.value, until=until)
