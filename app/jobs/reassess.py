"""The topics `reassess` and `release`: everybody is looked at by changed rules, and let over the warm line at a pace."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.pipeline import believe, soonest
from app.settings import Settings
from prospects import outbox, timeline
from prospects.topics import Topic
from routing.drawing import Lottery, next_draw
from scoring import current, releases, screening
from scoring.release_rows import CrossingRow, RulesChangeRow
from scoring.releases import State
from scoring.rules import ScoringRules
from scoring.screening import Seen

BATCH = 200
"""People a transaction looks at with their histories, at about most."""
SCREENED = 4_000
"""People a transaction looks at by what is kept of them."""
SHARES = ("", "/2")
"""Endings of the promises of one look at everybody: so many workers can have a hand in it."""
A_MOMENT = timedelta(seconds=1)


def due(session: Session) -> bool:
    """Whether rules are in force that nobody has noted."""
    return releases.standing(session, current.current(session)) is None


def plan(session: Session, now: datetime) -> None:
    """Note the rules in force, and promise the look at everybody."""
    releases.begin(session, current.current(session), now)


def look(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """The next people of each change; only the newest change is still looked at.

    Of several promises of one change all but one are given back, so that another worker takes them.
    """
    rules = current.current(session)
    first = {_version_of(ref): ref for ref in sorted(refs, reverse=True)}
    for version, ref in first.items():
        change = releases.standing_anew(session, version)
        if change is None or change.state != State.LOOKING:
            continue
        if change.version != rules.version:
            change.state = State.OVERTAKEN
            releases.begin(session, rules, now)
            continue
        _go_on(session, change, ref, rules, now)
    return [ref for ref in refs if ref not in first.values()]


def let_over(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """The next of those whom a person has released."""
    for ref in refs:
        releases.let_over(session, int(ref), now)
    return ()


def _go_on(
    session: Session, change: RulesChangeRow, ref: str, rules: ScoringRules, now: datetime
) -> None:
    seen = screening.screen(
        session, rules, now, after=change.after_id, most=SCREENED, most_rest=BATCH
    )
    if not seen.people:
        _end(session, change, ref, rules, now)
        return
    _believe(session, seen, rules, now)
    whole = len(seen.people) >= SCREENED or len(seen.rest) >= BATCH
    if whole and not change.looked:
        outbox.post(session, Topic.REASSESS, [f"{change.version}{end}" for end in SHARES[1:]], now)
    outbox.post(session, Topic.REASSESS, [ref], now)
    # Last, and in the database's own sum: another worker may be at it too.
    row = RulesChangeRow
    session.execute(
        update(row)
        .where(row.version == change.version)
        .values(looked=row.looked + len(seen.people), after_id=seen.people[-1])
    )


def _believe(session: Session, seen: Seen, rules: ScoringRules, now: datetime) -> None:
    assessed, busy = believe(session, seen.rest, rules, now) if seen.rest else ([], [])
    # When time alone changes what is believed by the new rules, and when chance may draw them.
    lottery = Lottery(rules.explore, rules.scorer)
    decay = {seen.prospect_id: each.look_again_at for seen, each in assessed}
    draws = {seen.prospect_id: next_draw(seen, lottery, now) for seen, _ in assessed}
    timeline.look_again(session, soonest(decay, draws, seen.again), now)
    # A worker may have them in hand who read the old rules.
    outbox.post(session, Topic.REACT, busy, now)


def _end(
    session: Session, change: RulesChangeRow, ref: str, rules: ScoringRules, now: datetime
) -> None:
    """Behind this place is nobody: who was passed by is looked for from the start, then it is over.

    Passed by were those whom another worker held, or had in hand when it was ended.
    """
    if screening.left(session, rules):
        change.after_id = None
        outbox.post(session, Topic.REASSESS, [ref], now, due_at=now + A_MOMENT)
        return
    whole = releases.locked(session, change.version)
    if whole is not None and whole.state == State.LOOKING:
        _finish(session, whole)


def _version_of(ref: str) -> int:
    return int(ref.partition("/")[0])


def _finish(session: Session, change: RulesChangeRow) -> None:
    # Whom an older change held, this one has judged anew.
    session.execute(delete(CrossingRow).where(CrossingRow.version < change.version))
    held = select(func.count()).where(
        CrossingRow.version == change.version, CrossingRow.state == "held"
    )
    waits = session.execute(held).scalar_one()
    change.state = State.WAITING if waits else State.RELEASED
