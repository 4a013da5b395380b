"""The topics `reassess` and `release`: everybody is looked at by changed rules, and let over the warm line at a pace."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.orm import Session

from app.pipeline import believe, soonest
from app.settings import Settings
from prospects import outbox, timeline
from prospects.ids import ProspectId
from prospects.topics import Topic
from routing.drawing import Lottery, next_draw
from scoring import current
from scoring.changes import failing, releases, rules_changes, screening
from scoring.changes.parts import part_of, ref_of, version_of
from scoring.changes.rows import CrossingRow, RulesChangeRow, State
from scoring.changes.screened_rows import Part
from scoring.changes.screening import Seen
from scoring.rules import ScoringRules

BATCH = 200
"""People a transaction looks at with their histories, at about most."""
PART = 4_000
"""People a transaction looks at by what is kept of them."""
SHARES = 2
"""Parts that are looked at at the same time: so many workers can have a hand in it."""
A_MOMENT = timedelta(seconds=1)


def due(session: Session, now: datetime) -> bool:
    """Whether rules are in force that nobody has noted, or a look or a release does not go on by itself."""
    rules = current.current(session)
    change = releases.standing(session, rules)
    if change is None:
        return True
    if change.state == State.RELEASING:
        return bool(failing.release_given_up(session, rules.version))
    if change.state != State.LOOKING:
        return False
    lives = failing.lives(session, rules.version, now)
    return not lives or bool(failing.failing(session, rules.version, now))


def plan(session: Session, now: datetime) -> None:
    """Note the rules in force, and promise the look at everybody; or have what is stuck go on."""
    rules = current.current(session)
    if releases.standing(session, rules) is None and releases.begin(session, rules, now):
        return
    change = releases.locked(session, rules.version)
    if change is not None and change.state == State.RELEASING:
        failing.release_anew(session, rules.version, now)
    if change is None or change.state != State.LOOKING:
        return
    for row in failing.failing(session, rules.version, now, locked=True):
        failing.cut(session, row, rules, now)
    session.flush()
    if not failing.lives(session, rules.version, now):
        _take(session, rules, "", now)


def look(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """The next people of each change; only the newest change is still looked at.

    Of several promises of one change all but one are given back, so that another worker takes them.
    """
    rules = current.current(session)
    first = {version_of(ref): ref for ref in sorted(refs, reverse=True)}
    for version, ref in first.items():
        change = releases.standing_anew(session, version)
        part = part_of(ref)
        if change is not None and part is not None and part.alone:
            _alone(session, change, part, rules, now)
            continue
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
    part = part_of(ref)
    if part is None:
        # So many workers can have a hand in it: each goes on with the next part when one is done.
        for _ in range(SHARES):
            _take(session, rules, ref, now)
        return
    seen = screening.screen(session, rules, now, part=part, most_rest=BATCH)
    busy = [*seen.busy, *_believe(session, seen, rules, now)]
    if busy:
        # Whoever has them in hand may go by the old rules.
        _promise(
            session, rules, Part(part.after, seen.upto, again=True), now, due_at=now + A_MOMENT
        )
    if not part.again:
        _count(session, change.version, seen.looked + len(seen.busy))
    if seen.left:
        _promise(session, rules, seen.left, now)
    elif not (busy and part.again):
        # Last: it holds the change, where every worker notes how far it is.
        _take(session, rules, ref, now)


def _alone(
    session: Session, change: RulesChangeRow, part: Part, rules: ScoringRules, now: datetime
) -> None:
    """Somebody who could not be looked at, once more; by newer rules they are looked at anyhow."""
    if change.version != rules.version:
        return
    busy = _believe(session, Seen(part.upto, rest=[ProspectId(part.upto)]), rules, now)
    if busy:
        _promise(session, rules, part, now, due_at=now + A_MOMENT)
    else:
        _count(session, change.version, 1)


def _count(session: Session, version: int, looked: int) -> None:
    """So many more were looked at. Never more than there were: of some who are parted nobody knew."""
    row = RulesChangeRow
    more = row.looked + looked
    counted = update(row).where(row.version == version)
    session.execute(counted.values(looked=case((more > row.people, row.people), else_=more)))


def _promise(
    session: Session,
    rules: ScoringRules,
    part: Part,
    now: datetime,
    *,
    due_at: datetime | None = None,
) -> None:
    outbox.post(session, Topic.REASSESS, [ref_of(rules.version, part)], now, due_at=due_at)


def _take(session: Session, rules: ScoringRules, ref: str, now: datetime) -> None:
    """Promise the next part that nobody has taken yet; behind the last the look is over once all are done."""
    change = releases.locked(session, rules.version)
    if change is None or change.state != State.LOOKING:
        return
    part = screening.next_part(session, rules, change.after_id, people=PART)
    if part is not None:
        change.after_id = part.upto
        _promise(session, rules, part, now)
    elif not failing.lives(session, rules.version, now, but=ref):
        _finish(session, change, now)


def _believe(
    session: Session, seen: Seen, rules: ScoringRules, now: datetime
) -> Sequence[ProspectId]:
    """Look at those who need their histories; returns whom somebody else was busy with."""
    assessed, busy = believe(session, seen.rest, rules, now) if seen.rest else ([], [])
    # When time alone changes what is believed by the new rules, and when chance may draw them.
    lottery = Lottery(rules.explore, rules.scorer)
    decay = {seen.prospect_id: each.look_again_at for seen, each in assessed}
    draws = {seen.prospect_id: next_draw(seen, lottery, now) for seen, _ in assessed}
    timeline.look_again(session, soonest(decay, draws, seen.again), now)
    return busy


def _finish(session: Session, change: RulesChangeRow, now: datetime) -> None:
    # Whom an older change held, this one has judged anew.
    session.execute(delete(CrossingRow).where(CrossingRow.version < change.version))
    tally = rules_changes.tallies(session, [change.version])[change.version]
    change.state = State.WAITING if tally.waiting else State.RELEASED
    # Some were looked at because of what they did meanwhile, some were forgotten, some absorbed.
    change.looked = change.people - min(failing.alone(session, change.version, now), change.people)
