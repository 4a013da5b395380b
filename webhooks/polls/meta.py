"""Asks Meta: the forms of each page, and the leads of each form since a time. Pure."""

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from webhooks.adapter import Call, Reply, Trouble
from webhooks.documents import objects, part, read_object, text
from webhooks.instants import instant
from webhooks.meta_troubles import trouble
from webhooks.polling import Cursor, Found, Page, Poll, Task
from webhooks.sources import Source

FORMS, LEADS = "forms", "leads"
AT_ONCE = 100


def begin(source: Source) -> Sequence[Task]:
    return [(FORMS, page) for page in source.pages]


def ask(cursor: Cursor, source: Source) -> Call:
    what, *names = cursor.todo[0]
    asked: dict[str, str | int] = {"limit": AT_ONCE}
    if what == FORMS:
        path, asked["fields"] = f"{names[0]}/leadgen_forms", "id"
    else:
        since = int(cursor.since.timestamp())
        later = {"field": "time_created", "operator": "GREATER_THAN", "value": since}
        path, asked["fields"] = f"{names[1]}/leads", "id,created_time"
        asked["filtering"] = json.dumps([later], separators=(",", ":"))
    if cursor.after:
        asked["after"] = cursor.after
    query = urlencode({**asked, "access_token": source.access_token or ""}, safe=",")
    return Call(f"{source.api}/{path}?{query}", {"Accept": "application/json"})


def read(cursor: Cursor, reply: Reply, source: Source) -> Page | Trouble:
    if wrong := trouble(reply):
        # A form or page that is gone has no leads; the others have.
        return Page(passed_over=wrong.reason) if wrong.final else wrong
    document = read_object(reply.body)
    paging = part(document, "paging")
    after = text(part(paging, "cursors").get("after")) if text(paging.get("next")) else ""
    listed = [each for each in objects(document.get("data")) if text(each.get("id"))]
    what, page, *_ = cursor.todo[0]
    if what == FORMS:
        tasks = tuple((LEADS, page, text(each["id"])) for each in listed)
        return Page(tasks=tasks, after=after or None)
    form = cursor.todo[0][2]
    found = tuple(_found(page, form, text(each["id"]), each.get("created_time")) for each in listed)
    return Page(found, after=after or None)


def _found(page: str, form: str, lead: str, created: object) -> Found:
    value = {"leadgen_id": lead, "page_id": page, "form_id": form}
    changes = [{"field": "leadgen", "value": value}]
    return Found(instant(created), {"object": "page", "entry": [{"id": page, "changes": changes}]})


POLL = Poll(begin=begin, ask=ask, read=read)
