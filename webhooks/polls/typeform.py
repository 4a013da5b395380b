"""Asks Typeform: the definition of each form, and its responses since a time. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import quote, urlencode

from webhooks.adapter import Call, Reply, Trouble
from webhooks.documents import objects, part, read_object, text
from webhooks.instants import instant
from webhooks.polling import Cursor, Found, Page, Poll, Task
from webhooks.rest_troubles import trouble
from webhooks.sources import Source

FORM, RESPONSES = "form", "responses"
AT_ONCE = 100


def begin(source: Source) -> Sequence[Task]:
    return [(FORM, form) for form in source.pages]


def ask(cursor: Cursor, source: Source) -> Call:
    what, form, *_ = cursor.todo[0]
    url = f"{source.api}/forms/{quote(form, safe='')}"
    if what == RESPONSES:
        since = cursor.after or cursor.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = {"since": since, "page_size": AT_ONCE, "sort": "submitted_at,asc"}
        url = f"{url}/responses?{urlencode({**asked, 'response_type': 'completed'}, safe=',:')}"
    headers = {"Authorization": f"Bearer {source.access_token}", "Accept": "application/json"}
    return Call(url, headers)


def read(cursor: Cursor, reply: Reply, source: Source) -> Page | Trouble:
    if wrong := trouble(reply):
        return Page(passed_over=wrong.reason) if wrong.final else wrong
    what, form, *rest = cursor.todo[0]
    document = read_object(reply.body)
    if what == FORM:
        return Page(tasks=((RESPONSES, form, json.dumps(_definition(form, document))),))
    definition = json.loads(rest[0])
    listed = list(objects(document.get("items")))
    found = tuple(_found(form, definition, each) for each in listed if text(each.get("token")))
    last = text(listed[-1].get("submitted_at")) if listed else ""
    # A page that brings nothing later would come again for ever.
    more = len(listed) >= AT_ONCE and last and last != cursor.after
    return Page(found, after=last if more else None)


def _definition(form: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """What a webhook says of the form: its title and its questions."""
    return {"id": form, "title": text(document.get("title")), "fields": list(_fields(document))}


def _fields(document: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for each in objects(document.get("fields")):
        yield {name: text(each.get(name)) for name in ("id", "ref", "type", "title")}
        yield from _fields(part(each, "properties"))  # questions in groups


def _found(form: str, definition: Mapping[str, Any], response: Mapping[str, Any]) -> Found:
    kept = {name: value for name, value in response.items() if name != "metadata"}
    whole = {**kept, "form_id": form, "definition": definition}
    document = {"event_type": "form_response", "form_response": whole}
    return Found(instant(response.get("submitted_at")), document)


POLL = Poll(begin=begin, ask=ask, read=read)
