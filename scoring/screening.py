"""A look at very many people after the card changed: whom it does not move is told from what is kept, and only noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text, update
from sqlalchemy.orm import Session

from prospects.ids import AccountId, ProspectId
from prospects.rows import AccountRow, ActivityRow, ProspectRow
from prospects.store import among, on_sqlite, table_of
from prospects.values import Company, Person
from scoring import current
from scoring.feature_rows import FeatureStateRow
from scoring.feature_states import FORMAT, kept_of
from scoring.features.seeing import State
from scoring.release_rows import RulesChangeRow
from scoring.rules import ScoringRules
from scoring.screen import Belief, Screen, screen_of, stage_table

AT_ONCE = 500
"""People read together."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Some people, locked, in order of id. `rest` are those who must be looked at with their histories.

    `again` is when to look at somebody again, where that is before the look that is promised.
    """

    people: list[ProspectId] = field(default_factory=list)
    rest: list[ProspectId] = field(default_factory=list)
    again: dict[ProspectId, datetime] = field(default_factory=dict)


def screen(
    session: Session,
    rules: ScoringRules,
    now: datetime,
    *,
    after: UUID | None,
    most: int,
    most_rest: int,
) -> Seen:
    """The next people who were assessed by other rules, in order of id; nobody waits for whom others hold.

    It ends after about `most` people, or `most_rest` who are not to be told without a history. Whom the
    rules move so little that nobody would notice is noted as looked at by them.
    """
    prepared = screen_of(rules)
    found = Seen()
    while len(found.people) < most and len(found.rest) < most_rest:
        limit = AT_ONCE if prepared else most_rest
        some = _some(session, rules, prepared, now, after=after, limit=limit)
        found.people.extend(some.people)
        found.rest.extend(some.rest)
        found.again.update(some.again)
        if len(some.people) < limit:
            break
        after = some.people[-1]
    _note(session, found, rules)
    return found


def left(session: Session, rules: ScoringRules) -> bool:
    """Whether there is anybody whom these rules have not looked at, also of those others hold."""
    query = select(ProspectRow.id).where(*_by_others(rules)).limit(1)
    return session.execute(query).first() is not None


def _some(
    session: Session,
    rules: ScoringRules,
    prepared: Screen | None,
    now: datetime,
    *,
    after: UUID | None,
    limit: int,
) -> Seen:
    query = select(ProspectRow.id).where(*_by_others(rules))
    if after is not None:
        query = query.where(ProspectRow.id > after)
    query = query.order_by(ProspectRow.id).limit(limit)
    if not on_sqlite(session):
        query = query.with_for_update(of=ProspectRow, skip_locked=True)
    people = [ProspectId(who) for who in session.execute(query).scalars()]
    if prepared is None or not people:
        return Seen(people, list(people))
    # By their ids: what is joined has no place to go on from, and would be read from its start.
    rows = session.execute(
        ROWS.where(among(session, ProspectRow.id, people)).order_by(ProspectRow.id)
    ).all()
    alike = _alike(session, rules, {row[_VERSION] for row in rows})
    apart = _met(session, people)
    found = Seen(people)
    for who, row in zip(people, rows, strict=True):
        if who in apart or not _can_tell(row, rules, now, same_stages=alike[row[_VERSION]]):
            found.rest.append(who)
            continue
        state, person, company = _known(row)
        told = prepared.of(state, person, company, held=_belief(row), now=now)
        if told.moved:
            found.rest.append(who)
        elif told.look_again_at is not None:
            found.again[who] = told.look_again_at
    return found


def _note(session: Session, found: Seen, rules: ScoringRules) -> None:
    rest = set(found.rest)
    told = [who for who in found.people if who not in rest]
    if told:
        session.execute(
            update(table_of(ProspectRow))
            .where(among(session, ProspectRow.id, told))
            .values(rules_version=rules.version)
        )


def _by_others(rules: ScoringRules) -> list[Any]:
    row = ProspectRow
    return [
        row.rules_version.is_distinct_from(rules.version),
        row.grade.is_not(None),
        row.erased_at.is_(None),
        row.absorbed_by.is_(None),
    ]


def _can_tell(row: Any, rules: ScoringRules, now: datetime, *, same_stages: bool) -> bool:
    """Whether what is kept is enough: nothing stands beside the card, and no claim is touched."""
    steered, firm_steered, unprofiled, kept_format, earned, acts, stage, due, grade = row[2:11]
    return (
        kept_format == FORMAT
        and earned["mark"] == rules.mark
        and unprofiled is None
        and bool(grade)
        and (steered is None or steered <= now)
        and (firm_steered is None or firm_steered <= now)
        and (stage is None or (due is not None and due > now))
        and (same_stages or (stage is None and not acts))
    )


def _belief(row: Any) -> Belief:
    stage, due, grade, points, score, warm, gate = row[8:15]
    return Belief(stage, points, grade, score, warm, gate, due)


def _known(row: Any) -> tuple[State, Person, Company | None]:
    earned, acts = row[6:8]
    tally, account, domain, firm, firm_fields = row[15:20]
    email, phone, name, title, company, country, zone, language, fields = row[20:]
    person = Person(
        email=email,
        phone=phone,
        name=name,
        title=title,
        company=company,
        country=country,
        zone=zone,
        language=language,
        fields=fields,
    )
    state = kept_of(acts, 0, None, tally, earned).state
    if account is None:
        return state, person, None
    its = Company(id=AccountId(account), domain=domain, name=firm, fields=firm_fields)
    return state, person, its


def _met(session: Session, people: Sequence[ProspectId]) -> set[UUID]:
    """Those of whom a rep found something, and those who absorbed somebody."""
    met = select(ActivityRow.prospect_id).where(
        among(session, ActivityRow.prospect_id, people), text("kind = 'verdict'")
    )
    whole = select(ProspectRow.absorbed_by).where(among(session, ProspectRow.absorbed_by, people))
    return {*session.execute(met).scalars(), *session.execute(whole).scalars()}


def _alike(
    session: Session, rules: ScoringRules, versions: set[int | None]
) -> Mapping[int | None, bool]:
    """Whether the rules of these versions said of stages what these rules say."""
    rows = session.execute(
        select(RulesChangeRow.version, RulesChangeRow.model).where(
            RulesChangeRow.version.in_([each for each in versions if each is not None])
        )
    )
    now = stage_table(rules.card, rules)
    before = {version: stage_table(current.card(session, model), rules) for version, model in rows}
    return {each: each in before and before[each] == now for each in versions}


_P, _A, _F = table_of(ProspectRow).c, table_of(AccountRow).c, table_of(FeatureStateRow).c
_COLUMNS = (
    *(_P.id, _P.rules_version, _P.steered_until, _A.steered_until, _P.unprofiled_at),
    *(_F.format, _F.earned, _F.acts, _P.stage, _P.look_due_at, _P.grade),
    *(_P.points, _P.score, _P.warm, _P.gate, _F.tally, _A.id, _A.domain, _A.name, _A.fields),
    *(_P.email, _P.phone, _P.name, _P.title, _P.company, _P.country, _P.zone, _P.language),
    _P.fields,
)
_VERSION = 1
ROWS: Select[Any] = (
    select(*_COLUMNS)
    .select_from(ProspectRow)
    .outerjoin(FeatureStateRow, FeatureStateRow.prospect_id == ProspectRow.id)
    .outerjoin(AccountRow, AccountRow.id == ProspectRow.account_id)
)
"""What is read of each person."""
