"""The topic `import`: some rows of a file a time, tried, brought in or taken back, until it is at its end."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.endings import FailedError
from app.importing import kept, pieces, undoing
from app.importing.batch import How, bring, foresee, written
from app.importing.columns import ColumnsError, columns_of
from app.importing.rows import BatchRow, Holds, ImportRow, State
from app.importing.run import BATCH, COMMAND
from app.settings import Settings
from prospects import outbox
from prospects.ids import parse_id
from prospects.store import on_sqlite
from prospects.topics import Topic
from webhooks import known
from webhooks.adapter import Came

PAUSE = timedelta(seconds=2)
"""How long leads wait before they look again whether a list of refusals is in."""


def step(
    session: Session, refs: Sequence[str], now: datetime, settings: Settings
) -> Collection[str]:
    """Go on with each of these files by one batch; none is ever busy."""
    for ref in refs:
        row = _locked(session, ref)
        if row is not None:
            _go_on(session, row, now, settings.secret_key)
    return ()


def _locked(session: Session, ref: str) -> ImportRow | None:
    query = select(ImportRow).where(ImportRow.id == parse_id(ref))
    if not on_sqlite(session):
        query = query.with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def _go_on(session: Session, row: ImportRow, now: datetime, secret: str) -> None:
    match State(row.state):
        case State.TRYING | State.RUNNING if _must_wait(session, row):
            outbox.post(session, Topic.IMPORT, [row.id], now, due_at=now + PAUSE)
        case State.TRYING | State.RUNNING:
            _some(session, row, now, secret)
        case State.UNDOING:
            if undoing.step(session, row, now, secret=secret):
                outbox.post(session, Topic.IMPORT, [row.id], now)
        case _ if now - row.made_at >= kept.KEPT_FOR:
            _let_go(session, row)
        case _:
            pass


def _must_wait(session: Session, row: ImportRow) -> bool:
    """Refusals first: leads wait while a list of refusals is on its way in."""
    if row.holds == Holds.REFUSALS or row.state == State.TRYING:
        return False
    lists = select(ImportRow.id).where(
        ImportRow.holds == Holds.REFUSALS,
        ImportRow.state == State.RUNNING,
        # A command that was stopped goes on with nothing.
        ImportRow.by != COMMAND,
    )
    return session.execute(lists.limit(1)).first() is not None


def _some(session: Session, row: ImportRow, now: datetime, secret: str) -> None:
    try:
        how = _how(session, row, secret)
        rows = kept.read(session, row, BATCH)
    except FailedError as error:
        _fail(row, str(error), now)
        return
    if not rows:
        _end(session, row, now)
        return
    if row.state == State.TRYING:
        tally = foresee(session, rows, how, now)
        if tally.refused:
            session.add(BatchRow(import_id=row.id, n=row.batch, refused=written(tally.refused)))
    else:
        tally = bring(session, rows, how, now, n=row.batch)
    kept.add(row, tally)
    row.batch += 1
    outbox.post(session, Topic.IMPORT, [row.id], now)


def _how(session: Session, row: ImportRow, secret: str) -> How:
    found = known.sources(session, secret=secret).sources.get(row.source)
    if found is None and row.holds == Holds.LEADS:
        raise FailedError(f"its source {row.source} is gone, or cannot be used")
    try:
        columns = columns_of(row.header, row.said, found.map if found else {})
    except ColumnsError as error:
        raise FailedError("; ".join(map(str, error.faults))) from None
    return How(
        source=row.source,
        columns=columns,
        came=Came.IMPORTED if row.enrol else Came.QUIETLY,
        holds=Holds(row.holds),
        import_id=row.id,
        # Whoever asks to be forgotten while the file waits does not come in by it.
        arrived_at=row.made_at,
        secret=secret,
    )


def _end(session: Session, row: ImportRow, now: datetime) -> None:
    if row.state == State.TRYING:
        row.state = State.TRIED
        return
    row.state, row.ended_at = State.DONE, now
    pieces.discard(session, row.id)


def _fail(row: ImportRow, reason: str, now: datetime) -> None:
    row.state, row.reason, row.ended_at = State.FAILED, reason, now


def _let_go(session: Session, row: ImportRow) -> None:
    """After a month: bytes that were never brought in, and the cells of rows that were refused."""
    pieces.discard(session, row.id)
    if row.state in (State.UPLOADING, State.READY, State.TRIED):
        row.state = State.DISCARDED
    _blank(session, row.id)


def _blank(session: Session, import_id: UUID) -> None:
    session.execute(
        update(BatchRow)
        .where(BatchRow.import_id == import_id)
        .values(refused=[])
        .execution_options(synchronize_session=False)
    )
