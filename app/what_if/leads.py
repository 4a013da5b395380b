"""Routing rules tried on leads without effect: one lead now, or the leads of the past once more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.what_if.whom import as_known
from prospects.ids import ProspectId
from prospects.member import Member
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots
from prospects.values import Snapshot
from routing import turns
from routing.assign import passed_over
from routing.choose import Decision, Staff, after, choose
from routing.current import colleagues, loads
from routing.rows import DecisionRow, HandoffRow, OfferRow
from routing.rules import RoutingRules
from scoring import current as scoring

BATCH = 200
ASKED_BY_A_FLOW = "flow "
"""How a handoff's `requested_by` begins if a flow, which may wish for a lane, asked for it."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a lead went, or would go; `who` is a colleague's e-mail."""

    rule: str | None
    lane: str
    team: str | None
    who: str | None
    fallback: bool


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision of the past beside what these rules make of it. `differs` leaves out whose turn it was."""

    id: UUID
    prospect: ProspectId
    at: datetime
    was: Way
    would_be: Way

    @property
    def differs(self) -> bool:
        return replace(self.was, who=None) != replace(self.would_be, who=None)


def preview(session: Session, seen: Snapshot, rules: RoutingRules, now: datetime) -> Decision:
    """Who would be offered this person now, and why not each other one; nobody's turn moves."""
    members = colleagues(session)
    teams = [each.slug for each in rules.teams]
    staff = Staff(members, loads(session, members.values(), now), turns.look_at(session, teams))
    return choose(seen, rules, staff, passed_over={}, lane=None, now=now)


def replay(
    session: Session, rules: RoutingRules, since: datetime, until: datetime
) -> Iterator[Replayed]:
    """Each decision from `since` until before `until` once more by these rules, in their order.

    What was known then decides, with today's names and fields, colleagues and absences. Turns begin
    anew, and how much each rep had on their hands then is not known, so capacity counts nothing.
    """
    members = colleagues(session)
    staff = Staff(members)
    emails = {each.id: each.email for each in members.values()}
    for lead in _leads(session, since, until):
        decision = choose(
            lead.seen,
            rules,
            staff,
            passed_over=passed_over(lead.offers),
            lane=lead.lane,
            now=lead.row.at,
        )
        staff = replace(after(staff, decision), loads={})
        who = lead.seen.prospect_id
        yield Replayed(lead.row.id, who, lead.row.at, _was(lead.row, emails), _way(decision))


@dataclass(frozen=True, slots=True)
class _Lead:
    """What stood when a decision was made: the person as known, the offers made, a flow's wish."""

    row: DecisionRow
    seen: Snapshot
    offers: Sequence[OfferRow]
    lane: str | None


def _leads(session: Session, since: datetime, until: datetime) -> Iterator[_Lead]:
    query = select(DecisionRow, HandoffRow.requested_by).join(
        HandoffRow,
        (HandoffRow.prospect_id == DecisionRow.prospect_id)
        & (HandoffRow.id == DecisionRow.handoff_id),
    )
    query = query.where(DecisionRow.at >= since, DecisionRow.at < until)
    rows = iter(session.execute(query.order_by(DecisionRow.at, DecisionRow.id)).all())
    by = scoring.current(session)
    while batch := list(islice(rows, BATCH)):
        people = _people(session, [row for row, _ in batch])
        offers = _offers(session, [row for row, _ in batch])
        for row, asked in [each for each in batch if each[0].prospect_id in people]:
            seen = as_known(people[row.prospect_id], by)(row.at)
            made = [each for each in offers[row.handoff_id] if each.offered_at < row.at]
            yield _Lead(row, seen, made, row.lane if asked.startswith(ASKED_BY_A_FLOW) else None)


def _people(session: Session, rows: Sequence[DecisionRow]) -> Mapping[UUID, Snapshot]:
    query = select(ProspectRow).where(
        ProspectRow.id.in_({row.prospect_id for row in rows}), ProspectRow.erased_at.is_(None)
    )
    found = session.execute(query).scalars().all()
    latest = max(row.at for row in rows)
    return {each.prospect_id: each for each in snapshots(session, found, latest)}


def _offers(session: Session, rows: Sequence[DecisionRow]) -> Mapping[UUID, list[OfferRow]]:
    query = select(OfferRow).where(
        OfferRow.prospect_id.in_({row.prospect_id for row in rows}),
        OfferRow.handoff_id.in_({row.handoff_id for row in rows}),
    )
    found: dict[UUID, list[OfferRow]] = {row.handoff_id: [] for row in rows}
    for each in session.execute(query.order_by(OfferRow.n)).scalars():
        found[each.handoff_id].append(each)
    return found


def _was(row: DecisionRow, emails: Mapping[Any, str]) -> Way:
    return Way(row.rule, row.lane, row.team, emails.get(row.chosen_id), row.fallback)


def _way(decision: Decision) -> Way:
    who: Member | None = decision.chosen
    team = decision.team
    return Way(decision.rule, decision.lane, team, who.email if who else None, decision.fallback)
