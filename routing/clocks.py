"""What happens to handoffs when their clocks have run: reminded, passed on, woken up, said to be overdue, ended by a CRM."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import outbox, team, timeline
from prospects.bidi import isolated
from prospects.ids import HandoffId, MemberId, ProspectId, parse_ref
from prospects.member import Member
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import call_backs, notices
from routing.assign import Opening, assign
from routing.availability import absent_until
from routing.choose import Candidate, Decision
from routing.credits import for_the_away
from routing.current import current
from routing.deal_endings import Ending, ending
from routing.holding import STANDING, close, offers_of
from routing.late import ran_out, silent
from routing.lifecycle import of_handoff
from routing.lives import AWAY, IN_HAND, LEFT, MERGED, OPEN, HandoffState, NoticeKind, OfferState
from routing.marking import mark
from routing.notices import Telling
from routing.offers import hold_back
from routing.outcome import conclude_by_deal
from routing.propose import Proposal, propose, ref_of, reminders
from routing.rows import HandoffRow, OfferRow
from routing.rules import RoutingRules

REMINDERS = 100
"""More reminders than one offer ever has: keeps those of different offers apart in one number."""


@dataclass(slots=True)
class _Due:
    """What this look found to do, gathered so that it is done set-based."""

    openings: list[Opening] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    given_back: list[Opening] = field(default_factory=list)
    expired: list[OfferRow] = field(default_factory=list)
    nobody_left: list[HandoffRow] = field(default_factory=list)
    late: list[HandoffRow] = field(default_factory=list)
    ended: list[tuple[HandoffRow, Ending]] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)
    again: dict[str, datetime] = field(default_factory=dict)


def tick(session: Session, refs: Sequence[str], now: datetime) -> Collection[str]:
    """Look at each handoff whose clock has run, and do what is due; a look too many does nothing.

    `refs` are `prospect id/handoff id`. Returns those whose person is busy, to be looked at again.
    """
    wanted = {ref: parsed for ref in refs if (parsed := read_ref(ref))}
    seen = timeline.lock_and_see(session, {each.prospect_id for each in wanted.values()}, now)
    busy = {ref for ref, each in wanted.items() if each.prospect_id in seen.busy}
    mine = [each for ref, each in wanted.items() if ref not in busy]
    handoffs = _handoffs(session, mine)
    offers: defaultdict[UUID, list[OfferRow]] = defaultdict(list)
    for offer in offers_of(session, handoffs):
        offers[offer.handoff_id].append(offer)
    rules = current(session)
    members = {member.id: member for member in team.members(session)}
    due = _Due()
    for handoff in handoffs:
        snapshot = seen.of(ProspectId(handoff.prospect_id))
        if snapshot is None:
            # Nobody holds them and they cannot be seen: the person was forgotten.
            close(session, handoff, HandoffState.DISQUALIFIED, now)
            continue
        _look(
            due, Opening(snapshot, handoff, offers[handoff.id], handoff.lane), rules, members, now
        )
    due.tellings.extend(_ringing(session, handoffs, now))
    _carry_out(session, due, rules, members, now)
    return busy


def _ringing(session: Session, handoffs: Sequence[HandoffRow], now: datetime) -> list[Telling]:
    """The call-backs whose time has come, of leads that are in a rep's hands."""
    calls = call_backs.standing(session, [row for row in handoffs if row.state in IN_HAND])
    return [
        _telling(row, NoticeKind.CALL_BACK, calls[row.id].n)
        for row in handoffs
        if row.id in calls and calls[row.id].at <= now
    ]


def read_ref(written: str) -> HandoffRef | None:
    """The handoff that `prospect id/handoff id` names, or None for anything else."""
    key = parse_ref(written)
    return HandoffRef(ProspectId(key[0]), HandoffId(key[1])) if key else None


def _handoffs(session: Session, refs: Sequence[HandoffRef]) -> list[HandoffRow]:
    rows = session.execute(
        select(HandoffRow)
        .where(HandoffRow.prospect_id.in_([each.prospect_id for each in refs]))
        .where(HandoffRow.id.in_([each.handoff_id for each in refs]))
        .where(HandoffRow.state.in_(OPEN))
        .order_by(HandoffRow.expires_at, HandoffRow.id)
        .execution_options(populate_existing=True)
    )
    return list(rows.scalars())


