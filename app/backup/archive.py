"""The file of a backup: a gzipped tar of JSON lines, opened by what it is and closed by what it holds.

Its members, in order: `about.json`; `secret.key`, if it is in; `tables/NAME/00000.jsonl` and so on,
each line one row as a list in the order of the table's columns; `manifest.json`, which is `about.json`
with each table's number of rows and SHA-256 of its lines. A file without the last is not whole.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from app.backup.shape import Columns, Kind
from app.endings import FailedError, RefusedError

FORMAT = 1
ABOUT = "about.json"
MANIFEST = "manifest.json"
KEY = "secret.key"
PART = 4 << 20
"""Bytes of lines kept in memory before they are written: a backup needs no more than a few of these."""
LONGEST = 64 << 20
"""Bytes of one row, or of what is no table: twice what the largest delivery of a source comes to in
hexadecimal digits. What is longer is not one of ours, and would only be read to fill the memory."""
LEVEL = 4
"""gzip's: of JSON it saves nearly as much as the usual 6 in half the time."""
BROKEN = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, RecursionError)

Row = Sequence[Any]


class About(BaseModel):
    """What a backup is: read before anything else of it is believed."""

    model_config = ConfigDict(frozen=True)

    format: int
    warmline: str
    revision: str
    made_at: datetime
    database: str
    key: str
    """A fingerprint of the secret key that its sealed secrets and keyed hashes were made with."""
    key_inside: bool
    never_again: str
    """Where the list of who was forgotten goes on after this backup, on the machine it was made on."""
    tables: dict[str, dict[str, Kind]]


class Sum(BaseModel):
    """One table of a backup."""

    rows: int
    sha256: str


class Manifest(About):
    """What a whole backup holds."""

    sums: dict[str, Sum]


@dataclass(slots=True)
class Tally:
    """Rows and bytes of one table as they go by."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.digest.update(line)

    def total(self) -> Sum:
        return Sum(rows=self.rows, sha256=self.digest.hexdigest())


class Writer:
    """Writes one backup, table after table, in constant memory."""

    def __init__(self, tar: tarfile.TarFile, about: About) -> None:
        self._tar = tar
        self._about = about
        self._sums: dict[str, Sum] = {}
        self._put(ABOUT, about.model_dump_json(indent=1).encode())

    def key(self, key: str) -> None:
        """Put the secret key in."""
        self._put(KEY, key.encode())

    def table(self, name: str, rows: Iterable[Row]) -> Sum:
        """Put a table in; returns what it came to. Raises FailedError for a row no restore would read."""
        tally, part, lines = Tally(), 0, io.BytesIO()
        for row in rows:
            line = json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            if len(line) > LONGEST:
                raise FailedError(f"a row of {name} is longer than {LONGEST >> 20} MB")
            tally.add(line)
            lines.write(line)
            if lines.tell() >= PART:
                self._put(_part(name, part), lines.getvalue())
                part, lines = part + 1, io.BytesIO()
        if lines.tell():
            self._put(_part(name, part), lines.getvalue())
        self._sums[name] = tally.total()
        return self._sums[name]

    def close(self) -> Manifest:
        """Put the manifest in, which makes the backup whole."""
        manifest = Manifest(**self._about.model_dump(), sums=self._sums)
        self._put(MANIFEST, manifest.model_dump_json(indent=1).encode())
        return manifest

    def _put(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        member.mtime = int(self._about.made_at.timestamp())
        self._tar.addfile(member, io.BytesIO(content))


class Reader:
    """Reads one backup from front to back, once."""

    def __init__(self, tar: tarfile.TarFile, name: str) -> None:
        self._tar = tar
        self._members = iter(tar)
        self._next: tarfile.TarInfo | None = None
        self._advance()
        self.about = _parsed(About, self._whole(ABOUT), name)
        if self.about.format != FORMAT:
            raise RefusedError(f"{name} is of a newer format; mend: restore with a newer Warmline")
        self.key = self._whole(KEY).decode() if self.about.key_inside else None

    def rows(self) -> Iterator[tuple[str, Iterator[list[Any]]]]:
        """Each part's table and rows. Raises FailedError at the end if a sum is not the manifest's."""
        tallies: dict[str, Tally] = {name: Tally() for name in self.about.tables}
        while self._next is not None and self._next.name != MANIFEST:
            table = self._next.name.split("/")[1] if self._next.name.startswith("tables/") else ""
            if table not in tallies:
                raise FailedError(f"the backup holds {self._next.name}, which has no place in it")
            yield table, self._lines(tallies[table])
            self._advance()
        manifest = _parsed(Manifest, self._whole(MANIFEST), MANIFEST)
        found = {name: tally.total() for name, tally in tallies.items()}
        wrong = sorted(name for name in found if found[name] != manifest.sums.get(name))
        if wrong:
            raise FailedError(f"the backup is damaged: {', '.join(wrong)} is not as it was written")

    def _lines(self, tally: Tally) -> Iterator[list[Any]]:
        assert self._next is not None
        lines = self._opened(self._next)
        while line := lines.readline(LONGEST + 1):
            self._check(len(line))
            tally.add(line)
            yield json.loads(line)

    def _whole(self, name: str) -> bytes:
        if self._next is None or self._next.name != name:
            raise FailedError(f"the backup is not whole: {name} is missing")
        self._check(self._next.size)
        content = self._opened(self._next).read()
        self._advance()
        return content

    def _check(self, size: int) -> None:
        """Raise before more is read than any backup of ours holds in one piece."""
        if size > LONGEST and self._next is not None:
            name = self._next.name
            raise FailedError(f"the backup is damaged: {name} has a line over {LONGEST >> 20} MB")

    def _opened(self, member: tarfile.TarInfo) -> IO[bytes]:
        found = self._tar.extractfile(member)
        if found is None:
            raise FailedError(f"the backup holds {member.name}, which has no place in it")
        return found

    def _advance(self) -> None:
        self._next = next(self._members, None)


@contextmanager
def writing(file: Path, about: About) -> Iterator[Writer]:
    """A writer of `file`, which appears whole under its name when the block ends well, else not at all."""
    new = NamedTemporaryFile(dir=file.absolute().parent, prefix=f".{file.name}.", delete=False)  # noqa: SIM115
    try:
        with new, gzip.GzipFile("", "wb", LEVEL, new, mtime=0) as packed:
            with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar, about)
            packed.close()
            new.flush()
            os.fsync(new.fileno())
        os.replace(new.name, file)
    except BaseException:
        Path(new.name).unlink(missing_ok=True)
        raise
    _settle(file.absolute().parent)


@contextmanager
def reading(file: Path) -> Iterator[Reader]:
    """A reader of `file`. Raises RefusedError for what is no backup, FailedError for a broken one."""
    try:
        with tarfile.open(file, "r|gz") as tar:
            yield Reader(tar, file.name)
    except BROKEN as error:
        raise FailedError(f"{file} is no backup, or not whole ({type(error).__name__})") from error


def _part(table: str, number: int) -> str:
    return f"tables/{table}/{number:05}.jsonl"


def _parsed(model: type[Any], content: bytes, name: str) -> Any:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise RefusedError(f"{name} is not a backup that this version can read") from error


def _settle(folder: Path) -> None:
    """See to it that the new name itself survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def as_written(rows: Iterable[Mapping[str, Any]], columns: Columns) -> Iterator[list[Any]]:
    """Rows by name as rows in the order of these columns; what is not said is null."""
    return ([row.get(name) for name in columns] for row in rows)
