"""`postmark_inbound`: mails that came to an inbound stream of Postmark's. It signs nothing. Pure."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.message import Message
from typing import Any

from prospects.reading import UnreadableError, read_json
from webhooks.adapter import Adapter, Incoming, Item, Posted, Refused, Verified
from webhooks.fed_back import text_at
from webhooks.inbound import understand
from webhooks.mail_made import Enclosed, made_whole, read_mail
from webhooks.mail_proofs import knows_us
from webhooks.proofs import unsigned
from webhooks.sources import Source

Mail = Mapping[str, Any]


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Whoever knows `token`, `secrets` or `auth` of this source is Postmark."""
    return unsigned(request, source, _mail, proved=knows_us(request, source))


def parse(posted: Posted, source: Source) -> list[Item]:
    """One mail, raw (`RawEmail`) or taken apart."""
    mail = _mail(posted.body)
    raw = text_at(mail, "RawEmail")
    whole = read_mail(raw.encode("utf-8", "surrogateescape")) if raw else _from_parts(mail)
    recipients = [
        each for each in (text_at(mail, "OriginalRecipient"), text_at(mail, "To")) if each
    ]
    return understand(whole, posted.received_at, recipients)


def _mail(body: bytes) -> Mail:
    mail = read_json(body)
    if not isinstance(mail, Mapping):
        raise UnreadableError("this is no mail as Postmark writes one")
    return mail


def _from_parts(mail: Mail) -> Message:
    listed = mail.get("Headers")
    headers = [
        (str(each.get("Name")), str(each.get("Value")))
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, Mapping)
    ]
    given = {name.lower() for name, _ in headers}
    usual = [(name, text_at(mail, name)) for name in ("From", "To", "Cc", "Subject", "Date")]
    usual += [("From", text_at(mail, "FromFull", "Email"))]
    first = {name: value for name, value in reversed(usual) if value and name.lower() not in given}
    return made_whole(
        [*first.items(), *headers],
        text=text_at(mail, "TextBody"),
        html=text_at(mail, "HtmlBody"),
        enclosed=list(_files(mail)),
    )


def _files(mail: Mail) -> Iterator[Enclosed]:
    listed = mail.get("Attachments")
    for each in listed if isinstance(listed, list) else []:
        content = text_at(each, "Content") or ""
        try:
            yield Enclosed(text_at(each, "ContentType") or "", base64.b64decode(content))
        except ValueError:
            continue


ADAPTER = Adapter(verify=verify, parse=parse)
