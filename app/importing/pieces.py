"""The bytes of a file, kept in pieces so that any worker can read on from any byte of it."""

import io
from collections.abc import Iterator
from typing import BinaryIO, TextIO
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.importing.rows import PieceRow
from app.importing.sheet import bounded

SIZE = 512 * 1024
"""Bytes of one piece: some thousand rows, and little to hold in memory."""


class _Pieces(io.RawIOBase):
    """The file as a stream, of which one piece is in memory at a time."""

    def __init__(self, session: Session, import_id: UUID, at: int = 0) -> None:
        self._session, self._id, self._at = session, import_id, at
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_SET:
            self._at = offset
        elif whence == io.SEEK_CUR:
            self._at += offset
        else:
            raise io.UnsupportedOperation("the end is not known")
        return self._at

    def readinto(self, into, /) -> int:  # type: ignore[no-untyped-def]
        n, within = divmod(self._at, SIZE)
        if self._held[0] != n:
            self._held = (n, self._piece(n))
        some = self._held[1][within : within + len(into)]
        into[: len(some)] = some
        self._at += len(some)
        return len(some)

    def _piece(self, n: int) -> bytes:
        query = select(PieceRow.bytes).where(PieceRow.import_id == self._id, PieceRow.n == n)
        return self._session.execute(query).scalar_one_or_none() or b""


def binary(session: Session, import_id: UUID, at: int = 0) -> BinaryIO:
    """The file's bytes from `at` on."""
    return io.BufferedReader(_Pieces(session, import_id, at), 64 * 1024)


def text(session: Session, import_id: UUID, encoding: str, at: int) -> TextIO:
    """The file's text from the byte `at` on, line ends as they are."""
    return io.TextIOWrapper(binary(session, import_id, at), encoding=encoding, newline="")


def all_of(session: Session, import_id: UUID) -> Iterator[bytes]:
    """Each piece in its order, one at a time in memory."""
    numbers = select(PieceRow.n).where(PieceRow.import_id == import_id).order_by(PieceRow.n)
    for n in session.execute(numbers).scalars().all():
        query = select(PieceRow.bytes).where(PieceRow.import_id == import_id, PieceRow.n == n)
        yield session.execute(query).scalar_one()


def discard(session: Session, import_id: UUID) -> None:
    """Let the bytes go."""
    session.execute(
        delete(PieceRow)
        .where(PieceRow.import_id == import_id)
        .execution_options(synchronize_session=False)
    )


class Counted:
    """Lines of a text that are counted in bytes as they are read, so that it can be read on from there."""

    def __init__(self, lines: TextIO, encoding: str, at: int) -> None:
        self._lines, self._encoding = lines, encoding
        self.at, self.count = at, 0

    def __iter__(self) -> Iterator[str]:
        for line in bounded(self._lines):
            self.at += len(line.encode(self._encoding))
            self.count += 1
            yield line
