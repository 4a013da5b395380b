"""What sort of column stands in a labelled table: numbers, words, times, or nothing to learn from. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from app.labelled.times import Unit, times
from scoring.cells import Decimal, decimal_of, says_nothing

FEW_ROWS = 20
"""Rows a word must stand in before anything is learned from it."""
MANY_DIFFERENT = 0.5
"""From this share of different words on, a column names its rows and describes none."""
LONG_TEXT = 60
"""Characters of an average cell from which on it is prose."""
_ID = frozenset(
    {
        *("id", "ids", "nr", "no", "num", "number", "nummer", "key", "uuid", "guid", "hash", "record"),
        *("rowid", "index", "idx", "lfd", "pk", "ref", "reference"),
    }
)  # fmt: skip


class Sort(StrEnum):
    """What a column holds; `nothing` is what cannot be learned from, with the reason beside it."""

    NUMBER = "number"
    WORD = "word"
    TIME = "time"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Sorted:
    """A column's sort; for numbers how fractions are written, for `nothing` why."""

    sort: Sort
    decimal: Decimal = Decimal.POINT
    why: str = ""


def tokens(heading: str) -> tuple[str, ...]:
    """The words of a heading: `LeadSource`, `lead_source` and `Lead Source` are the same two."""
    apart = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", " ", heading)
    return tuple(re.findall(r"[^\W_]+", apart.casefold()))


def sort_of(heading: str, texts: Sequence[str], usual: Decimal | None = None) -> Sorted:
    """What sort of column this is; `usual` is how the rest of the table writes fractions."""
    counted = Counter(texts)
    said = {text: n for text, n in counted.items() if not says_nothing(text)}
    if not said:
        return Sorted(Sort.NOTHING, why="it holds nothing in any row")
    if len(said) == 1 and sum(said.values()) == len(texts):
        return Sorted(Sort.NOTHING, why="it says the same in every row")
    if _is_time(heading, said):
        return Sorted(Sort.TIME)
    found = decimal_of(said, usual)
    if found is None:
        return _words(said, len(texts))
    if _names_rows(heading, said, texts):
        return Sorted(Sort.NOTHING, why="it numbers the rows, one by one")
    return Sorted(Sort.NUMBER, found)


def _is_time(heading: str, said: dict[str, int]) -> bool:
    few = list(said)[:200]
    found = times(few)
    if found is None or found.unit is not Unit.SECONDS:
        return False
    if found.how in ("Unix times", "days like 20260303"):
        # Plain numbers may be anything; only the heading can say that they are times.
        return bool(
            {"at", "date", "time", "timestamp", "datum", "zeit", "ts"} & set(tokens(heading))
        )
    return times(list(said)) is not None


def _words(said: dict[str, int], rows: int) -> Sorted:
    cells = sum(said.values())
    length = sum(len(text) * n for text, n in said.items()) / cells
    if len(said) > max(MANY_DIFFERENT * cells, 1) and len(said) > 10:
        what = "prose" if length > LONG_TEXT else "nearly every row its own"
        return Sorted(Sort.NOTHING, why=f"{len(said):,} different texts in {cells:,} rows: {what}")
    enough = FEW_ROWS if rows >= 10 * FEW_ROWS else max(2, rows // 20)
    if max(said.values()) < enough:
        why = f"none of its {len(said):,} different words stands in {enough} rows"
        return Sorted(Sort.NOTHING, why=why)
    return Sorted(Sort.WORD)


def _names_rows(heading: str, said: dict[str, int], texts: Sequence[str]) -> bool:
    """Whether these whole numbers are an id: different in nearly every row, and called so or in order."""
    if len(said) < 0.95 * len(texts) or not all(text.strip().isdigit() for text in said):
        return False
    if _ID & set(tokens(heading)):
        return True
    found = [int(text) for text in texts if text.strip().isdigit()]
    pairs = list(pairwise(found))
    return len(pairs) > 1 and (all(a < b for a, b in pairs) or all(a > b for a, b in pairs))
