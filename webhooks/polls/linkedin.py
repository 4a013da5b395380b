"""Asks LinkedIn: the responses of each owner within a time, by the finder of Lead Sync. Pure."""

from collections.abc import Sequence
from urllib.parse import quote

from webhooks.adapter import Call, Reply, Trouble
from webhooks.documents import objects, read_object, text
from webhooks.instants import instant
from webhooks.kinds.linkedin_lead_gen import OURS, call
from webhooks.polling import Cursor, Found, Page, Poll, Task
from webhooks.rest_troubles import trouble
from webhooks.sources import Source

ACCOUNT, ORGANIZATION = "sponsoredAccount", "organization"
TYPES = {ACCOUNT: ("SPONSORED",), ORGANIZATION: ("COMPANY", "EVENT", "ORGANIZATION_PRODUCT")}
"""The types of leads an owner can have."""
AT_ONCE = 100
FORBIDDEN = 403


def begin(source: Source) -> Sequence[Task]:
    return [(owner, urn, kind) for owner, urn in map(_owner, source.pages) for kind in TYPES[owner]]


def _owner(page: str) -> tuple[str, str]:
    """A bare id is an ad account's: most leads come by ads."""
    owner = ORGANIZATION if f":{ORGANIZATION}:" in page else ACCOUNT
    return owner, page if page.startswith("urn:") else f"urn:li:{ACCOUNT}:{page}"


def ask(cursor: Cursor, source: Source) -> Call:
    owner, urn, kind = cursor.todo[0]
    since, until = (int(each.timestamp() * 1000) for each in (cursor.since, cursor.until))
    # By hand, because Rest.li wants its parentheses and colons as they are.
    query = "&".join(
        (
            "q=owner",
            f"owner=({owner}:{quote(urn, safe='')})",
            f"leadType=(leadType:{kind})",
            "limitedToTestLeads=false",
            f"submittedAtTimeRange=(start:{since},end:{until})",
            f"count={AT_ONCE}",
            f"start={cursor.after or 0}",
            "fields=id,submittedAt,owner,testLead",
        )
    )
    return call(f"leadFormResponses?{query}", source)


def read(cursor: Cursor, reply: Reply, source: Source) -> Page | Trouble:
    if wrong := trouble(reply, OURS):
        # Of one owner we may read the leads, of another perhaps not.
        one_owners = wrong.final or reply.status == FORBIDDEN
        return Page(passed_over=wrong.reason) if one_owners else wrong
    owner, urn, kind = cursor.todo[0]
    listed = list(objects(read_object(reply.body).get("elements")))
    found = tuple(
        Found(instant(each.get("submittedAt")), _notification(text(each["id"]), owner, urn, kind))
        for each in listed
        if text(each.get("id")) and each.get("testLead") is not True
    )
    start = int(cursor.after or 0) + len(listed)
    return Page(found, after=str(start) if len(listed) >= AT_ONCE else None)


def _notification(ref: str, owner: str, urn: str, kind: str) -> dict[str, object]:
    return {
        "type": "LEAD_ACTION",
        "leadGenFormResponse": f"urn:li:leadGenFormResponse:{ref.rpartition(':')[2]}",
        "owner": {owner: urn},
        "leadType": kind,
        "leadAction": "CREATED",
    }


POLL = Poll(begin=begin, ask=ask, read=read)
