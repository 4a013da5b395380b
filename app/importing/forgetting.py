"""What imports keep of somebody who asked to be forgotten: cells of refused rows, and files that wait."""

from sqlalchemy import Text, cast, func, or_, select, update
from sqlalchemy.orm import Session

from app.importing import pieces
from app.importing.rows import BatchRow, ImportRow, PieceRow, State
from prospects.ids import ProspectId
from webhooks.forget import names
from webhooks.spelled import holding

NAMED = "Somebody in it asked to be forgotten, so the file is gone. Send it again without them."
WAITING = (State.READY, State.TRYING, State.TRIED, State.FAILED, State.UPLOADING)


def forget(session: Session, prospect_id: ProspectId) -> None:
    """Empty refused rows that name this person, and let go of files that wait with them in it.

    Of what is already in the record the record takes care. Safe to repeat.
    """
    addresses, numbers = names(session, prospect_id)
    told = sorted(addresses | numbers)
    if not told:
        return
    # Nothing that is recognised by an id is in a cell of a refused row by another name.
    _empty_refused(session, told)
    waiting = select(ImportRow.id).where(ImportRow.state.in_(WAITING))
    named = select(PieceRow.import_id).where(
        PieceRow.import_id.in_(waiting), holding(session, PieceRow.bytes, told)
    )
    for import_id in set(session.execute(named).scalars()):
        pieces.discard(session, import_id)
        row = session.get_one(ImportRow, import_id)
        row.reason = NAMED
        row.state = row.state if row.state == State.FAILED else State.DISCARDED


def _empty_refused(session: Session, told: list[str]) -> None:
    for column, row in ((BatchRow.refused, BatchRow), (ImportRow.looks, ImportRow)):
        text = func.lower(cast(column, Text))
        session.execute(
            update(row)
            .where(or_(*(text.contains(each, autoescape=True) for each in told)))
            .values({column: []})
            .execution_options(synchronize_session=False)
        )
