"""Reads what is claimed of the people of companies, for many companies at once, and how far each company is."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from prospects import configuration, own_titles, stakes
from prospects.account_stage import AccountStage, Saying, combine
from prospects.ids import ProspectId
from prospects.own_titles import ReadTitle
from prospects.rows import AssessmentRow, ProspectRow

MOST_PEOPLE = 100
"""Of a company; those with most points are looked at."""


def stages_of(
    session: Session, accounts: Collection[UUID], ladder: Sequence[str], now: datetime
) -> dict[UUID, AccountStage]:
    """How far each of these companies is; one of whose people nothing is claimed is left out."""
    if not accounts:
        return {}
    place = func.row_number().over(
        partition_by=ProspectRow.account_id,
        order_by=(ProspectRow.points.desc(), ProspectRow.id),
    )
    claimed = (
        select(ProspectRow.id, ProspectRow.account_id, place.label("place"))
        .where(ProspectRow.account_id.in_(list(accounts)), ProspectRow.stage.is_not(None))
        .where(ProspectRow.absorbed_by.is_(None), ProspectRow.erased_at.is_(None))
        .subquery()
    )
    same = and_(
        AssessmentRow.prospect_id == ProspectRow.id, AssessmentRow.id == ProspectRow.assessment_id
    )
    rows = session.execute(
        select(claimed.c.account_id, ProspectRow, AssessmentRow)
        .join(ProspectRow, ProspectRow.id == claimed.c.id)
        .join(AssessmentRow, same)
        .where(claimed.c.place <= MOST_PEOPLE, AssessmentRow.stage.is_not(None))
    ).all()
    read = own_titles.reader(configuration.parsed(session, "scoring", own_titles.in_force))
    roles = stakes.of(session, [person.id for _, person, _ in rows])
    says: defaultdict[UUID, list[Saying]] = defaultdict(list)
    for account, person, belief in rows:
        role = roles.get(person.id)
        says[account].append(_saying(person, belief, (role.stake if role else None) or "", read))
    found = {account: combine(some, ladder, now) for account, some in says.items()}
    return {account: stage for account, stage in found.items() if stage}


def _saying(person: ProspectRow, belief: AssessmentRow, stake: str, read: ReadTitle) -> Saying:
    return Saying(
        prospect_id=ProspectId(person.id),
        stage=belief.stage or "",
        confidence=belief.confidence or 0.0,
        at=belief.at,
        expires_at=belief.expires_at,
        stake=stake,
        seniority=read(person.title)[0],
        found=person.confirmed_stage is not None and person.confirmed_stage == belief.stage,
    )
