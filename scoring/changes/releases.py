"""A change of rules, carried out safely: everybody is looked at again, and who would cross the warm line waits for a person."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.configuration import ConfigurationRow
from prospects.ids import MemberId, ProspectId
from prospects.rows import ProspectRow
from prospects.store import among, insert_new, on_sqlite, table_of
from prospects.topics import Topic
from prospects.values import Assessment, Snapshot
from scoring.changes import crossings, failing
from scoring.changes.crossing import CrossingState, by_themselves, held, may_cross
from scoring.changes.rows import CrossingRow, RulesChangeRow, State
from scoring.changes.screened_rows import by_others
from scoring.rules import ScoringRules

Pair = tuple[Snapshot, Assessment]
ALL_AT_ONCE = 500
"""People let over the line in one transaction."""
AN_HOUR = timedelta(hours=1)


OPEN = (State.LOOKING, State.WAITING, State.RELEASING, State.KEPT)
"""While it is so, nobody crosses by the change alone."""


class NotWaitingError(Exception):
    """There is nobody to let over the line, or somebody else has decided."""


def begin(session: Session, rules: ScoringRules, now: datetime) -> bool:
    """Note that these rules are in force, and promise that everybody is looked at by them; once a version.

    With nobody assessed by others there is nobody to look at. Returns whether there is a look to come.
    """
    others = session.execute(select(func.count()).where(*by_others(rules))).scalar_one()
    by, at = _said_by(session, now)
    row = {
        "version": rules.version,
        "state": State.LOOKING if others else State.RELEASED,
        "model": rules.scorer,
        "at": at,
        "by": by,
        "people": others,
        "looked": 0,
    }
    if not insert_new(
        session, RulesChangeRow, [row], on=["version"], returning=[_CHANGE.c.version]
    ):
        return False
    session.execute(
        update(_CHANGE)
        .where(_CHANGE.c.version < rules.version, _CHANGE.c.state.in_(OPEN))
        .values(state=State.OVERTAKEN)
    )
    failing.drop_older(session)
    if others:
        outbox.post(session, Topic.REASSESS, [rules.version], now)
    return bool(others)


def standing(session: Session, rules: ScoringRules) -> RulesChangeRow | None:
    """What became of the rules in force; None if nobody has noted them yet."""
    return session.get(RulesChangeRow, rules.version)


def standing_anew(session: Session, version: int) -> RulesChangeRow | None:
    """What became of this version of rules, as it is written now; without a lock, for several may look at people."""
    return session.get(RulesChangeRow, version, populate_existing=True)


def locked(session: Session, version: int) -> RulesChangeRow | None:
    """The same under a lock, for whoever is about to end the look or to decide."""
    query = select(RulesChangeRow).where(RulesChangeRow.version == version)
    if not on_sqlite(session):
        query = query.with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def hold_back(
    session: Session, assessed: Sequence[Pair], rules: ScoringRules, now: datetime
) -> list[Pair]:
    """The same beliefs, but whoever would cross the warm line by changed rules alone stays where they were."""
    crossing = [pair for pair in assessed if may_cross(*pair)]
    change = _open(session, rules, crossing, now) if crossing else None
    if change is None:
        return list(assessed)
    known = crossings.of(session, [seen.prospect_id for seen, _ in crossing])
    kept = {
        pair[0].prospect_id: held(*pair)
        for pair in crossing
        if not _entitled(pair, known.get(pair[0].prospect_id), change)
    }
    crossings.note(session, list(kept.values()), change.version, now)
    crossings.drop(session, [who for who in known if who not in kept])
    return [
        (seen, kept[seen.prospect_id].assessment)
        if seen.prospect_id in kept
        else (seen, assessment)
        for seen, assessment in assessed
    ]


def release(
    session: Session, version: int, by: MemberId | None, now: datetime, *, pace: int | None
) -> None:
    """Let them over the line, so many an hour, those with most points first. Raises NotWaitingError."""
    decide(session, version, {"state": State.RELEASING, "pace": pace}, by, now)
    outbox.post(session, Topic.RELEASE, [version], now)


def keep(session: Session, version: int, by: MemberId | None, now: datetime) -> None:
    """Leave them where they are until they do something themselves. Raises NotWaitingError."""
    decide(session, version, {"state": State.KEPT}, by, now)


def decide(
    session: Session,
    version: int,
    values: dict[str, object],
    by: MemberId | None,
    now: datetime,
    *,
    if_in: Collection[State] = (State.WAITING, State.KEPT),
) -> None:
    """Note what somebody decided. Raises NotWaitingError where it does not stand as it must for that."""
    change = locked(session, version)
    if change is None or change.state not in if_in:
        raise NotWaitingError
    for name, value in {**values, "decided_at": now, "decided_by": by}.items():
        setattr(change, name, value)


def let_over(session: Session, version: int, now: datetime) -> None:
    """Release the next of them, and promise the rest."""
    change = locked(session, version)
    if change is None or change.state != State.RELEASING:
        return
    waiting = (
        select(CrossingRow.prospect_id)
        .join(ProspectRow, ProspectRow.id == CrossingRow.prospect_id)
        .where(CrossingRow.version == version, CrossingRow.state == CrossingState.HELD)
        .where(ProspectRow.absorbed_by.is_(None))
        .order_by(CrossingRow.up.desc(), CrossingRow.points_after.desc(), CrossingRow.prospect_id)
        .limit(change.pace or ALL_AT_ONCE)
    )
    some = [ProspectId(who) for who in session.execute(waiting).scalars()]
    if not some:
        change.state = State.RELEASED
        return
    session.execute(
        update(CrossingRow)
        .where(among(session, CrossingRow.prospect_id, some))
        .values(state=CrossingState.RELEASED, released_at=now)
    )
    outbox.post(session, Topic.REACT, some, now)
    due = now + AN_HOUR if change.pace else now
    outbox.post(session, Topic.RELEASE, [version], now, due_at=due)


def _open(
    session: Session, rules: ScoringRules, crossing: Sequence[Pair], now: datetime
) -> RulesChangeRow | None:
    found = standing(session, rules)
    if found is None and begin(session, rules, now):
        found = standing(session, rules)
    nobody_waited = found is not None and (found.state, found.decided_at) == (State.RELEASED, None)
    if nobody_waited and any(_passed_over(seen) for seen, _ in crossing):
        # The look was over, and somebody it could not see is seen only now.
        found = locked(session, rules.version)
        if found is not None and found.state == State.RELEASED:
            found.state = State.WAITING
    return found if found is not None and found.state in OPEN else None


def _entitled(pair: Pair, row: CrossingRow | None, change: RulesChangeRow) -> bool:
    seen, assessment = pair
    if row is not None and row.version == change.version and row.state == CrossingState.RELEASED:
        return True
    if by_themselves(seen, change.at, up=assessment.warm):
        return True
    # Who was looked at by these rules before and did not cross then, crosses by time. Of whom they did
    # not move it is not written on the person: once the look at everybody is over it holds for all.
    everybody = change.state != State.LOOKING and not _passed_over(seen)
    return row is None and (everybody or seen.rules_version == change.version)


def _passed_over(seen: Snapshot) -> bool:
    """Whether the look at everybody did not see them: they were absorbed then, or could not be looked at."""
    return seen.rules_version is None


def _said_by(session: Session, now: datetime) -> tuple[str, datetime]:
    """Who changed the rules last, and when; nobody where the built-in ones hold."""
    query = (
        select(ConfigurationRow.applied_by, ConfigurationRow.applied_at)
        .where(ConfigurationRow.kind.in_(("scoring", "stages")))
        .order_by(ConfigurationRow.version.desc())
    )
    found = session.execute(query.limit(1)).first()
    return (found[0], found[1]) if found else ("", now)


_CHANGE = table_of(RulesChangeRow)
