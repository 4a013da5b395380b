"""The topics `reassess` and `release`: everybody is looked at by changed rules, and let over the warm line at a pace."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.pipeline import believe, soonest
from app.settings import Settings
from prospects import outbox, timeline
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.topics import Topic
from routing.drawing import Lottery, next_draw
from scoring import current, releases
from scoring.release_rows import CrossingRow, RulesChangeRow
from scoring.releases import State
from scoring.rules import ScoringRules

BATCH = 200


def due(session: Session) -> bool:
    """Whether rules are in force that nobody has noted."""
    return releases.standing(session, current.current(session)) is None


def plan(session: Session, now: datetime) -> None:
    """Note the rules in force, and promise the look at everybody."""
    releases.begin(session, current.current(session), now)


def look(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """The next people of each change; only the newest change is still looked at."""
    rules = current.current(session)
    for ref in refs:
        change = releases.locked(session, int(ref))
        if change is None or change.state != State.LOOKING:
            continue
        if change.version != rules.version:
            change.state = State.OVERTAKEN
            releases.begin(session, rules, now)
            continue
        _go_on(session, change, rules, now)
    return ()


def let_over(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """The next of those whom a person has released."""
    for ref in refs:
        releases.let_over(session, int(ref), now)
    return ()


def _go_on(session: Session, change: RulesChangeRow, rules: ScoringRules, now: datetime) -> None:
    some = _next(session, change)
    if not some:
        _finish(session, change)
        return
    assessed, busy = believe(session, some, rules, now)
    # When time alone changes what is believed by the new rules, and when chance may draw them.
    lottery = Lottery(rules.explore, rules.scorer)
    decay = {seen.prospect_id: each.look_again_at for seen, each in assessed}
    draws = {seen.prospect_id: next_draw(seen, lottery, now) for seen, _ in assessed}
    timeline.look_again(session, soonest(decay, draws), now)
    # A worker may have them in hand who read the old rules.
    outbox.post(session, Topic.REACT, busy, now)
    change.after_id = some[-1]
    change.looked += len(some)
    outbox.post(session, Topic.REASSESS, [change.version], now)


def _next(session: Session, change: RulesChangeRow) -> list[ProspectId]:
    query = (
        select(ProspectRow.id)
        .where(ProspectRow.rules_version.is_distinct_from(change.version))
        .where(ProspectRow.grade.is_not(None))
        .where(ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None))
        .order_by(ProspectRow.id)
        .limit(BATCH)
    )
    if change.after_id is not None:
        query = query.where(ProspectRow.id > change.after_id)
    return [ProspectId(who) for who in session.execute(query).scalars()]


def _finish(session: Session, change: RulesChangeRow) -> None:
    # Whom an older change held, this one has judged anew.
    session.execute(delete(CrossingRow).where(CrossingRow.version < change.version))
    held = select(func.count()).where(
        CrossingRow.version == change.version, CrossingRow.state == "held"
    )
    waits = session.execute(held).scalar_one()
    change.state = State.WAITING if waits else State.RELEASED
