"""What imports keep of somebody who asked to be forgotten: cells of refused rows, and files that wait."""

import codecs
from collections.abc import Iterator

from sqlalchemy import Text, cast, func, or_, select, update
from sqlalchemy.orm import Session

from app.importing import pieces
from app.importing.rows import BatchRow, ImportRow, State
from prospects.ids import ProspectId
from webhooks.forget import names

NAMED = "Somebody in it asked to be forgotten, so the file is gone. Send it again without them."
OVERLAP = 1_000
"""Letters: longer than any address in any spelling."""
_BETWEEN = dict.fromkeys(map(ord, " -./()"))
"""What people put between the digits of a number."""
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
    waiting = select(ImportRow).where(ImportRow.state.in_(WAITING)).order_by(ImportRow.id)
    for row in session.execute(waiting).scalars().all():
        if _holds(session, row, addresses, numbers):
            pieces.discard(session, row.id)
            row.reason = NAMED
            row.state = row.state if row.state == State.FAILED else State.DISCARDED


def _holds(session: Session, row: ImportRow, addresses: set[str], numbers: set[str]) -> bool:
    """Whether the file names them, as it reads: whichever way its letters are bytes, and across its pieces."""
    words = {each.lower() for each in addresses}
    for text in _windows(session, row):
        if any(each in text for each in words):
            return True
        digits = text.translate(_BETWEEN) if numbers else ""
        if any(each in digits for each in numbers):
            return True
    return False


def _windows(session: Session, row: ImportRow) -> Iterator[str]:
    """The file's text in lower case, piece by piece, each with the end of the one before it."""
    # What nobody has said the encoding of yet is read a byte a letter, in which addresses are themselves.
    decoder = codecs.getincrementaldecoder(row.encoding or "latin-1")(errors="replace")
    before = ""
    for piece in pieces.all_of(session, row.id):
        # Where UTF-16 has no mark it was taken for UTF-8, and every other letter is none.
        text = before + decoder.decode(piece).replace("\0", "").lower()
        yield text
        before = text[-OVERLAP:]


def _empty_refused(session: Session, told: list[str]) -> None:
    for column, row in ((BatchRow.refused, BatchRow), (ImportRow.looks, ImportRow)):
        text = func.lower(cast(column, Text))
        session.execute(
            update(row)
            .where(or_(*(text.contains(each, autoescape=True) for each in told)))
            .values({column: []})
            .execution_options(synchronize_session=False)
        )
