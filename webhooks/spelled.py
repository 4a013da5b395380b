"""How bytes may spell an address or a word, and which rows hold it."""

import json
from collections.abc import Collection
from contextlib import suppress
from itertools import product
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import ColumnElement, Text, cast, false, func, or_
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from prospects.store import on_sqlite

Bytes = InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None]


def ways(words: str) -> set[str]:
    """As they are, an address's domain in each script, as in a link, a form and JSON; ASCII in lower case.

    No database folds the case of other letters, so these stand in each case.
    """
    local, at, domain = words.rpartition("@")
    cases = {
        f"{mine}{at}{theirs}"
        for host in _in_each_script(domain)
        for mine, theirs in product(_in_each_case(local), _in_each_case(host))
    }
    written = {
        form
        for each in cases
        for form in (each, quote(each, safe=""), quote_plus(each), json.dumps(each)[1:-1])
    }
    return {_plain(each) for each in written}


def _in_each_script(domain: str) -> set[str]:
    """A domain as it is, as its letters are written, and as servers write them (`xn--mller-kva.example`)."""
    found = {domain}
    with suppress(UnicodeError):
        found.add(domain.encode("ascii").decode("idna"))
    with suppress(UnicodeError):
        found.add(domain.lower().encode("idna").decode("ascii"))
    return found


def _in_each_case(text: str) -> set[str]:
    return {_plain(each) for each in (text, text.lower(), text.upper(), text.capitalize())}


def _plain(text: str) -> str:
    """With ASCII in lower case, as it is looked for."""
    return "".join(each.lower() if each.isascii() else each for each in text)


def holding(session: Session, column: Bytes, spelled: Collection[str]) -> ColumnElement[bool]:
    """Whether these bytes hold one of these, which are spelled in all `ways` already."""
    text = as_text(session, column)
    forms = spelled if on_sqlite(session) else [_escaped(each) for each in spelled]
    return or_(false(), *(text.contains(each, autoescape=True) for each in sorted(forms)))


def as_text(session: Session, column: Bytes) -> ColumnElement[Any]:
    """The bytes as text with ASCII in lower case; on PostgreSQL with all else escaped."""
    plain = cast(column, Text) if on_sqlite(session) else func.encode(column, "escape")
    return func.lower(plain)


def _escaped(text: str) -> str:
    """As PostgreSQL shows bytes in its format `escape`."""
    shown = text.encode("utf-8", "replace").replace(b"\\", b"\\\\")
    return "".join(chr(each) if 0 < each < 128 else f"\\{each:03o}" for each in shown)
