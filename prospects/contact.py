"""Takes out of a text how its person could be reached, for whoever may not know that yet. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

HIDDEN = "(after accepting)"
SHORTEST_PHONE = 6
TELLING_DIGITS = 7
"""So many last digits of a number are the same however its beginning is written."""

# Anything that looks like an address, in a link as well; nobody's address is of use here.
_ADDRESS = re.compile(r"[\w.+\-%!#$*^`{|}~]+?(?:@|%40)[\w\-]+(?:\.[\w\-]+)+", re.IGNORECASE)
_BETWEEN = r"[\s().\-/]{0,3}"
_INTERNATIONAL = re.compile(rf"\+\d(?:{_BETWEEN}\d){{7,14}}")


def without_contact(document: Any, phone: str | None = None) -> Any:
    """The document (texts in lists and mappings) without addresses and phone numbers.

    `phone` is the person's own, which is recognised in every spelling; others only by their `+`.
    """
    return _hide(document, _spellings(phone))


Veil = Callable[[Any], Any]
"""Hides how one person is reached, or nothing."""


def veil_of(phone: str | None, *, lifted: bool) -> Veil:
    """`without_contact` for this person; `lifted` for whoever may know how to reach them."""
    return (lambda told: told) if lifted else (lambda told: without_contact(told, phone))


def _hide(document: Any, own: re.Pattern[str] | None) -> Any:
    if isinstance(document, str):
        return _hidden(document, own)
    if isinstance(document, Mapping):
        return {key: _hide(value, own) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [_hide(each, own) for each in document]
    return document


def _hidden(text: str, own: re.Pattern[str] | None) -> str:
    # Most texts are words of ours: two searches for a character are cheaper than three patterns.
    if "@" in text or "%40" in text:
        text = _ADDRESS.sub(HIDDEN, text)
    if own is not None and own.search(text):
        text = own.sub(HIDDEN, text)
    return _INTERNATIONAL.sub(HIDDEN, text) if "+" in text else text


def _spellings(phone: str | None) -> re.Pattern[str] | None:
    digits = [char for char in phone or "" if char.isascii() and char.isdigit()]
    if len(digits) < SHORTEST_PHONE:
        return None
    tail = digits[-TELLING_DIGITS:]
    return re.compile(rf"(?<!\d)\+?(?:\d{_BETWEEN}){{0,8}}?\(?{_BETWEEN.join(tail)}(?!\d)")
