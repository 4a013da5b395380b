"""Asks the desk what neither leads nor enrichers told of people who are handed over; never more than it can bear."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import team
from prospects.ids import first_id, new_id
from prospects.member import Role
from prospects.store import Turnstile, insert_new, one_at_a_time, table_of
from routing.current import current
from routing.rows import HandoffRow
from routing.transfer_receiver import until
from routing.write_up_life import LONGEST_LINE, WriteUpState
from routing.write_up_rows import WriteUpRow

DAY = timedelta(days=1)


def ask(session: Session, opened: Sequence[HandoffRow], now: datetime) -> None:
    """Ask about the first of these leads whose briefs leave something open, as many as the day still allows.

    `desk.research_per_day` of routing.yaml says how many that are; of what is not asked the question stays
    on the brief. With nobody on the desk nothing is asked. Of two workers at once one waits for the other.
    """
    rules = current(session).desk
    open_ = [each for each in opened if each.brief.get("unknown")]
    if not open_ or not rules.research_per_day:
        return
    desk = [each for each in team.members(session) if each.active and Role.DESK in each.roles]
    if not desk or rules.research_per_day <= _asked_lately(session, now):
        return
    # Locked last of all, after the teams' turns, so that nobody who waits here holds up whom they wait for.
    one_at_a_time(session, Turnstile.DESK)
    left = rules.research_per_day - _asked_lately(session, now)
    if left <= 0:
        return
    due = until(desk[0], now, rules.business_days)
    rows = [_row(each, now) | {"due_at": due} for each in open_[:left]]
    insert_new(session, WriteUpRow, rows, on=())


def _asked_lately(session: Session, now: datetime) -> int:
    """How much the engine has asked in the last 24 hours."""
    columns = table_of(WriteUpRow).c
    lately = select(func.count()).where(
        columns.id >= first_id(now - DAY), columns.asked_by.is_(None)
    )
    return session.execute(lately).scalar_one()


def _row(handoff: HandoffRow, now: datetime) -> dict[str, Any]:
    which = new_id(now)
    return {
        "prospect_id": handoff.prospect_id,
        "id": which,
        "handoff_id": handoff.id,
        "n": 1,
        "what": " ".join(handoff.brief["unknown"])[:LONGEST_LINE],
        "batch": which,
        "asked_at": now,
        "state": WriteUpState.ASKED,
        "facts": [],
    }
