"""Asks Calendly: the meetings that are still to come, and who was invited to those that changed. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import quote, urlencode

from webhooks.adapter import Call, Reply, Trouble
from webhooks.documents import objects, part, read_object, text
from webhooks.instants import instant
from webhooks.kinds.calendly import CANCELED, CREATED
from webhooks.polling import Cursor, Found, Page, Poll, Task
from webhooks.rest_troubles import trouble
from webhooks.sources import Source

MEETINGS, INVITED = "meetings", "invited"
AT_ONCE = 100
KEPT = ("uri", "name", "start_time", "end_time", "event_memberships")


def begin(source: Source) -> Sequence[Task]:
    return [(MEETINGS, each) for each in source.pages]


def ask(cursor: Cursor, source: Source) -> Call:
    what, name, *_ = cursor.todo[0]
    asked: dict[str, str | int] = {"count": AT_ONCE}
    if what == MEETINGS:
        whose = "organization" if "/organizations/" in name else "user"
        # Nobody books the past: what was booked since then begins later still.
        since = cursor.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked |= {whose: name, "min_start_time": since, "sort": "start_time:asc"}
        path = "scheduled_events"
    else:
        path = f"scheduled_events/{quote(name.rpartition('/')[2], safe='')}/invitees"
    if cursor.after:
        asked["page_token"] = cursor.after
    headers = {"Authorization": f"Bearer {source.access_token}", "Accept": "application/json"}
    return Call(f"{source.api}/{path}?{urlencode(asked, safe=':')}", headers)


def read(cursor: Cursor, reply: Reply, source: Source) -> Page | Trouble:
    what, _, *rest = cursor.todo[0]
    if wrong := trouble(reply):
        return Page(passed_over=wrong.reason) if wrong.final else wrong
    document = read_object(reply.body)
    after = text(part(document, "pagination").get("next_page_token")) or None
    listed = list(objects(document.get("collection")))
    if what == INVITED:
        meeting = json.loads(rest[0])
        found = (each for invitee in listed for each in _found(invitee, meeting))
        return Page(tuple(found), after=after)
    changed = [each for each in listed if _since(each, cursor) and text(each.get("uri"))]
    return Page(tasks=tuple((INVITED, text(e["uri"]), _written(e)) for e in changed), after=after)


def _since(meeting: Mapping[str, Any], cursor: Cursor) -> bool:
    changed = instant(meeting.get("updated_at"))
    return changed is None or changed >= cursor.since


def _written(meeting: Mapping[str, Any]) -> str:
    return json.dumps({name: meeting[name] for name in KEPT if name in meeting})


def _found(invitee: Mapping[str, Any], meeting: Mapping[str, Any]) -> Iterator[Found]:
    """A booking, and if it was called off that as well."""
    payload = {**invitee, "scheduled_event": meeting}
    made = invitee.get("created_at")
    yield Found(instant(made), {"event": CREATED, "created_at": made, "payload": payload})
    if invitee.get("status") == "canceled":
        off = invitee.get("updated_at")
        yield Found(instant(off), {"event": CANCELED, "created_at": off, "payload": payload})


POLL = Poll(begin=begin, ask=ask, read=read)
