"""Gathers what briefs need beyond the person, set-based: the ladder, colleagues, names, the mails to come."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import percentages, team
from prospects.account_claims import stages_of
from prospects.ids import AccountId, ProspectId
from prospects.rows import ProspectRow
from prospects.values import Plan, Snapshot, StageClaim
from routing.compose import COLLEAGUES, SPOT_CHECK, Brief, Colleague, Setting, compose
from routing.current import ladder
from routing.track_record import Claimed, records


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody to write a brief about, and what nurture plans for them; `drawn` by chance, or warm."""

    seen: Snapshot
    plan: Plan | None = None
    drawn: bool = False


def briefs(session: Session, wanted: Sequence[Wanted], now: datetime) -> dict[ProspectId, Brief]:
    """A brief for each person."""
    if not wanted:
        return {}
    rungs = ladder(session)
    names = {str(member.id): member.name for member in team.members(session)}
    others = _colleagues(session, wanted)
    accounts = {each.seen.company.id for each in wanted if each.seen.company}
    companies = stages_of(session, accounts, [rung.slug for rung in rungs], now)
    claims = [each.seen.claim.stage for each in wanted if each.seen.claim]
    checked = records(session, claims)
    hides = percentages.hidden(session) is not None
    found = {}
    for each in wanted:
        company = each.seen.company
        known = others[company.id] if company else []
        setting = Setting(
            ladder=rungs,
            colleagues=[one for one in known if one.prospect_id != each.seen.prospect_id],
            upcoming=each.plan.upcoming if each.plan else (),
            requested_by=SPOT_CHECK if each.drawn else asked_by(each.plan, each.seen),
            names=names,
            account=companies.get(company.id) if company else None,
            track=checked.of(_claimed(claim)) if (claim := each.seen.claim) else None,
        )
        seen = replace(each.seen, score=None) if hides else each.seen
        found[each.seen.prospect_id] = compose(seen, setting, now)
    return found


def _claimed(claim: StageClaim) -> Claimed:
    return Claimed(claim.stage, claim.confidence, claim.model)


def asked_by(plan: Plan | None, seen: Snapshot) -> str:
    """Why there is a handoff, in words."""
    request = plan.request if plan else None
    if request is None:
        return "grew warm" if seen.profiled else "asked for it"
    return f"flow {request.flow}, step {request.step}"


def _colleagues(
    session: Session, wanted: Sequence[Wanted]
) -> defaultdict[AccountId, list[Colleague]]:
    """The people known at each account, those with most points first."""
    found: defaultdict[AccountId, list[Colleague]] = defaultdict(list)
    accounts = {each.seen.company.id for each in wanted if each.seen.company}
    if not accounts:
        return found
    rank = func.row_number().over(
        partition_by=ProspectRow.account_id,
        order_by=(ProspectRow.points.desc(), ProspectRow.id),
    )
    ranked = (
        select(ProspectRow.id, ProspectRow.account_id, ProspectRow.stage, rank.label("rank"))
        .where(ProspectRow.account_id.in_(accounts))
        .where(ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None))
        .subquery()
    )
    # One more than a brief shows, because the person themselves is among them.
    rows = session.execute(
        select(ranked).where(ranked.c.rank <= COLLEAGUES + 1).order_by(ranked.c.rank)
    )
    for row in rows:
        found[AccountId(row.account_id)].append(Colleague(ProspectId(row.id), row.stage))
    return found
