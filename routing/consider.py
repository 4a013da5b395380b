"""Considers who of a batch is to be handed to sales now: opens the handoff, or lets them join their account's."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import HandoffId, MemberId, ProspectId, new_id
from prospects.store import insert_new, table_of
from prospects.topics import Topic
from prospects.values import HandoffRef, HandoffRequest, Lifecycle, Plan, Snapshot
from routing import notices, open_questions, spot_checks
from routing.assign import Opening, assign
from routing.briefing import Wanted, briefs
from routing.compose import Brief
from routing.deal_endings import ending
from routing.drawing import NOBODY_IS_DRAWN, Lottery, next_draw
from routing.lifecycle import lifecycle
from routing.lives import HandoffState, NoticeKind
from routing.marking import mark
from routing.notices import Telling
from routing.readiness import is_ready
from routing.rows import ColleagueRow, HandoffRow, OpenHandoffRow


def consider(
    session: Session,
    seen: Sequence[Snapshot],
    plans: Mapping[ProspectId, Plan],
    now: datetime,
    *,
    lottery: Lottery = NOBODY_IS_DRAWN,
) -> dict[ProspectId, datetime]:
    """Hand over who is ready, one open handoff for each account, and set everybody's lifecycle.

    `seen` are people under lock, with the beliefs of this look; of those who are not warm, chance draws some
    to be checked. Returns when to look again at whom; offers keep clocks of their own.
    """
    standing = _standing(session, seen)
    if any(row.drawn is not None for row in standing.values()):
        warm = {whose(each) for each in _ready(seen, plans)}
        standing = dict(spot_checks.give_way(session, standing, warm, now))
    theirs = {row.prospect_id: row for row in standing.values()}
    ready = _ready([each for each in seen if each.prospect_id not in theirs], plans)
    opened = _open(session, [each for each in ready if whose(each) not in standing], plans, now)
    others = [each for each in seen if each not in ready and whose(each) not in standing]
    opened |= _check(session, others, plans, now, lottery=lottery) if lottery.held else {}
    _join(session, [each for each in ready if each.prospect_id not in opened], now)
    states = {ProspectId(who): HandoffState(row.state) for who, row in theirs.items()}
    states |= {who: HandoffState(row.state) for who, row in opened.items()}
    mark(session, _lifecycles(seen, plans, states))
    over = [
        f"{each.prospect_id}/{theirs[each.prospect_id].id}"
        for each in seen
        if states.get(each.prospect_id) is HandoffState.CHECKED
        and ending(each, theirs[each.prospect_id].opened_at)
    ]
    # In a reaction of its own, since what ends a lead rings.
    outbox.post(session, Topic.HANDOFF, over, now)
    draws = {each.prospect_id: next_draw(each, lottery, now) for each in seen}
    return {who: at for who, at in draws.items() if at}


def whose(seen: Snapshot) -> str:
    """What can have one open handoff: the account, or the person who has none."""
    return f"account:{seen.company.id}" if seen.company else f"person:{seen.prospect_id}"


def _standing(session: Session, seen: Sequence[Snapshot]) -> dict[str, HandoffRow]:
    """The open handoffs of these people and of their accounts, by whose they are."""
    rows = session.execute(
        select(OpenHandoffRow.whose, HandoffRow)
        .join(
            HandoffRow,
            and_(
                HandoffRow.prospect_id == OpenHandoffRow.prospect_id,
                HandoffRow.id == OpenHandoffRow.handoff_id,
            ),
        )
        .where(
            or_(
                OpenHandoffRow.whose.in_([whose(each) for each in seen]),
                OpenHandoffRow.prospect_id.in_([each.prospect_id for each in seen]),
            )
        )
    )
    return {row[0]: row[1] for row in rows}


def _ready(seen: Sequence[Snapshot], plans: Mapping[ProspectId, Plan]) -> list[Snapshot]:
    """Those to be handed over, the warmest first: of several at one account, they open the handoff."""
    ready = [each for each in seen if is_ready(each, _request(plans, each))]
    return sorted(ready, key=lambda each: (-each.points, each.prospect_id))


def _request(plans: Mapping[ProspectId, Plan], seen: Snapshot) -> HandoffRequest | None:
    plan = plans.get(seen.prospect_id)
    return plan.request if plan else None


def _check(
    session: Session,
    others: Sequence[Snapshot],
    plans: Mapping[ProspectId, Plan],
    now: datetime,
    *,
    lottery: Lottery,
) -> dict[ProspectId, HandoffRow]:
    """Open a spot check for each of these whose draw has come."""
    drawn = spot_checks.drawn(session, others, lottery, now)
    return _open(session, drawn, plans, now, lottery=lottery) if drawn else {}


def _open(
    session: Session,
    ready: Sequence[Snapshot],
    plans: Mapping[ProspectId, Plan],
    now: datetime,
    *,
    lottery: Lottery | None = None,
) -> dict[ProspectId, HandoffRow]:
    """Open a handoff for each of these whose account had none; returns those that won it, by person.

    `lottery` has drawn them; without one they are warm.
    """
    won = _win(session, ready, now)
    opening = [each for each in ready if each.prospect_id in won]
    wanted = [Wanted(each, plans.get(each.prospect_id), drawn=bool(lottery)) for each in opening]
    found = briefs(session, wanted, now)
    openings = []
    for each in opening:
        request = _request(plans, each)
        handoff = _handoff(each, won[each.prospect_id], found[each.prospect_id], now)
        handoff.drawn = lottery.share if lottery else None
        openings.append(Opening(each, handoff, lane=request.lane if request else None))
    if lottery:
        spot_checks.tell(session, [each.handoff for each in openings], lottery, now)
    assign(session, openings, now)
    open_questions.ask(session, [each.handoff for each in openings], now)
    return {each.seen.prospect_id: each.handoff for each in openings}


def _handoff(seen: Snapshot, handoff_id: HandoffId, brief: Brief, now: datetime) -> HandoffRow:
    return HandoffRow(
        prospect_id=seen.prospect_id,
        id=handoff_id,
        account_id=seen.company.id if seen.company else None,
        product="",
        lane="",
        state=HandoffState.HELD,
        brief=brief.paper,
        buyer=brief.buyer,
        brief_template=brief.template,
        claimed_stage=seen.claim.stage if seen.claim else None,
        requested_by=brief.paper["requested_by"],
        opened_at=now,
    )


def _win(session: Session, ready: Sequence[Snapshot], now: datetime) -> dict[ProspectId, HandoffId]:
    """Whoever inserts the one row of an account opens its handoff; the index decides among all writers."""
    first: dict[str, Snapshot] = {}
    for each in ready:
        first.setdefault(whose(each), each)
    rows = [
        {
            "whose": key,
            "product": "",
            "prospect_id": first[key].prospect_id,
            "handoff_id": new_id(now),
        }
        for key in sorted(first)
    ]
    columns = table_of(OpenHandoffRow).c
    inserted = insert_new(
        session,
        OpenHandoffRow,
        rows,
        on=["whose", "product"],
        returning=[columns.prospect_id, columns.handoff_id],
    )
    return {ProspectId(row[0]): HandoffId(row[1]) for row in inserted}


def _join(session: Session, ready: Sequence[Snapshot], now: datetime) -> None:
    """Let further warm people join the open handoff of their account; its rep is told of the first only."""
    standing = _standing(session, ready) if ready else {}
    joined = {each.prospect_id: standing[whose(each)] for each in ready if whose(each) in standing}
    rows = [
        {"prospect_id": who, "handoff_id": joined[who].id, "joined_at": now}
        for who in sorted(joined)
    ]
    insert_new(session, ColleagueRow, rows, on=["prospect_id", "handoff_id"])
    tellings = {
        row.id: Telling(
            HandoffRef(ProspectId(row.prospect_id), HandoffId(row.id)),
            NoticeKind.JOINED,
            1,
            MemberId(row.rep_id),
        )
        for row in joined.values()
        if row.rep_id is not None
    }
    notices.tell(session, list(tellings.values()), now)


def _lifecycles(
    seen: Sequence[Snapshot],
    plans: Mapping[ProspectId, Plan],
    states: Mapping[ProspectId, HandoffState],
) -> dict[ProspectId, Lifecycle]:
    """Where each person stands now, of those for whom that has changed."""
    places = {
        each.prospect_id: lifecycle(
            each.lifecycle,
            handoff=states.get(each.prospect_id),
            warm=each.warm,
            enrolled=each.prospect_id in plans and plans[each.prospect_id].enrolled,
        )
        for each in seen
    }
    before = {each.prospect_id: each.lifecycle for each in seen}
    return {who: place for who, place in places.items() if place is not before[who]}
