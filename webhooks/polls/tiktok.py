"""Asks TikTok: the leads of each advertiser, or of one page of theirs. Pure."""

from collections.abc import Sequence

from webhooks.adapter import Call, Reply, Trouble
from webhooks.documents import part, read_object, text
from webhooks.instants import instant
from webhooks.kinds.tiktok_lead import call
from webhooks.polling import Cursor, Found, Page, Poll, Task
from webhooks.sources import Source
from webhooks.tiktok_answers import entries_in, trouble

INSTANT_FORM = "INSTANT_FORM"


def begin(source: Source) -> Sequence[Task]:
    return [tuple(each.partition("/")[::2]) for each in source.pages]


def ask(cursor: Cursor, source: Source) -> Call:
    advertiser, page = cursor.todo[0]
    asked = {"advertiser_id": advertiser, "lead_source": INSTANT_FORM, "page_id": page}
    return call({**asked, "page": cursor.after or ""}, source)


def read(cursor: Cursor, reply: Reply, source: Source) -> Page | Trouble:
    if wrong := trouble(reply):
        return wrong
    advertiser, _ = cursor.todo[0]
    found = tuple(
        Found(
            instant(each.get("create_time")),
            {"object": 1, "entry": [{**each, "advertiser_id": advertiser}]},
        )
        for each in entries_in(reply.body)
        if each["id"]
    )
    paging = part(part(read_object(reply.body), "data"), "page_info")
    page, pages = (text(paging.get(name)) for name in ("page", "total_page"))
    more = page.isdigit() and pages.isdigit() and int(page) < int(pages)
    return Page(found, after=str(int(page) + 1) if more else None)


POLL = Poll(begin=begin, ask=ask, read=read)
