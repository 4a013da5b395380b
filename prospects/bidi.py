"""Keeps names that run from right to left from turning round the sentences they stand in. Pure.

Unicode's own isolates do it, in pages and in plain mails alike; a sentence of Latin names has none.
"""

from unicodedata import bidirectional

FIRST, LAST = "\u2068", "\u2069"
"""FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE: what is between them is read for itself."""
TURNING = frozenset({"R", "AL", "AN"})
_STRAY = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Controls by which a text turns what stands around it; nobody's name needs them."""


def isolated(text: str) -> str:
    """`text` as it stands within a sentence of ours: turning nothing but itself."""
    plain = text.translate(_STRAY)
    turns = any(bidirectional(character) in TURNING for character in plain)
    return f"{FIRST}{plain}{LAST}" if turns else plain


def direction(text: str | None) -> str:
    """Where a line runs: a sentence of ours, told by the name isolated in it, `ltr`; what people typed, `auto`."""
    return "ltr" if text and FIRST in text else "auto"