def _look(
    due: _Due,
    opening: Opening,
    rules: RoutingRules,
    members: Mapping[MemberId, Member],
    now: datetime,
) -> None:
    handoff = opening.handoff
    rep = members.get(MemberId(handoff.rep_id)) if handoff.rep_id else None
    if rep is not None and not rep.active:
        due.given_back.append(opening)
        return
    match HandoffState(handoff.state):
        case HandoffState.HELD if handoff.rep_id is None and handoff.reason != MERGED:
            due.openings.append(opening)
        case HandoffState.OFFERED:
            _look_at_offer(due, opening, rules, members, now)
        case HandoffState.ACCEPTED if handoff.confirm_by and handoff.confirm_by <= now:
            due.tellings.append(_telling(handoff, NoticeKind.UNCONFIRMED, 1))
            due.late.append(handoff)
        case HandoffState.CHECKED if ended := ending(opening.seen, handoff.opened_at):
            due.ended.append((handoff, ended))
        case _:
            pass


def _look_at_offer(
    due: _Due,
    opening: Opening,
    rules: RoutingRules,
    members: Mapping[MemberId, Member],
    now: datetime,
) -> None:
    handoff, offer = opening.handoff, opening.offers[-1]
    rep = members[MemberId(offer.rep_id)]
    here = rep.active and absent_until(rep, now, rules.holidays) is None
    if offer.state == OfferState.SNOOZED and offer.until and offer.until <= now and here:
        due.proposals.append(_woken(opening, rep))
    elif (offer.until or offer.expires_at) <= now:
        if offer.state == OfferState.OPEN:
            offer.reason = None if here else AWAY
            due.expired.append(offer)
        if handoff.fallback:
            due.nobody_left.append(handoff)
        else:
            due.openings.append(opening)
    elif offer.state == OfferState.OPEN:
        times = reminders(
            rules, handoff.lane, rep, offered_at=offer.offered_at, expires_at=offer.expires_at
        )
        passed = [at for at in times if at <= now]
        if passed:
            n = offer.n * REMINDERS + len(passed)
            due.tellings.append(_telling(handoff, NoticeKind.REMINDER, n))
            due.again[str(ref_of(handoff))] = min([*times[len(passed) :], offer.expires_at])


def _woken(opening: Opening, rep: Member) -> Proposal:
    """The rep who put the offer off gets it again, with a new clock."""
    decision = Decision(
        rule=None,
        lane=opening.handoff.lane,
        candidates=(Candidate(member=rep),),
        chosen=rep,
        why=f"{isolated(rep.name)} put it off until now",
        fallback=opening.handoff.fallback,
    )
    return Proposal(opening.handoff, decision, opening.offers[-1].n + 1)


def _telling(handoff: HandoffRow, kind: NoticeKind, n: int) -> Telling:
    assert handoff.rep_id is not None
    return Telling(ref_of(handoff), kind, n, MemberId(handoff.rep_id))


def _carry_out(
    session: Session,
    due: _Due,
    rules: RoutingRules,
    members: Mapping[MemberId, Member],
    now: datetime,
) -> None:
    for opening in due.given_back:
        _give_back(opening, now)
    due.openings.extend(due.given_back)
    for offer in due.expired:
        offer.state, offer.closed_at = OfferState.EXPIRED, now
    session.flush()
    facts = [*(ran_out(each, now) for each in due.expired), *(silent(each) for each in due.late)]
    timeline.record(session, facts, now, ring=False)
    hold_back(session, due.nobody_left, "everybody was asked, and nobody took it", now)
    notices.tell(session, due.tellings, now)
    outbox.post_each(session, Topic.HANDOFF, due.again, now)
    propose(session, due.proposals, rules, now)
    assign(session, _credited(session, due, members), now)
    mark(
        session,
        {
            each.seen.prospect_id: of_handoff(HandoffState(each.handoff.state))
            for each in due.openings
        },
    )
    for handoff, ended in due.ended:
        conclude_by_deal(session, ref_of(handoff), ended, now)


def _give_back(opening: Opening, now: datetime) -> None:
    """Whoever had it no longer works here; what they have not answered is taken back."""
    for offer in opening.offers[-1:]:
        if offer.state in STANDING:
            offer.state, offer.closed_at, offer.reason = OfferState.WITHDRAWN, now, LEFT


def _credited(session: Session, due: _Due, members: Mapping[MemberId, Member]) -> Sequence[Opening]:
    """Whoever was away when the offer ran out has their turn back."""
    handoffs = [each.handoff for each in due.openings]
    credits = for_the_away(session, handoffs, due.expired, members)
    return [replace(each, credits=credits.get(each.handoff.id, ())) for each in due.openings]
