"""`resend_inbound`: mails that came to a host whose mail Resend takes; it names them only, and is asked for each. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import Message
from typing import Any

from prospects.reading import UnreadableError, read_json
from webhooks.adapter import (
    Adapter,
    Call,
    Dead,
    Item,
    Passed,
    Posted,
    Quarantined,
    Reply,
    Thin,
    Trouble,
)
from webhooks.fed_back import Feedback, text_at, texts_in
from webhooks.inbound import SPACE, understand
from webhooks.kinds.resend import verify
from webhooks.mail_made import made_whole, read_mail
from webhooks.rest_troubles import NO_TOKEN, trouble
from webhooks.sources import Source

RECEIVED = "email.received"
_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
GONE_BY = "the link to the whole mail is no longer good"


def parse(posted: Posted, source: Source) -> list[Item]:
    """The name of one mail; what became of mails that were sent is for the kind `resend`."""
    document = read_json(posted.body)
    if not isinstance(document, Mapping):
        raise UnreadableError("this is no event of Resend's")
    ref = text_at(document, "data", "email_id") or ""
    if document.get("type") != RECEIVED:
        return [Passed(ref, "this source takes mails that came in, and nothing else")]
    if not _ID.fullmatch(ref):
        return [Quarantined("", "it names no mail")]
    return [Thin(SPACE, ref, text_at(document, "data", "message_id") or ref)]


def next_call(ref: str, source: Source, replies: Sequence[Reply]) -> Call | Trouble | None:
    """One call brings headers and texts; reports stand in parts of the mail, so those are fetched whole."""
    if not source.access_token:
        return NO_TOKEN
    if not replies:
        # Else pictures would stand in the page itself, by the megabyte.
        url = f"{source.api}/emails/receiving/{ref}?html_format=cid"
        return Call(url, {"Authorization": f"Bearer {source.access_token}"})
    if found := trouble(replies[0]):
        return found
    if len(replies) > 1:
        return None if replies[1].status == 200 else Trouble(GONE_BY, final=False)
    whole = _whole(replies[0].body)
    return Call(whole, {}) if whole else None


def read_fetched(ref: str, bodies: Sequence[bytes], source: Source, now: datetime) -> Item:
    """What the mail says; a report may tell of several."""
    try:
        mail = _object(bodies[0])
        whole = read_mail(bodies[1]) if len(bodies) > 1 else _from_parts(mail)
        first, *others = understand(whole, now, texts_in(mail.get("to")))
        also = tuple(each for each in others if isinstance(each, Feedback))
        return replace(first, also=also) if also and isinstance(first, Feedback) else first
    except UnreadableError as error:
        return Dead(ref, str(error))


def _from_parts(mail: Mapping[str, Any]) -> Message:
    headers = list(_headers(mail.get("headers")))
    given = {name.lower() for name, _ in headers}
    usual = (
        ("From", "from"),
        ("Subject", "subject"),
        ("Message-ID", "message_id"),
        ("Date", "created_at"),
    )
    own = [(name, found) for name, key in usual if (found := text_at(mail, key))]
    return made_whole(
        [*headers, *(each for each in own if each[0].lower() not in given)],
        text=text_at(mail, "text"),
        html=text_at(mail, "html"),
    )


def _headers(listed: object) -> Iterator[tuple[str, str]]:
    """Names with their values; what a mail has several times is a list."""
    for name, value in listed.items() if isinstance(listed, Mapping) else ():
        yield from ((str(name), each) for each in texts_in(value))


def _whole(body: bytes) -> str | None:
    """Where the mail lies as it came, if it holds a report."""
    try:
        mail = _object(body)
    except UnreadableError:
        return None
    files = mail.get("attachments")
    sorts = [text_at(each, "content_type") for each in (files if isinstance(files, list) else [])]
    sorts += [
        value for name, value in _headers(mail.get("headers")) if name.lower() == "content-type"
    ]
    told = any(each and each.lower().startswith(_REPORTS) for each in sorts)
    url = text_at(mail, "raw", "download_url")
    return url if told and url and url.startswith("https://") else None


_REPORTS = ("multipart/report", "message/", "text/rfc822-headers")


def _object(body: bytes) -> Mapping[str, Any]:
    mail = read_json(body)
    if not isinstance(mail, Mapping):
        raise UnreadableError("this is no mail as Resend writes one")
    return mail


ADAPTER = Adapter(verify=verify, parse=parse, next_call=next_call, read_fetched=read_fetched)
