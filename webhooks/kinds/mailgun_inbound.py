"""`mailgun_inbound`: mails that one of Mailgun's routes forwards or stores, with the token that Mailgun signs. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import Message

from prospects.reading import UnreadableError, read_json
from webhooks.adapter import Adapter, Incoming, Item, Posted, Refused, Verified
from webhooks.inbound import understand
from webhooks.kinds.mailgun import proved
from webhooks.mail_forms import Part, read_parts
from webhooks.mail_made import Enclosed, made_whole, read_mail
from webhooks.mail_proofs import turned_away
from webhooks.sources import Source


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Whether the token and the time beside the mail are Mailgun's, fresh, and used for no other mail."""
    if refused := turned_away(request, source):
        return refused
    try:
        fields = _fields(read_parts(request.body))
    except UnreadableError as error:
        return Refused(400, str(error))
    return proved(fields, source, now)


def parse(posted: Posted, source: Source) -> list[Item]:
    """One mail, raw (`body-mime`) or taken apart."""
    parts = read_parts(posted.body)
    raw = next((part.content for part in parts if part.name == "body-mime"), None)
    fields = _fields(parts)
    mail = read_mail(raw) if raw else _from_parts(fields, parts)
    recipients = [fields[name] for name in ("recipient", "To") if name in fields]
    return understand(mail, posted.received_at, recipients)


def _fields(parts: Sequence[Part]) -> dict[str, str]:
    return {
        part.name: part.content.decode("utf-8", "replace")
        for part in parts
        if part.content_type is None
    }


def _from_parts(fields: Mapping[str, str], parts: Sequence[Part]) -> Message:
    try:
        listed = read_json(fields.get("message-headers", "[]").encode())
    except UnreadableError:
        listed = []
    headers = [
        (str(each[0]), str(each[1]))
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, list) and len(each) == 2
    ]
    files = [Enclosed(part.content_type, part.content) for part in parts if part.content_type]
    return made_whole(
        headers or [(name, fields[name]) for name in ("From", "To", "Subject") if name in fields],
        text=fields.get("body-plain"),
        html=fields.get("body-html"),
        enclosed=files,
    )


ADAPTER = Adapter(verify=verify, parse=parse)
