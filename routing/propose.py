"""Carries decisions out: opens the offers, writes down why, tells the reps, and sets the clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from prospects import configuration, outbox, timeline
from prospects.ids import HandoffId, MemberId, ProspectId, new_id
from prospects.kinds import Kind, OfferedBody
from prospects.member import Member
from prospects.store import table_of
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import notices
from routing.availability import deadline, quiet_until
from routing.bodies import body_of
from routing.choose import Candidate, Decision
from routing.lives import HandoffState, NoticeKind, OfferState
from routing.notices import Telling
from routing.rows import DecisionRow, HandoffRow, OfferRow
from routing.rules import RoutingRules

NOBODY_AT_ALL = timedelta(hours=1)
"""When to try again where there was not even a fallback owner."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A handoff and whom it is to be offered to; `n` is the number of the offer, from 1."""

    handoff: HandoffRow
    decision: Decision
    n: int


def propose(
    session: Session, proposals: Sequence[Proposal], rules: RoutingRules, now: datetime
) -> None:
    """Open one offer for each handoff, set-based; without anybody to offer it to it is held, with the reason."""
    if not proposals:
        return
    version = configuration.version(session)
    decisions = [_decide(each, now, version) for each in proposals]
    offers = [row for each in proposals if (row := _open(each, rules, now))]
    session.add_all([each.handoff for each in proposals])
    session.flush()
    session.execute(insert(table_of(DecisionRow)), decisions)
    if offers:
        session.execute(insert(table_of(OfferRow)), offers)
    offered = [each for each in proposals if each.decision.chosen is not None]
    timeline.record(session, [_fact(each, rules, now) for each in offered], now, ring=False)
    notices.tell(session, [_telling(each) for each in offered], now)
    outbox.post_each(session, Topic.HANDOFF, _clocks(proposals, rules, now), now)


def ref_of(handoff: HandoffRow) -> HandoffRef:
    """The name of a handoff."""
    return HandoffRef(ProspectId(handoff.prospect_id), HandoffId(handoff.id))


def reminders(
    rules: RoutingRules, slug: str, member: Member, *, offered_at: datetime, expires_at: datetime
) -> list[datetime]:
    """When the rep is reminded of an offer in this lane, in order; none once it has run out."""
    lane = rules.lane(slug)
    times = [
        deadline(member, offered_at, after, lane.clock, holidays=rules.holidays)
        for after in lane.remind
    ]
    return [at for at in times if at < expires_at]


def _decide(proposal: Proposal, now: datetime, version: int) -> dict[str, Any]:
    """The decision's row, named on the handoff."""
    handoff, decision = proposal.handoff, proposal.decision
    handoff.decision_id = new_id(now)
    return {
        "prospect_id": handoff.prospect_id,
        "id": handoff.decision_id,
        "handoff_id": handoff.id,
        "rule": decision.rule,
        "lane": decision.lane,
        "team": decision.team,
        "turn": decision.turn,
        "candidates": [_candidate(each, decision.chosen) for each in decision.candidates],
        "chosen_id": decision.chosen.id if decision.chosen else None,
        "fallback": decision.fallback,
        "why": decision.why,
        "at": now,
        "configuration": version,
    }


def _candidate(candidate: Candidate, chosen: Member | None) -> dict[str, Any]:
    return {
        "member": str(candidate.member.id),
        "name": candidate.member.name,
        "eligible": candidate.reason is None,
        "reason": candidate.reason,
        "pointer": None if candidate.pointer is None else round(float(candidate.pointer), 6),
        "chosen": chosen is not None and chosen.id == candidate.member.id,
        "back": candidate.back.isoformat() if candidate.back else None,
    }


def _open(proposal: Proposal, rules: RoutingRules, now: datetime) -> dict[str, Any] | None:
    """The offer's row, its clock set on the handoff; None where the handoff is held."""
    handoff, decision = proposal.handoff, proposal.decision
    handoff.lane, handoff.fallback = decision.lane, decision.fallback
    handoff.accepted_at = handoff.confirm_by = None
    if decision.chosen is None:
        handoff.state, handoff.reason, handoff.rep_id = HandoffState.HELD, decision.why, None
        return None
    lane = rules.lane(decision.lane)
    handoff.state, handoff.reason = HandoffState.OFFERED, None
    handoff.rep_id, handoff.offered_at = decision.chosen.id, now
    handoff.expires_at = deadline(
        decision.chosen, now, lane.accept_within, lane.clock, holidays=rules.holidays
    )
    return {
        "prospect_id": handoff.prospect_id,
        "handoff_id": handoff.id,
        "n": proposal.n,
        "rep_id": decision.chosen.id,
        "state": OfferState.OPEN,
        "offered_at": now,
        "expires_at": handoff.expires_at,
    }


def _fact(proposal: Proposal, rules: RoutingRules, now: datetime) -> Fact:
    handoff, rep = proposal.handoff, proposal.decision.chosen
    assert handoff.expires_at is not None
    assert rep is not None
    return Fact(
        prospect_id=ProspectId(handoff.prospect_id),
        kind=Kind.OFFERED,
        happened_at=now,
        source="routing",
        key=f"offered:{handoff.id}:{proposal.n}",
        body=body_of(
            handoff,
            OfferedBody(
                handoff=str(handoff.id),
                rep=str(handoff.rep_id),
                lane=handoff.lane,
                expires_at=handoff.expires_at,
                quiet_until=quiet_until(rep, now, rules.holidays),
            ),
        ),
    )


def _telling(proposal: Proposal) -> Telling:
    assert proposal.decision.chosen is not None
    return Telling(
        ref_of(proposal.handoff),
        NoticeKind.OFFERED,
        proposal.n,
        MemberId(proposal.decision.chosen.id),
    )


def _clocks(
    proposals: Sequence[Proposal], rules: RoutingRules, now: datetime
) -> Mapping[str, datetime]:
    """When to look at each handoff next: its first reminder, or its end; the look sets the one after."""
    due: dict[str, datetime] = {}
    for each in proposals:
        chosen, ends = each.decision.chosen, each.handoff.expires_at
        if chosen is None or ends is None:
            due[str(ref_of(each.handoff))] = now + NOBODY_AT_ALL
        else:
            times = reminders(rules, each.handoff.lane, chosen, offered_at=now, expires_at=ends)
            due[str(ref_of(each.handoff))] = min([*times, ends])
    return due
