"""The fields and files of a form as mail services post a mail that came in; bytes, because each has its own alphabet. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from prospects.reading import UnreadableError

MOST_PARTS = 300
_FIRST_PART = re.compile(rb"(?:\r?\n)*--([^\r\n]{1,200})\r?\n(?i:content-)")


@dataclass(frozen=True, slots=True)
class Part:
    """One field, or one file with its type."""

    name: str
    content: bytes
    content_type: str | None = None


def read_parts(body: bytes) -> list[Part]:
    """The parts in the order they came. Raises UnreadableError for what is no form."""
    found = _FIRST_PART.match(body)
    parts = list(_multipart(body, found[1])) if found else list(_urlencoded(body))
    if not parts:
        raise UnreadableError("this is no form")
    return parts


def check_form(body: bytes) -> None:
    """Raises UnreadableError for what is no form, at a glance: what it holds is read later."""
    found = _FIRST_PART.match(body)
    if found is None:
        read_parts(body)
    elif body.count(b"--" + found[1]) > MOST_PARTS:
        raise UnreadableError("this is a form with too many parts")


def _multipart(body: bytes, boundary: bytes) -> Iterator[Part]:
    decoder = MultipartDecoder(boundary, max_parts=MOST_PARTS)
    decoder.receive_data(body)
    decoder.receive_data(None)
    try:
        yield from _events(decoder)
    except (ValueError, LookupError, HTTPException):
        raise UnreadableError("this is no multipart form, or one with too many parts") from None


def _events(decoder: MultipartDecoder) -> Iterator[Part]:
    head: Field | File | None = None
    chunks: list[bytes] = []
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
        if isinstance(event, Field | File):
            head, chunks = event, []
        if head is None or not isinstance(event, Data):
            continue
        chunks.append(event.data)
        if not event.more_data:
            yield Part(head.name, b"".join(chunks), _type(head))


def _type(head: Field | File) -> str | None:
    return head.headers.get("content-type", "") if isinstance(head, File) else None


def _urlencoded(body: bytes) -> Iterator[Part]:
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, encoding="latin-1", max_num_fields=MOST_PARTS, strict_parsing=True)
    except ValueError:
        raise UnreadableError("this is no form") from None
    yield from (Part(name, value.encode("latin-1")) for name, value in pairs)
