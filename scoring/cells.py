"""What a cell of somebody else's table says: nothing, a number, or a word. Pure."""

import re
from collections.abc import Collection, Sequence
from enum import StrEnum

NOTHING = frozenset(
    {
        *("", "-", "--", "---", "?", "??", ".", "...", "#n/a", "#na", "#null!", "n/a", "na", "n.a.", "n.a"),
        *("null", "nil", "none", "nan", "nat", "undefined", "unknown", "unk", "missing", "empty", "tbd"),
        *("select", "select...", "please select", "- select -", "--select--", "not set", "(not set)"),
        *("not specified", "not provided", "not available", "not known", "no answer", "blank", "(blank)"),
        *("unbekannt", "k.a.", "k. a.", "keine angabe", "keine angaben", "bitte wählen", "ohne angabe"),
        *("nicht angegeben", "nicht bekannt", "leer", "inconnu", "non renseigné", "desconocido"),
        *("sconosciuto", "onbekend", "<na>", "<null>", "\\n", "(none)", "[null]"),
    }
)  # fmt: skip
"""What spreadsheets, CRMs and forms write where nobody answered; compared without case and blanks."""
MOSTLY = 0.98
"""The share of a column's cells that must be numbers, else it is a column of words."""
_PAPER = re.compile(
    r"[\s\u00a0\u202f']|^[€$£¥]|[€$£¥%]$|^(?:EUR|USD|GBP|CHF)\b|\b(?:EUR|USD|GBP|CHF)$"
)
_POINT = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][-+]?\d+)?|[-+]?\.\d+")
_COMMA = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d*)?")
_CODE = re.compile(r"0\d+")
_EITHER = re.compile(r"[-+]?\d{1,3}(?:[.,]\d{3})?")
"""What reads in both ways: `1.234` is a thousand to some and one and a bit to others."""


class Decimal(StrEnum):
    """How a table writes fractions: 1,234.5 or 1.234,5."""

    POINT = "point"
    COMMA = "comma"


def says_nothing(text: str) -> bool:
    """Whether a cell is empty, or holds what stands for nothing."""
    return text.strip().casefold() in NOTHING


def decimal_of(texts: Collection[str], usual: Decimal | None = None) -> Decimal | None:
    """How these different texts are to be read as numbers; None where they are words or codes.

    Codes with leading zeros are words. Where both ways of writing are possible `usual` decides,
    which is how the rest of the table writes, else the point.
    """
    plain = {text: _PAPER.sub("", text.strip()) for text in texts}
    if not plain or any(_CODE.fullmatch(each) for each in plain.values()):
        return None
    odd = {
        decimal: sum(not form.fullmatch(bare) for bare in plain.values())
        for decimal, form in ((Decimal.POINT, _POINT), (Decimal.COMMA, _COMMA))
    }
    best = min(odd, key=lambda way: (odd[way], way is not (usual or Decimal.POINT)))
    return best if odd[best] <= (1 - MOSTLY) * len(plain) else None


def writes(texts: Collection[str]) -> Decimal | None:
    """How this column writes fractions, if it tells: `1,5` does, `1.234` and `12` do not."""
    found = decimal_of(texts)
    telling = [
        bare for text in texts if not _EITHER.fullmatch(bare := _PAPER.sub("", text.strip()))
    ]
    return found if any("," in each or "." in each for each in telling) else None


def number(text: str, decimal: Decimal) -> float | None:
    """The number in a cell; None where there is none."""
    try:
        if decimal is Decimal.POINT and "," not in text:
            return float(text)
    except ValueError:
        pass
    bare = _PAPER.sub("", text.strip())
    form = _POINT if decimal is Decimal.POINT else _COMMA
    if not form.fullmatch(bare):
        return None
    if decimal is Decimal.POINT:
        return float(bare.replace(",", ""))
    return float(bare.replace(".", "").replace(",", "."))


def numbers(texts: Sequence[str], decimal: Decimal) -> list[float | None]:
    """The numbers of a column; what says nothing, or is no number, is None."""
    known: dict[str, float | None] = {}
    for text in set(texts):
        known[text] = None if says_nothing(text) else number(text, decimal)
    return [known[text] for text in texts]
