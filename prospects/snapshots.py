"""What we know of people at an instant, read set-based from the record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import configuration, groups, overrides, own_titles
from prospects.folding import finding
from prospects.histories import SEEN_AT_MOST, History, mark_of, newest
from prospects.ids import AccountId, MemberId, ProspectId
from prospects.kinds import Kind
from prospects.ladder import LADDER
from prospects.own_titles import TitleWords
from prospects.rows import AccountRow, ActivityRow, AssessmentRow, ProspectRow
from prospects.store import among, table_of
from prospects.values import Activity, Company, Lifecycle, Override, Person, Snapshot, StageClaim


def snapshots(
    session: Session, rows: Sequence[ProspectRow], now: datetime, *, histories: bool = True
) -> list[Snapshot]:
    """What we know of these people at `now`, without locking anybody; on request without what happened.

    What happened to those they absorbed happened to them.
    """
    if not rows:
        return []
    ids = [row.id for row in rows]
    past = _histories(session, ids, now) if histories else {}
    accounts = _accounts(session, rows)
    companies = {which: _company(account) for which, account in accounts.items()}
    pushed = _overrides(session, rows, accounts, now)
    claims = _claims(session, rows)
    stages = configuration.parsed(session, "stages", stage_order)
    titles = configuration.parsed(session, "scoring", own_titles.in_force)
    return [
        _snapshot(
            row,
            now,
            past.get(row.id, ()),
            company=companies.get(row.account_id) if row.account_id else None,
            claim=claims.get(row.id),
            stages=stages,
            titles=titles,
            pushed=pushed.get(row.id, ()),
        )
        for row in rows
    ]


def stage_order(documents: Mapping[str, configuration.Document]) -> tuple[str, ...]:
    """Slugs of the buying stages in their order, from the workspace or the built-in ladder."""
    for document in documents.values():
        return tuple(str(stage["slug"]) for stage in document.body["stages"])
    return LADDER


class _Gathered:
    """One person's acts as they are read: to go through them again later would take as long as this."""

    __slots__ = ("acts", "mark")

    def __init__(self) -> None:
        self.acts: list[Activity] = []
        self.mark = 0

    def history(self) -> History:
        """The newest of them."""
        found = History(newest(self.acts))
        found.mark = self.mark if len(found) == len(self.acts) else mark_of(found)
        return found


def _histories(session: Session, ids: Sequence[Any], now: datetime) -> dict[Any, History]:
    stands_for = groups.members(session, ids)
    place = func.row_number().over(
        partition_by=_ACT.prospect_id, order_by=(_ACT.happened_at.desc(), _ACT.id.desc())
    )
    ranked = (
        select(*(_ACT[name] for name in _OF_ACTS), place.label("rank"))
        .where(among(session, _ACT.prospect_id, stands_for), _ACT.learned_at <= now)
        .subquery()
    )
    rows = session.execute(
        select(*(ranked.c[name] for name in _OF_ACTS))
        .where(ranked.c.rank <= SEEN_AT_MOST)
        .order_by(ranked.c.happened_at, ranked.c.id)
    )
    gathered = {head: _Gathered() for head in stands_for.values()}
    # In order of time, whoever of a group it happened to.
    theirs = {who: gathered[head] for who, head in stands_for.items()}
    for who, which, kind, happened_at, learned_at, source, body, robot in rows:
        some = theirs[who]
        some.mark += which.int << robot
        some.acts.append(
            Activity(which, _KINDS[kind], happened_at, learned_at, source, body or {}, robot)
        )
    return {head: each.history() for head, each in gathered.items()}


def _accounts(session: Session, rows: Sequence[ProspectRow]) -> dict[Any, AccountRow]:
    ids = {row.account_id for row in rows if row.account_id}
    if not ids:
        return {}
    found = session.execute(select(AccountRow).where(among(session, AccountRow.id, ids))).scalars()
    return {row.id: row for row in found}


def _company(row: AccountRow) -> Company:
    return Company(
        id=AccountId(row.id),
        domain=row.domain,
        name=row.name,
        owner=MemberId(row.owner_id) if row.owner_id else None,
        fields=row.fields,
    )


def _overrides(
    session: Session, rows: Sequence[ProspectRow], accounts: Mapping[Any, AccountRow], now: datetime
) -> dict[Any, tuple[Override, ...]]:
    """What colleagues added to these people's scores, or to everybody's at their company."""
    theirs, firms = overrides.standing(
        session,
        {row.id: row.steered_until for row in rows},
        {which: account.steered_until for which, account in accounts.items()},
        now,
    )
    if not theirs and not firms:
        return {}
    return {
        row.id: (
            *theirs.get(row.id, ()),
            *(firms.get(row.account_id, ()) if row.account_id else ()),
        )
        for row in rows
    }


def _claims(session: Session, rows: Sequence[ProspectRow]) -> dict[Any, StageClaim]:
    ids = [row.assessment_id for row in rows if row.assessment_id]
    if not ids:
        return {}
    # Their reasons are long, and nobody asks for them here.
    found = session.execute(
        select(*(_BELIEF[name] for name in _OF_CLAIMS)).where(
            among(session, _BELIEF.prospect_id, [row.id for row in rows]),
            among(session, _BELIEF.id, ids),
            _BELIEF.stage.is_not(None),
        )
    )
    return {
        row.prospect_id: StageClaim(
            stage=row.stage,
            confidence=row.confidence or 0.0,
            at=row.at,
            expires_at=row.expires_at,
            model=row.model,
            chances=row.stage_chances or {},
        )
        for row in found
    }


def _snapshot(
    row: ProspectRow,
    now: datetime,
    history: Sequence[Activity],
    *,
    company: Company | None,
    claim: StageClaim | None,
    stages: tuple[str, ...],
    titles: tuple[TitleWords, ...],
    pushed: tuple[Override, ...],
) -> Snapshot:
    return Snapshot(
        prospect_id=ProspectId(row.id),
        as_of=now,
        person=_person(row),
        company=company,
        activities=history,
        lifecycle=Lifecycle(row.lifecycle),
        stages=stages,
        titles=titles,
        owner=MemberId(row.owner_id) if row.owner_id else None,
        claim=claim,
        finding=finding(history),
        points=row.points,
        fit=row.fit,
        engagement=row.engagement,
        grade=row.grade,
        score=row.score,
        warm=row.warm,
        gate=row.gate,
        profiled=row.unprofiled_at is None,
        overrides=pushed,
        look_due_at=row.look_due_at,
        tags=tuple(row.tags or ()),
        set_depth=row.set_depth or 0,
        rules_version=row.rules_version,
    )


def _person(row: ProspectRow) -> Person:
    return Person(
        email=row.email,
        phone=row.phone,
        name=row.name,
        title=row.title,
        company=row.company,
        country=row.country,
        zone=row.zone,
        language=row.language,
        fields=row.fields,
    )


_ACT = table_of(ActivityRow).c
_OF_ACTS = (
    *("prospect_id", "id", "kind", "happened_at", "learned_at"),
    *("source", "body", "suspect_robot"),
)
_BELIEF = table_of(AssessmentRow).c
_OF_CLAIMS = ("prospect_id", "stage", "confidence", "at", "expires_at", "model", "stage_chances")
_KINDS = {kind.value: kind for kind in Kind}
