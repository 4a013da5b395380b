"""What became of each person that was to be written to a CRM: told, refused, tried again later, or in a smaller batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from sqlalchemy import delete, tuple_
from sqlalchemy.orm import Session

from prospects.store import insert_new
from webhooks import attempts
from webhooks.call_rows import CallRow, CallState
from webhooks.calls import TRIES, pause
from webhooks.crm_rows import ConflictRow, LinkRow
from webhooks.crms.dialect import Record
from webhooks.crms.writing import Fate, Later, Refused, Together, Written
from webhooks.outbound import Answered, NoAnswer

TOO_MANY = 429
LIMITED = timedelta(seconds=10)
"""For so long a CRM is left alone that was asked too often and names no time: HubSpot counts ten seconds."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The answer, or none, at which a batch was broken off; `asked` is how long the CRM is to be left alone."""

    result: Answered | NoAnswer
    asked: timedelta | None = None

    @property
    def reason(self) -> str:
        """Why, without anything of anybody."""
        found = self.result
        return f"status {found.status}" if isinstance(found, Answered) else found.reason

    @property
    def wish(self) -> timedelta | None:
        """How long it is left alone at least."""
        limited = isinstance(self.result, Answered) and self.result.status == TOO_MANY
        return self.asked or (LIMITED if limited else None)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a batch: the fates of those it came to, by our id, and why it was broken off if it was."""

    fates: dict[str, Fate] = field(repr=False)
    broken: Broken | None
    took_ms: int


def keep(
    session: Session,
    crm: str,
    told: Sequence[tuple[Record, Sequence[CallRow]]],
    came: Came,
    now: datetime,
) -> None:
    """Write down the fate of each of these records, and of the calls it settles."""
    for record, rows in told:
        fate = came.fates.get(record.id)
        for row in rows:
            _keep(session, row, fate, came, now)
    met = [
        (record, fate)
        for record, _ in told
        if isinstance(fate := came.fates.get(record.id), Written)
    ]
    _learn(session, crm, met, now)


def end(row: CallRow, state: CallState, reason: str | None, now: datetime) -> None:
    """This call is over, until somebody has it made again."""
    row.state, row.reason, row.settled_at = state, reason, now
    row.due_at = row.most = None


def _keep(session: Session, row: CallRow, fate: Fate | None, came: Came, now: datetime) -> None:
    match fate:
        case Written():
            _note(session, row, Answered(200, {}, b""), came, now)
            end(row, CallState.DELIVERED, None, now)
        case Refused(reason, status):
            _note(session, row, Answered(status, {}, reason.encode()), came, now)
            end(row, CallState.DEAD, reason, now)
        case Later(reason):
            _note(session, row, Answered(200, {}, reason.encode()), came, now)
            _put_off(row, reason, None, now)
        case Together(_, count):
            # It is not known to be at fault, so that this was no try of its own.
            row.most, row.due_at = (count + 1) // 2, now
        case None if came.broken:
            _note(session, row, came.broken.result, came, now)
            _put_off(row, came.broken.reason, came.broken.wish, now)
        case None:
            row.due_at = now  # the time was up
        case _:
            assert_never(fate)


def _note(
    session: Session, row: CallRow, result: Answered | NoAnswer, came: Came, now: datetime
) -> None:
    row.attempts += 1
    key = row.prospect_id, row.id
    attempts.note(session, key, result, now, n=row.attempts, took_ms=came.took_ms)


def _put_off(row: CallRow, reason: str, wish: timedelta | None, now: datetime) -> None:
    if row.attempts >= TRIES:
        end(row, CallState.DEAD, reason, now)
        return
    row.reason, row.due_at = reason, now + pause(row.attempts, wish)


def _learn(
    session: Session, crm: str, met: Sequence[tuple[Record, Written]], now: datetime
) -> None:
    """From now on these records of the CRM and these people are one; what they were before is not there any more."""
    gone = [
        record.known
        for record, fate in met
        if record.known and record.known != (fate.kind, fate.external_id)
    ]
    for table in (LinkRow, ConflictRow) if gone else ():
        named = tuple_(table.kind, table.external_id).in_(gone)
        let_go = delete(table).where(table.crm == crm, named)
        session.execute(let_go.execution_options(synchronize_session=False))
    rows = [
        {
            "crm": crm,
            "kind": fate.kind,
            "external_id": fate.external_id,
            "prospect_id": UUID(record.id),
            "told": {},
            "seen_at": now,
        }
        for record, fate in met
    ]
    rows.sort(key=lambda row: (str(row["kind"]), str(row["external_id"])))
    insert_new(session, LinkRow, rows, on=["crm", "kind", "external_id"])
