"""Notes which steps of whom an ad platform is to be told of: each once, of those it has to do with."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import ProspectId, new_id
from prospects.store import insert_new, table_of
from prospects.topics import Topic
from webhooks import known, signs
from webhooks.conversion_doubts import CORRECTED, FOUND
from webhooks.conversion_rows import ConversionRow, ConversionState
from webhooks.destinations import Destination, Milestone
from webhooks.events import Happening
from webhooks.signs import Signs, is_theirs
from webhooks.steps import Step, step_of

GATHER = timedelta(seconds=5)
"""So long steps are gathered, so that a batch holds more than one."""
Told = set[tuple[UUID, str, str]]
"""(who, destination, key of a step)."""


def note(session: Session, happened: Sequence[Happening], now: datetime, *, secret: str) -> None:
    """Keep each step of these happenings for each platform that wants it and has to do with the person."""
    found = known.destinations(session, secret=secret).destinations.values()
    platforms = [each for each in found if each.active and each.is_platform]
    steps = [step for each in happened if (step := step_of(each))]
    wanted = {step for destination in platforms for step in destination.wants}
    people = {step.prospect_id for step in steps if step.milestone in wanted}
    if not people:
        return
    met = signs.of(session, people)
    told = _told(session, met)
    rows = [
        _row(step, destination, now)
        for step in steps
        for destination in platforms
        if step.milestone in destination.wants and _is_due(step, met, destination, told)
    ]
    keys = ["prospect_id", "destination", "key"]
    rows.sort(key=lambda row: [str(row[name]) for name in keys])
    columns = table_of(ConversionRow).c
    made = insert_new(session, ConversionRow, rows, on=keys, returning=[columns.destination])
    due = sorted({slug for (slug,) in made} | _found_again(session, steps, now))
    outbox.post(session, Topic.CONVERT, due, now, due_at=now + GATHER)


def _found_again(session: Session, steps: Sequence[Step], now: datetime) -> set[str]:
    """A rep who comes back to what they found at first: what was held back for the correction is told.

    Returns the destinations.
    """
    verdicts = [(each.prospect_id, each.key) for each in steps if each.milestone in FOUND]
    if not verdicts:
        return set()
    rows = session.execute(
        update(ConversionRow)
        .where(tuple_(ConversionRow.prospect_id, ConversionRow.key).in_(verdicts))
        .where(ConversionRow.state == ConversionState.WITHHELD)
        .where(ConversionRow.reason == CORRECTED)
        .values(state=ConversionState.WAITING, reason=None, settled_at=None, made_at=now)
        .returning(ConversionRow.destination)
        .execution_options(synchronize_session=False)
    )
    return {slug for (slug,) in rows}


def _told(session: Session, met: Mapping[ProspectId, Signs]) -> Told:
    """What platforms were told, or will be, of those who are one with somebody."""
    ids = {who for each in met.values() if len(each.people) > 1 for who in each.people}
    columns = (ConversionRow.prospect_id, ConversionRow.destination, ConversionRow.key)
    rows = session.execute(select(*columns).where(ConversionRow.prospect_id.in_(ids)))
    return {(row[0], row[1], row[2]) for row in rows} if ids else set()


def _is_due(
    step: Step, met: Mapping[ProspectId, Signs], destination: Destination, told: Told
) -> bool:
    """Whether a platform is told this step: a form elsewhere is no lead of its own."""
    theirs = met.get(step.prospect_id)
    if theirs is None or not theirs.concerns(destination):
        return False
    if any((who, destination.slug, step.key) in told for who in theirs.people):
        return False
    kind = theirs.came_by.get(step.source, "")
    return step.milestone is not Milestone.LEAD or is_theirs(destination, step.source, kind)


def _row(step: Step, destination: Destination, now: datetime) -> dict[str, object]:
    return {
        "prospect_id": step.prospect_id,
        "id": new_id(now),
        "destination": destination.slug,
        "milestone": step.milestone,
        "key": step.key,
        "at": step.at,
        "amount": step.amount,
        "currency": step.currency,
        "state": ConversionState.WAITING,
        "tries": 0,
        "made_at": now,
    }
