"""What we knew of people at instants in the past, read set-based: the same snapshots as then, for training and for checking.

Only what had happened and was known counts. Who people are is taken as it was said then
(`prospects/formerly.py`), their company's fields as far as they were told by then, and who was one
with whom as it stood. What is only ever changed in place is as it is now: an act later found to be a
robot's is one in the past as well.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import colleagues_then, configuration, formerly, groups_then, own_titles
from prospects.details import AccountDetailRow, written_as
from prospects.folding import finding
from prospects.histories import newest
from prospects.ids import AccountId, ActivityId, ProspectId
from prospects.kinds import Kind
from prospects.rows import AccountRow, ActivityRow, ProspectRow
from prospects.snapshots import stage_order
from prospects.store import among
from prospects.values import Active, Activity, Company, Lifecycle, Person, Snapshot

Asked = tuple[ProspectId, datetime]
AT_ONCE = 500
"""People read by one round of queries."""


def snapshots_at(session: Session, asked: Iterable[Asked]) -> dict[Asked, Snapshot]:
    """What was known of each person at each instant, with who was active at their company.

    Who was not on record yet, has been forgotten, or objects to being profiled is left out. Who was absorbed by then is seen as
    who stood for them. Beliefs, owner and place with us are not in it: they are nobody's act.
    """
    some = list(dict.fromkeys(asked))
    found: dict[Asked, Snapshot] = {}
    for start in range(0, len(some), AT_ONCE):
        found |= _round(session, some[start : start + AT_ONCE])
    return found


def _round(session: Session, asked: Sequence[Asked]) -> dict[Asked, Snapshot]:
    merges = groups_then.merges(session, {who for who, _ in asked})
    groups = {each: groups_then.group(merges, *each) for each in asked}
    people = {who for group in groups.values() for who in group}
    query = select(ProspectRow).where(
        among(session, ProspectRow.id, people), ProspectRow.unprofiled_at.is_(None)
    )
    rows = {row.id: row for row in session.execute(query).scalars()}
    past = _Past(session, rows, groups)
    return {
        each: seen
        for each, group in groups.items()
        if (seen := past.seen(group, each[1])) is not None
    }


class _Past:
    """What one round of queries found of these people."""

    def __init__(
        self,
        session: Session,
        rows: Mapping[UUID, ProspectRow],
        groups: Mapping[Asked, Sequence[UUID]],
    ) -> None:
        self.rows = rows
        self.formers = formerly.of(session, rows)
        self.acts = _acts(session, rows, max(at for _, at in groups))
        self.stages = configuration.parsed(session, "stages", stage_order)
        self.titles = configuration.parsed(session, "scoring", own_titles.in_force)
        heads = {(group[0], at) for (_, at), group in groups.items() if group[0] in rows}
        self.facts = {
            (head, at): formerly.at(formerly.facts([rows[head]])[head], self.formers[head], at)
            for head, at in heads
        }
        theirs = {
            (AccountId(UUID(told["account_id"])), at)
            for (_, at), told in self.facts.items()
            if told["account_id"]
        }
        self.accounts = _accounts(session, {account for account, _ in theirs})
        self.details = _details(session, self.accounts)
        self.account_formers = formerly.of_accounts(session, self.accounts)
        self.active = colleagues_then.active(session, theirs, own_titles.reader(self.titles))

    def seen(self, group: Sequence[UUID], at: datetime) -> Snapshot | None:
        """What was known of who stands first in this group."""
        row = self.rows.get(group[0])
        if row is None or row.erased_at is not None or row.created_at > at:
            return None
        told = self.facts[group[0], at]
        acts = [act for who in group for act in self.acts[who]]
        acts = [one for one in acts if one.happened_at <= at and one.learned_at <= at]
        acts.sort(key=lambda one: (one.happened_at, one.id))
        history = tuple(newest(acts))
        return Snapshot(
            prospect_id=ProspectId(row.id),
            as_of=at,
            person=Person(**{name: told[name] for name in told if name != "account_id"}),
            company=self._company(told["account_id"], at),
            activities=history,
            lifecycle=Lifecycle.INQUIRY,
            stages=self.stages,
            titles=self.titles,
            finding=finding(history),
        )

    def _company(self, account_id: str | None, at: datetime) -> Company | None:
        account = self.accounts.get(UUID(account_id)) if account_id else None
        if account is None or account.created_at > at:
            return None
        known = AccountId(account.id)
        return Company(
            id=known,
            domain=account.domain,
            name=account.name,
            fields=_fields(account, self.account_formers[account.id], self.details[account.id], at),
            active=self.active.get((known, at), Active(0, 0)),
        )


def _acts(
    session: Session, people: Collection[UUID], until: datetime
) -> defaultdict[UUID, list[Activity]]:
    rows = session.execute(
        select(ActivityRow.__table__)
        .where(among(session, ActivityRow.prospect_id, people))
        .where(ActivityRow.happened_at <= until, ActivityRow.learned_at <= until)
    )
    found: defaultdict[UUID, list[Activity]] = defaultdict(list)
    for row in rows:
        found[row.prospect_id].append(
            Activity(
                ActivityId(row.id),
                Kind(row.kind),
                row.happened_at,
                row.learned_at,
                row.source,
                row.body or {},
                row.suspect_robot,
            )
        )
    return found


def _accounts(session: Session, accounts: Collection[UUID]) -> dict[UUID, AccountRow]:
    query = select(AccountRow).where(among(session, AccountRow.id, accounts))
    return {row.id: row for row in session.execute(query).scalars()} if accounts else {}


def _details(
    session: Session, accounts: Collection[UUID]
) -> defaultdict[UUID, list[AccountDetailRow]]:
    found: defaultdict[UUID, list[AccountDetailRow]] = defaultdict(list)
    if not accounts:
        return found
    query = select(AccountDetailRow).where(among(session, AccountDetailRow.account_id, accounts))
    for row in session.execute(query.order_by(AccountDetailRow.found_at)).scalars():
        found[row.account_id].append(row)
    return found


def _fields(
    account: AccountRow,
    formers: Sequence[formerly.Former],
    details: Sequence[AccountDetailRow],
    at: datetime,
) -> dict[str, Any]:
    """Their company's fields as they stood; what changed before that was kept goes by when its source told it."""
    then: Mapping[str, Any] = account.fields
    for former in reversed(formers):
        then = former.told if former.until > at else then
    told = {(row.name, row.value): row.found_at for row in reversed(details)}
    return {
        name: value for name, value in then.items() if told.get((name, written_as(value)), at) <= at
    }
