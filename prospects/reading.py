"""Strict JSON: what strangers post is read whole or refused with the reason and the place."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from prospects.texts import replace_unstorable, storable

DEEPEST = 64
"""Objects and lists inside one another; real payloads stay under 10, Python gives up near 1000."""

MOST_DIGITS = 64
"""Digits of one number; a double carries 17, PostgreSQL's numeric more than anyone means."""

# A string (closed or not: the parser will complain, and this must stay linear), or a bracket.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
# A number beyond 64 bits, too long or infinite has 19 digits in a row or an exponent. Two substring
# searches after one translation find that ten times as fast as a pattern does.
_DIGITS_ALIKE = bytes.maketrans(b"0123456789.E", b"00000000000e")
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class UnreadableError(ValueError):
    """These bytes are not the JSON we accept.

    `reason` is a sentence without anything from the body, so it may be logged; `place` is where
    (`line 1, column 5`, or a path such as `leads.0.score`; empty for the whole).
    """

    def __init__(self, reason: str, place: str = "") -> None:
        self.reason = reason
        self.place = place
        super().__init__(f"{place}: {reason}" if place else reason)


class UnstorableError(UnreadableError):
    """A text in it holds what no database does: NUL, or half of a character (a lone surrogate)."""


def read_json(body: bytes, *, replace: bool = True) -> object:
    """The value in `body`: UTF-8 (a byte order mark is let through) and JSON to the letter.

    Raises UnreadableError for anything else, for NaN and Infinity, for numbers beyond a double or
    64 bits or with more than 64 digits, and for nesting deeper than 64. Of a doubled key the last
    one counts, as in the JavaScript, Python and PHP of the senders. NUL and lone surrogates come
    out as U+FFFD (`texts.replace_unstorable`), so no later store, page or mail trips over them;
    without `replace` they are refused with UnstorableError.
    """
    _refuse_depth(body)
    text = _decoded(body)
    refused: list[_Refused] = []
    try:
        value = _decoder(body, refused).decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            "this is not JSON", f"line {error.lineno}, column {error.colno}"
        ) from None
    if refused:
        # A doubled key may have hidden the number; the body is refused all the same.
        raise UnreadableError(refused[0].reason, _place_of(refused[0], value))
    if not _UNSTORABLE_ESCAPE.search(body):
        return value
    if replace:
        return replace_unstorable(value)
    _refuse_unstorable(value)
    return value


class _Refused:
    """Stands in the parsed value where a number cannot be taken, so that its place can be told."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _decoded(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("this is not UTF-8", f"byte {error.start}") from None
    if not text.strip():
        raise UnreadableError("there is nothing here")
    return text


def _refuse_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for token in _TOKENS.finditer(body):
        if token[0] in b"[{":
            depth += 1
        elif token[0] in b"]}":
            depth -= 1
        if depth > DEEPEST:
            raise UnreadableError(f"nested deeper than {DEEPEST}", f"byte {token.start()}")


def _decoder(body: bytes, refused: list[_Refused]) -> json.JSONDecoder:
    def refuse(reason: str) -> _Refused:
        refused.append(_Refused(reason))
        return refused[-1]

    def whole(digits: str) -> object:
        if len(digits) <= 20 and -(2**63) <= (number := int(digits)) < 2**64:
            return number
        return refuse(f"a whole number beyond 64 bits ({len(digits)} characters)")

    def fraction(digits: str) -> object:
        if len(digits) > MOST_DIGITS:
            return refuse(f"a number of {len(digits)} characters, more than {MOST_DIGITS}")
        number = float(digits)
        return number if math.isfinite(number) else refuse("a number beyond every double")

    hooks: dict[str, Any] = {"parse_constant": lambda name: refuse(f"{name} is not JSON")}
    # Python hooks for numbers cost; nearly no body has a number that could need them.
    digits_alike = body.translate(_DIGITS_ALIKE)
    if b"0" * 19 in digits_alike or b"0e" in digits_alike:
        hooks |= {"parse_int": whole, "parse_float": fraction}
    return json.JSONDecoder(**hooks)


def _refuse_unstorable(value: object) -> None:
    for path, found in _walk(value, ""):
        texts = list(found) if isinstance(found, dict) else [found]
        if any(isinstance(each, str) and not storable(each) for each in texts):
            raise UnstorableError("this holds a NUL or half a character", path)


def _place_of(wanted: _Refused, value: object) -> str:
    return next((path for path, found in _walk(value, "") if found is wanted), "")


def _walk(value: object, path: str) -> Iterator[tuple[str, object]]:
    yield path, value
    held: Any = ()
    if isinstance(value, dict):
        held = value.items()
    elif isinstance(value, list):
        held = enumerate(value)
    for key, item in held:
        step = "".join(char if char.isprintable() else "?" for char in str(key)[:60])
        yield from _walk(item, f"{path}.{step}" if path else step)
