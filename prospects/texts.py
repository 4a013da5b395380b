"""Text is cleaned once, at the border: what no database stores goes, everything else stays."""

import re
import unicodedata
from collections.abc import Mapping

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands where a character could not be kept in a value that must not silently become another."""

# PostgreSQL stores no NUL, and a lone surrogate cannot be written as UTF-8 at all.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` in Unicode's composed form (NFC) without NUL and lone surrogates.

    Nothing else changes: no trimming, no case, no invisible or "naughty" character is touched. It may
    come out longer than it was: of some scripts (Hindi, Hebrew) the composed form has more characters.
    An address or a key must be judged as it was typed, so give those to `prospects.identities`
    first: without its NUL, a broken address would become somebody else's good one.
    """
    kept = text if storable(text) else _UNSTORABLE.sub("", text)
    return unicodedata.normalize("NFC", kept)


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
