"""A labelled table as it stands in its file: one list of texts for each column, and the line of each row."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.endings import FailedError
from app.importing.sheet import OddEncodingError, Sheet, open_sheet, rows

BROKEN = 0.01
"""The share of rows with too many cells that are left out; more of them, and the separator is wrong."""
A_STEP = 5_000
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Texts:
    """What a file says. `columns` are texts in the file's order of rows, `lines` where each row begins.

    `remarks` say what was guessed or left out while reading.
    """

    name: str
    columns: dict[str, list[str]]
    lines: list[int]
    separator: str
    remarks: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.lines)


def read_texts(
    path: Path,
    encoding: str | None,
    told: Told = lambda _: None,
    *,
    named: Collection[str] = (),
) -> Texts:
    """The whole file, `named` being headings it should have. Raises FailedError, naming the line and what would mend it."""
    sheet, remarks = _opened(path, encoding, named)
    width = len(sheet.header)
    columns: list[list[str]] = [[] for _ in range(width)]
    lines: list[int] = []
    broken: list[tuple[int, int]] = []
    waiting: list[list[str]] = []
    for line, cells in rows(sheet):
        if len(cells) > width and any(cells[width:]):
            broken.append((line, len(cells)))
            continue
        waiting.append(cells if len(cells) == width else _as_wide(cells, width))
        lines.append(line)
        if len(waiting) == A_STEP:
            _turn(waiting, columns)
            told(len(lines))
    _turn(waiting, columns)
    if not lines and not broken:
        raise FailedError(f"{path} has headings and no row below them")
    if broken:
        remarks.append(_some_broken(sheet, broken, len(lines)))
    named = dict(zip(_once(sheet.header), columns, strict=True))
    return Texts(str(path), named, lines, sheet.separator, tuple(remarks))


def _as_wide(cells: list[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _turn(waiting: list[list[str]], columns: list[list[str]]) -> None:
    """Put rows that wait under their columns; many at once, which is several times as fast."""
    for column, cells in zip(columns, zip(*waiting, strict=True), strict=False):
        column.extend(cells)
    waiting.clear()


def _opened(path: Path, encoding: str | None, named: Collection[str]) -> tuple[Sheet, list[str]]:
    """The sheet; an encoding that can only be guessed is guessed, for a misread letter changes no level.

    It does change a heading, so the likeliest is taken of those in which most of the `named` stand there.
    """
    try:
        return open_sheet(path, encoding), []
    except OddEncodingError as error:
        tried = [_tried(path, each) for each, _ in error.looks]
    opened = [sheet for sheet in tried if sheet is not None]
    if not opened:
        raise FailedError(f"{path} is no text: save it as CSV, in UTF-8")
    sheet = max(opened, key=lambda each: len({*each.header} & {*named}))
    mend = f"{path} is no UTF-8 and was read as {sheet.encoding}; --encoding says otherwise"
    return sheet, [mend]


def _tried(path: Path, encoding: str) -> Sheet | None:
    try:
        return open_sheet(path, encoding)
    except FailedError:
        return None


def _some_broken(sheet: Sheet, broken: Sequence[tuple[int, int]], kept: int) -> str:
    line, cells = broken[0]
    where = f"line {line}: {cells} cells stand under {len(sheet.header)} headings"
    if len(broken) > BROKEN * (kept + len(broken)):
        raise FailedError(
            f"{sheet.path}, {where}, and so in {len(broken):,} rows; put texts that hold"
            f" {sheet.separator!r} in quotes, or take the separator out of them"
        )
    return f"{len(broken)} rows with too many cells were left out ({where})"


def _once(header: Sequence[str]) -> list[str]:
    """Each heading once: a column without one is named by its place, a second of a name by its count."""
    found: list[str] = []
    for place, heading in enumerate(header, 1):
        name = heading or f"column {place}"
        twice = sum(each == name or each.startswith(f"{name} (") for each in found)
        found.append(f"{name} ({twice + 1})" if name in found else name)
    return found
