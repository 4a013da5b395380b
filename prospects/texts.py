"""Text is cleaned once, at the border: what no database stores goes, everything else stays."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from prospects.faults import Fault, FaultyError

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands where a character could not be kept in a value that must not silently become another."""

# PostgreSQL stores no NUL, and a lone surrogate cannot be written as UTF-8 at all.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that every store, page and mail can hold, and how many characters that cost."""

    text: str
    removed: int = 0


class TooLongError(FaultyError):
    """The text is longer than the field holds; nothing is cut off in silence."""


def clean(text: str, limit: int, *, field: str = "text") -> Cleaned:
    """`text` in Unicode's composed form (NFC) without NUL and lone surrogates.

    Nothing else changes: no trimming, no case, no invisible or "naughty" character is touched.
    `limit` counts characters after cleaning; raises TooLongError, naming `field`, beyond it.
    An address or a key must be judged as it was typed, so give those to `prospects.identities`
    first: without its NUL, a broken address would become somebody else's good one.
    """
    kept = text
    if not storable(text):
        kept = _UNSTORABLE.sub("", text)
    removed = len(text) - len(kept)
    if not kept.isascii():
        kept = unicodedata.normalize("NFC", kept)
    if len(kept) > limit:
        reason = f"{len(kept)} characters are more than {field} holds"
        raise TooLongError(Fault(field, reason, f"at most {limit} characters"))
    return Cleaned(kept, removed)


def storable(text: str) -> bool:
    """Whether every database can hold this text: no NUL, no lone surrogate."""
    if text.isascii():
        return "\0" not in text
    return _UNSTORABLE.search(text) is None


def replace_unstorable(value: object) -> object:
    """The same JSON value with U+FFFD for each NUL and lone surrogate, in keys as well.

    A replaced character keeps a value different from its clean twin: an e-mail address with a NUL
    is refused as an address and never taken for the address without it.
    """
    match value:
        case str():
            return value if storable(value) else _UNSTORABLE.sub(UNREADABLE, value)
        case Mapping():
            return {
                replace_unstorable(key): replace_unstorable(held) for key, held in value.items()
            }
        case list():
            return [replace_unstorable(item) for item in value]
        case _:
            return value
