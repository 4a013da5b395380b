"""What every act on a write-up is made of: the row, its change from one state to the next, and a line of words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from prospects.faults import Fault, FaultyError
from prospects.texts import replace_unstorable
from routing.refusals import NotYoursError
from routing.write_up_life import LONGEST_LINE, WriteUpRef, WriteUpState
from routing.write_up_rows import WriteUpRow


def move(
    session: Session,
    ref: WriteUpRef,
    state: WriteUpState,
    values: Mapping[str, Any],
    *,
    member_id: UUID | None = None,
) -> bool:
    """Change it if it still stands in that state (and with that colleague)."""
    changed = (
        update(WriteUpRow)
        .where(WriteUpRow.prospect_id == ref.prospect_id, WriteUpRow.id == ref.write_up_id)
        .where(WriteUpRow.state == state)
        .values(**values)
        .returning(WriteUpRow.id)
    )
    if member_id is not None:
        changed = changed.where(WriteUpRow.member_id == member_id)
    found = session.execute(changed.execution_options(synchronize_session=False))
    return found.scalar_one_or_none() is not None


def row_of(session: Session, ref: WriteUpRef) -> WriteUpRow:
    """The write-up as it stands. Raises NotYoursError if there is none, or it was dropped."""
    key = (ref.prospect_id, ref.write_up_id)
    row = session.get(WriteUpRow, key, populate_existing=True)
    if row is None or row.state == WriteUpState.DROPPED:
        raise NotYoursError
    return row


def line(written: str, place: str, missing: str) -> str:
    """One line of words as it can be stored. Raises FaultyError for none, or too many."""
    said = str(replace_unstorable(written.strip()))
    if not said:
        raise FaultyError(Fault(place, missing, "a few words will do"))
    if len(said) > LONGEST_LINE:
        raise FaultyError(Fault(place, "this is too long", f"{LONGEST_LINE} characters at most"))
    return said
