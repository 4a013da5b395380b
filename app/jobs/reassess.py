"""The topics `reassess` and `release`: everybody is looked at by changed rules, and let over the warm line at a pace."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.pipeline import believe, soonest
from app.settings import Settings
from prospects import outbox, timeline
from prospects.ids import ProspectId
from prospects.message import MessageRow
from prospects.topics import Topic
from routing.drawing import Lottery, next_draw
from scoring import current
from scoring.changes import releases, rules_changes, screening
from scoring.changes.releases import State
from scoring.changes.rows import CrossingRow, RulesChangeRow
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
_PART = re.compile(r"\d+/([0-9a-f]*)([+-])([0-9a-f]{32})")


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
    part = _part_of(ref)
    if part is None:
        # So many workers can have a hand in it: each goes on with the next part when one is done.
        for _ in range(SHARES):
            _take(session, rules, ref, now)
        return
    seen = screening.screen(session, rules, now, part=part, most_rest=BATCH)
    busy = [*seen.busy, *_believe(session, seen, rules, now)]
    if busy:
        # Whoever has them in hand may go by the old rules.
        held = Part(part.after, seen.upto, again=True)
        outbox.post(session, Topic.REASSESS, [_ref(rules, held)], now, due_at=now + A_MOMENT)
    if not part.again:
        row = RulesChangeRow
        looked = update(row).where(row.version == change.version)
        session.execute(looked.values(looked=row.looked + seen.looked + len(seen.busy)))
    if seen.left:
        outbox.post(session, Topic.REASSESS, [_ref(rules, seen.left)], now)
    elif not (busy and part.again):
        # Last: it holds the change, where every worker notes how far it is.
        _take(session, rules, ref, now)


def _take(session: Session, rules: ScoringRules, ref: str, now: datetime) -> None:
    """Promise the next part that nobody has taken yet; behind the last the look is over once all are done."""
    change = releases.locked(session, rules.version)
    if change is None or change.state != State.LOOKING:
        return
    part = screening.next_part(session, rules, change.after_id, people=PART)
    if part is not None:
        change.after_id = part.upto
        outbox.post(session, Topic.REASSESS, [_ref(rules, part)], now)
    elif not _others(session, rules.version, ref):
        _finish(session, change)


def _others(session: Session, version: int, ref: str) -> bool:
    """Whether another part is promised, or in a worker's hands."""
    row = MessageRow
    query = select(row.id).where(
        row.topic == Topic.REASSESS, row.ref.startswith(f"{version}/"), row.ref != ref
    )
    return session.execute(query.limit(1)).first() is not None


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


def _ref(rules: ScoringRules, part: Part) -> str:
    """A part as the subject of a promise: 3/AFTER-UPTO, or with a + in between for who was busy."""
    after = part.after.hex if part.after else ""
    return f"{rules.version}/{after}{'+' if part.again else '-'}{part.upto.hex}"


def _part_of(ref: str) -> Part | None:
    """What stands in the subject of a promise; None for the look at everybody."""
    found = _PART.fullmatch(ref)
    if found is None:
        return None
    after, again, upto = found.groups()
    return Part(UUID(after) if after else None, UUID(upto), again == "+")


def _version_of(ref: str) -> int:
    return int(ref.partition("/")[0])


def _finish(session: Session, change: RulesChangeRow) -> None:
    # Whom an older change held, this one has judged anew.
    session.execute(delete(CrossingRow).where(CrossingRow.version < change.version))
    tally = rules_changes.tallies(session, [change.version])[change.version]
    change.state = State.WAITING if tally.waiting else State.RELEASED
