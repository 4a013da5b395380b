"""A CSV file as somebody's spreadsheet wrote it: its encoding, its separator, its rows with their lines."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be read; `header` is its first row."""

    path: Path
    encoding: str
    separator: str
    header: tuple[str, ...]


def open_sheet(path: Path, encoding: str | None = None) -> Sheet:
    """The file with its encoding and separator. Raises FailedError for what is no table."""
    try:
        found = encoding or _encoding(path)
        with path.open(encoding=found, newline="") as file:
            line = file.readline()
            line = line if not line.lower().startswith("sep=") else file.readline()
    except (OSError, LookupError, UnicodeError) as error:
        raise FailedError(f"{path} cannot be read: {error}") from None
    separator = max(SEPARATORS, key=line.count)
    first = next(_rows(path, found, separator), None)
    if first is None or not any(cell.strip() for cell in first[1]):
        raise FailedError(f"{path} has no first line with the names of its columns")
    return Sheet(path, found, separator, tuple(cell.strip() for cell in first[1]))


def rows(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Each row below the header with the line it begins at; empty lines are passed over."""
    found = _rows(sheet.path, sheet.encoding, sheet.separator)
    next(found)
    return (row for row in found if any(row[1]))


def _rows(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    begins = 1
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        while True:
            try:
                cells = next(reader, None)
            except (csv.Error, UnicodeError) as error:
                reason = f"{path}, from line {begins} on, cannot be read: {error}"
                raise FailedError(reason) from None
            if cells is None:
                return
            if begins > 1 or not _names_the_separator(cells):
                yield begins, cells
            begins = reader.line_num + 1


def _names_the_separator(cells: list[str]) -> bool:
    """Whether this is the line `sep=;` that Excel writes above a table."""
    return bool(cells) and len(cells) <= 2 and cells[0].lower().startswith("sep=")


def _encoding(path: Path) -> str:
    """UTF-8 if the whole file is, or what its mark says. Anything else must be said: a guess spoils names."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name
    if _is_utf_8(path):
        return "utf-8"
    number, line = _first_odd_line(path)
    looks = [
        f"--encoding {name}: {shown(line.decode(name, 'replace'))}" for name in _likely(sample)
    ]
    reason = f"{path} is no UTF-8; say what it is. Line {number} would read:"
    raise FailedError("\n".join([reason, *looks]))


def _likely(sample: bytes) -> list[str]:
    """The encodings it may be in, the likeliest first; some can only be told apart by reading."""
    # Imported where it is needed: it is rare, and reads tables of all languages.
    from charset_normalizer import from_bytes

    odd = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    found = [each.encoding for each in from_bytes(odd, cp_isolation=list(USUAL))]
    return list(dict.fromkeys([*found[:3], "cp1252"]))


def _first_odd_line(path: Path) -> tuple[int, bytes]:
    with path.open("rb") as file:
        lines = ((n, line) for n, line in enumerate(file, 1) if not line.isascii())
        number, line = next(lines)
    return number, line.rstrip()


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
