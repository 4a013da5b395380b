"""A CSV file as somebody's spreadsheet wrote it: its encoding, its separator, its rows with their lines."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from app.endings import FailedError
from prospects.faults import shown

SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 256 * 1024
"""Bytes by which the likeliest encodings are found."""
USUAL = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("cp932", "gb18030", "big5", "cp949"),
)
"""What spreadsheets of the world write where they do not write UTF-8."""
LONGEST_CELL = 1 << 20
LONGEST_LINE = 4 << 20
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
LONGEST_LOOK = 300
_BINDER = b"\xd0\xcf\x11\xe0"
"""How an old .xls begins."""
Row = tuple[int, list[str]]
"""The line a row begins at, and its cells."""


class OddEncodingError(FailedError):
    """It is no UTF-8; `looks` are the likely encodings, each with how line `number` would read."""

    def __init__(self, name: str, number: int, looks: list[tuple[str, str]]) -> None:
        self.number, self.looks = number, looks
        lines = [f"--encoding {each}: {shown(line)}" for each, line in looks]
        reason = f"{name} is no UTF-8; say what it is. Line {number} would read:"
        super().__init__("\n".join([reason, *lines]))


@dataclass(frozen=True, slots=True)
class Encoded:
    """How the text of a file is encoded, and after how many bytes it begins."""

    encoding: str
    begins: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be read; `header` is its first row."""

    path: Path
    encoding: str
    separator: str
    header: tuple[str, ...]
    begins: int = 0


def open_sheet(path: Path, encoding: str | None = None) -> Sheet:
    """The file with its encoding and separator. Raises FailedError for what is no table."""
    try:
        with path.open("rb") as file:
            found = encoding_of(file, str(path), encoding)
        separator, header = look(lambda: _text(path, found), str(path))
    except (OSError, LookupError, UnicodeError) as error:
        raise FailedError(f"{path} cannot be read: {error}") from None
    return Sheet(path, found.encoding, separator, header, found.begins)


def rows(sheet: Sheet) -> Iterator[Row]:
    """Each row below the header with the line it begins at; empty lines are passed over."""
    with _text(sheet.path, Encoded(sheet.encoding, sheet.begins)) as file:
        found = table(bounded(file), sheet.separator, str(sheet.path))
        next(found)
        yield from (row for row in found if any(row[1]))


def look(opened: Callable[[], TextIO], name: str) -> tuple[str, tuple[str, ...]]:
    """The separator and the names of the columns. Raises FailedError where there are none."""
    with opened() as file:
        line = file.readline(LONGEST_CELL)
        line = line if not line.lower().startswith("sep=") else file.readline(LONGEST_CELL)
    separator = max(SEPARATORS, key=line.count)
    with opened() as file:
        first = next(table(bounded(file), separator, name), None)
    if first is None or not any(cell.strip() for cell in first[1]):
        raise FailedError(f"{name} has no first line with the names of its columns")
    if any("\0" in cell for cell in first[1]):
        raise FailedError(f"{name} is no text in this encoding: its first line holds zero bytes")
    return separator, tuple(cell.strip() for cell in first[1])


def table(lines: Iterable[str], separator: str, name: str, *, begins: int = 1) -> Iterator[Row]:
    """Every row of these lines, the first of which is line `begins` of the file called `name`."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=separator)
    before, line = begins - 1, begins
    while True:
        try:
            cells = next(reader, None)
        except (csv.Error, UnicodeError) as error:
            reason = f"{name}, from line {line} on, cannot be read: {error}"
            raise FailedError(reason) from None
        if cells is None:
            return
        if line > 1 or not _names_the_separator(cells):
            yield line, cells
        line = before + reader.line_num + 1


def bounded(text: TextIO) -> Iterator[str]:
    """The lines of a text; one that is longer than any table's is refused before it fills the memory."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error(f"a line is longer than {LONGEST_LINE:,} characters")
        yield line


def encoding_of(file: BinaryIO, name: str, said: str | None = None) -> Encoded:
    """What is `said`, else UTF-8 if the whole file is, or what its mark says: a guess spoils names.

    Raises FailedError for what is packed or a workbook, and OddEncodingError for another encoding.
    """
    file.seek(0)
    sample = file.read(SAMPLE)
    if sample.startswith((*_PACKED, _BINDER)):
        raise FailedError(f"{name} is packed, or a workbook: unpack it, or save it as CSV")
    mark = next((each for each in _MARKS if sample.startswith(each)), None)
    if mark is not None and said in (None, _MARKS[mark]):
        return Encoded(_MARKS[mark], len(mark))
    if said:
        return Encoded(codecs.lookup(said).name)
    if unmarked := _unmarked(sample):
        return Encoded(unmarked)
    if _is_utf_8(file):
        return Encoded("utf-8")
    number, line = _first_odd_line(file)
    looks = [(each, line.decode(each, "replace")) for each in _likely(sample)]
    raise OddEncodingError(name, number, looks)


def _unmarked(sample: bytes) -> str | None:
    """UTF-16 without its mark: nothing else has a zero beside nearly every letter of a header."""
    first = sample[: sample.find(b"\n") & ~1] or sample
    zeros = [first[start::2].count(0) * 2 for start in (0, 1)]
    names = ("utf-16-be", "utf-16-le")
    return next((name for name, n in zip(names, zeros, strict=True) if n > len(first) / 2), None)


def _text(path: Path, encoded: Encoded) -> TextIO:
    file = path.open("rb")
    file.seek(encoded.begins)
    return io.TextIOWrapper(file, encoding=encoded.encoding, newline="")


def _names_the_separator(cells: list[str]) -> bool:
    """Whether this is the line `sep=;` that Excel writes above a table."""
    return bool(cells) and len(cells) <= 2 and cells[0].lower().startswith("sep=")


def _likely(sample: bytes) -> list[str]:
    """The encodings it may be in, the likeliest first; some can only be told apart by reading."""
    # Imported where it is needed: it is rare, and reads tables of all languages.
    from charset_normalizer import from_bytes

    odd = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    found = [each.encoding for each in from_bytes(odd, cp_isolation=list(USUAL))]
    return list(dict.fromkeys([*found[:3], "cp1252"]))


def _first_odd_line(file: BinaryIO) -> tuple[int, bytes]:
    file.seek(0)
    every = enumerate(iter(lambda: file.readline(LONGEST_CELL), b""), 1)
    number, line = next((n, line) for n, line in every if not line.isascii())
    return number, line[:LONGEST_LOOK].rstrip()


def _is_utf_8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(1 << 20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
