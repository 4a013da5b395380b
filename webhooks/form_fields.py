"""The fields of a form as browsers post them: urlencoded, multipart, or a flat JSON object. Pure."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.sansio.multipart import Data, Epilogue, Field, MultipartDecoder, NeedData

from prospects.reading import UnreadableError, read_json
from prospects.texts import replace_unstorable

MOST_FIELDS = 200
LONGEST_VALUE = 5000
LONGEST_NAME = 200
_FIRST_PART = re.compile(rb"(?:\r?\n)*--([^\r\n]{1,200})\r?\n(?i:content-)")


def read_fields(body: bytes) -> list[tuple[str, str]]:
    """Names and values in the order they came; files are passed over.

    The body alone tells which encoding it is, because that is what is kept. Raises UnreadableError
    for what holds no filled-in field, for too many, and for a value that is too long.
    """
    fields = [
        (str(replace_unstorable(name)), str(replace_unstorable(value)))
        for name, value in _fields(body)
    ]
    if not any(value.strip() for _, value in fields):
        raise UnreadableError("there is no filled-in field")
    if len(fields) > MOST_FIELDS:
        raise UnreadableError(f"more than {MOST_FIELDS} fields")
    if any(len(name) > LONGEST_NAME for name, _ in fields):
        raise UnreadableError(f"a field's name is longer than {LONGEST_NAME} characters")
    for name, value in fields:
        if len(value) > LONGEST_VALUE:
            place = "".join(each if each.isprintable() else "?" for each in name[:60])
            raise UnreadableError(f"more than {LONGEST_VALUE} characters", place)
    return fields


def _fields(body: bytes) -> Iterator[tuple[str, str]]:
    start = body.lstrip()[:1]
    if boundary := _boundary(body):
        yield from _multipart(body, boundary)
    elif start in (b"{", b"["):
        yield from _flat(read_json(body))
    else:
        yield from _urlencoded(body)


def _boundary(body: bytes) -> bytes | None:
    """What parts a multipart body: the line before its first header, whatever the request said."""
    found = _FIRST_PART.match(body)
    return found[1] if found else None


def _multipart(body: bytes, boundary: bytes) -> Iterator[tuple[str, str]]:
    decoder = MultipartDecoder(boundary, max_parts=MOST_FIELDS + 1)
    decoder.receive_data(body)
    decoder.receive_data(None)
    try:
        yield from _parts(decoder)
    except (ValueError, LookupError, HTTPException):
        raise UnreadableError("this is no multipart form, or one with too many parts") from None


def _parts(decoder: MultipartDecoder) -> Iterator[tuple[str, str]]:
    name: str | None = None
    parts: list[bytes] = []
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
        if not isinstance(event, Data):
            name, parts = (event.name if isinstance(event, Field) else None), []
            continue
        parts.append(event.data)
        if name is not None and not event.more_data:
            yield name, _text(b"".join(parts))


def _flat(document: object) -> Iterator[tuple[str, str]]:
    if not isinstance(document, Mapping):
        raise UnreadableError("this is no form")
    listed = ((name, each if isinstance(each, list) else [each]) for name, each in document.items())
    for name, value in ((name, value) for name, values in listed for value in values):
        if isinstance(value, bool):
            yield str(name), "on" if value else "off"
        elif isinstance(value, str | int | float):
            yield str(name), str(value)


def _urlencoded(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        text = body.decode("utf-8")
        yield from parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except UnicodeDecodeError:
        # A page in another alphabet; nearly always this one.
        yield from parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="cp1252")
    except ValueError:
        raise UnreadableError(f"more than {MOST_FIELDS} fields") from None


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")
