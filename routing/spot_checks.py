"""Spot checks: people who are not warm, drawn by chance, put to the desk or to volunteers so that scoring learns."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import groups, timeline
from prospects.ids import MemberId, ProspectId
from prospects.kinds import ExploredBody, Kind, Verdict, plain
from prospects.member import Member
from prospects.timeline import Fact
from prospects.values import Snapshot
from routing.availability import Load
from routing.checkers import Experience, choose_checker, who_checks
from routing.choose import Decision
from routing.current import ON_HAND, colleagues, current
from routing.drawing import PERIOD, Draw, Lottery, due, may_be_drawn
from routing.finding_rows import ConfirmationRow
from routing.holding import close
from routing.lives import HandoffState
from routing.rows import HandoffRow

LOOKED_AT = 20
_WRONG = (Verdict.EARLIER, Verdict.WRONG_PERSON, Verdict.NOT_A_BUYER)


def drawn(
    session: Session, seen: Sequence[Snapshot], lottery: Lottery, now: datetime
) -> list[Snapshot]:
    """Those of them whose draw is due, who were not checked in its period, and for whom somebody is free."""
    draws = [(each, draw) for each in seen if (draw := due(each, lottery, now))]
    wanted = [(each, draw) for each, draw in draws if may_be_drawn(each)]
    if not wanted:
        return []
    before = _drawn_before(session, [each.prospect_id for each, _ in wanted], now)
    fresh = [each for each, draw in wanted if not _in_period(before, each, draw)]
    return [each for each in fresh if decide(session, each.prospect_id, {}, now).chosen]


def tell(
    session: Session, handoffs: Collection[HandoffRow], lottery: Lottery, now: datetime
) -> None:
    """Put on record that these were drawn, and by which chance; told before they are offered."""
    facts = [
        Fact(
            prospect_id=ProspectId(each.prospect_id),
            kind=Kind.EXPLORED,
            happened_at=now,
            source="routing",
            key=f"explored:{each.id}",
            body=plain(
                ExploredBody(handoff=str(each.id), probability=lottery.share, model=lottery.model)
            ),
        )
        for each in handoffs
    ]
    timeline.record(session, facts, now, ring=False)


def decide(
    session: Session, who: ProspectId, passed_over: Mapping[MemberId, str], now: datetime
) -> Decision:
    """Who of the desk and the volunteers is to check this person."""
    rules, members = current(session), colleagues(session)
    checkers = who_checks(members, rules)
    ids = [each.id for each in checkers]
    return choose_checker(
        who,
        checkers,
        rules,
        loads=_loads(session, ids),
        experience=_experience(session, checkers),
        passed_over=passed_over,
        now=now,
    )


def let_go(session: Session, handoff: HandoffRow, now: datetime) -> None:
    """Everybody passed it on: nobody is asked any more, and the person is where they were."""
    handoff.reason = "nobody of the desk and the volunteers took the spot check"
    close(session, handoff, HandoffState.RECYCLED, now)


def give_way(
    session: Session, standing: Mapping[str, HandoffRow], warm: Collection[str], now: datetime
) -> Mapping[str, HandoffRow]:
    """What still stands, by whose it is, once spot checks nobody has taken yet give way to who grew warm there."""
    overtaken = {
        whose: row
        for whose, row in standing.items()
        if whose in warm and row.drawn is not None and row.state == HandoffState.OFFERED
    }
    for row in overtaken.values():
        row.reason = "somebody there grew warm before the spot check was taken"
        close(session, row, HandoffState.RECYCLED, now)
    return {whose: row for whose, row in standing.items() if whose not in overtaken}


def _in_period(before: Mapping[ProspectId, datetime], seen: Snapshot, draw: Draw) -> bool:
    last = before.get(seen.prospect_id)
    return last is not None and last >= draw.since


def _drawn_before(
    session: Session, who: Sequence[ProspectId], now: datetime
) -> Mapping[ProspectId, datetime]:
    """When each of them was last drawn, or whom they absorbed."""
    heads = groups.members(session, who)
    rows = session.execute(
        select(HandoffRow.prospect_id, HandoffRow.opened_at)
        .where(HandoffRow.prospect_id.in_(list(heads)), HandoffRow.drawn.is_not(None))
        .where(HandoffRow.opened_at >= now - 2 * PERIOD)
        .order_by(HandoffRow.opened_at)
    )
    return {ProspectId(heads[drawn]): opened_at for drawn, opened_at in rows}


def _loads(session: Session, ids: Sequence[MemberId]) -> dict[MemberId, Load]:
    rows = session.execute(
        select(HandoffRow.rep_id, func.count())
        .where(HandoffRow.rep_id.in_(ids), HandoffRow.state.in_(ON_HAND))
        .where(HandoffRow.drawn.is_not(None))
        .group_by(HandoffRow.rep_id)
    )
    return {MemberId(row[0]): Load(open=row[1]) for row in rows if row[0]}


def _experience(session: Session, checkers: Sequence[Member]) -> dict[MemberId, Experience]:
    """What each has found: all of it counted, the last of it weighed; one statement."""
    ids = [each.id for each in checkers]
    place = func.row_number().over(
        partition_by=ConfirmationRow.rep_id, order_by=ConfirmationRow.recorded_at.desc()
    )
    ranked = (
        select(ConfirmationRow.rep_id, ConfirmationRow.verdict, place.label("place"))
        .where(ConfirmationRow.rep_id.in_(ids), ConfirmationRow.superseded_at.is_(None))
        .subquery()
    )
    latest = ranked.c.place <= LOOKED_AT
    wrong = latest & ranked.c.verdict.in_(_WRONG)
    rows = session.execute(
        select(
            ranked.c.rep_id,
            func.count(),
            func.count().filter(latest),
            func.count().filter(wrong),
        ).group_by(ranked.c.rep_id)
    )
    return {MemberId(row[0]): Experience(*row[1:]) for row in rows}
