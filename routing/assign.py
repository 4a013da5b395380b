"""Decides for a batch of handoffs, one after the other over one locked look at the turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from prospects.ids import MemberId
from prospects.values import Snapshot
from routing import spot_checks, turns
from routing.choose import Staff, after, choose
from routing.credits import Credit
from routing.current import colleagues, current, loads
from routing.lives import AWAY, LEFT, OfferState
from routing.pointers import Pointers
from routing.propose import Proposal, propose
from routing.rows import HandoffRow, OfferRow
from routing.rules import RoutingRules
from routing.targets import ToTeam

_BECAME = {
    OfferState.DECLINED: "passed this lead on",
    OfferState.EXPIRED: "let the offer of this lead run out",
    OfferState.WITHDRAWN: "had this lead taken back",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """A handoff that needs somebody; `offers` were made before, `lane` is what was asked for.

    `credits` are turns to be given back before anybody is chosen.
    """

    seen: Snapshot
    handoff: HandoffRow
    offers: Sequence[OfferRow] = ()
    lane: str | None = None
    credits: Sequence[Credit] = ()


def assign(session: Session, openings: Sequence[Opening], now: datetime) -> None:
    """Offer each handoff to the rep whose turn it is.

    The whole batch is decided in order over one locked read and one write of the turns, so the result
    is that of deciding one by one; team rows are the last thing this transaction locks.
    """
    if not openings:
        return
    rules = current(session)
    members = colleagues(session)
    staff = Staff(members, loads(session, members.values(), now))
    locked = turns.lock(session, _teams(openings, rules))
    staff = replace(staff, turns=_credited(locked, openings))
    proposals = []
    for opening in openings:
        before = passed_over(opening.offers)
        if opening.handoff.drawn is not None:
            # Nobody's turn, nobody's capacity: a spot check is outside all that.
            decision = spot_checks.decide(session, opening.seen.prospect_id, before, now)
        else:
            decision = choose(
                opening.seen, rules, staff, passed_over=before, lane=opening.lane, now=now
            )
            staff = after(staff, decision)
        if decision.chosen is None and opening.handoff.drawn is not None:
            spot_checks.let_go(session, opening.handoff, now)
            continue
        n = max((offer.n for offer in opening.offers), default=0) + 1
        proposals.append(Proposal(opening.handoff, decision, n))
    turns.keep(session, locked, staff.turns)
    propose(session, proposals, rules, now)


def passed_over(offers: Sequence[OfferRow]) -> Mapping[MemberId, str]:
    """Who was asked before and what became of it, in words for the decision."""
    return {MemberId(offer.rep_id): _became(offer) for offer in offers}


def _became(offer: OfferRow) -> str:
    if offer.state == OfferState.EXPIRED and offer.reason == AWAY:
        return "was away when the offer of this lead ran out"
    if offer.state == OfferState.WITHDRAWN and offer.reason == LEFT:
        return "no longer worked here"
    return _BECAME.get(OfferState(offer.state), "had this offer before")


def _credited(
    locked: Mapping[str, Pointers], openings: Sequence[Opening]
) -> Mapping[str, Pointers]:
    turned = dict(locked)
    for credit in (each for opening in openings for each in opening.credits):
        turned[credit.team] = turned[credit.team].give_back(credit.member, credit.share)
    return turned


def _teams(openings: Sequence[Opening], rules: RoutingRules) -> set[str]:
    asked = {
        rule.to.team
        for opening in openings
        if opening.handoff.drawn is None
        for rule in rules.matching(opening.seen)
        if isinstance(rule.to, ToTeam)
    }
    return asked | {credit.team for opening in openings for credit in opening.credits}
