"""`sendgrid_inbound`: mails that came to a host whose mail SendGrid takes (Inbound Parse). It signs nothing. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email import message_from_string
from email.message import Message

from prospects.reading import UnreadableError, read_json
from webhooks.adapter import Adapter, Incoming, Item, Posted, Refused, Verified
from webhooks.inbound import understand
from webhooks.mail_forms import Part, check_form, read_parts
from webhooks.mail_made import Enclosed, made_whole, read_mail
from webhooks.mail_proofs import knows_us
from webhooks.proofs import unsigned
from webhooks.sources import Source


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Whoever knows `token`, `secrets` or `auth` of this source is SendGrid."""
    return unsigned(request, source, check_form, proved=knows_us(request, source))


def parse(posted: Posted, source: Source) -> list[Item]:
    """One mail, raw or taken apart."""
    parts = read_parts(posted.body)
    fields = {part.name: part.content for part in parts if part.content_type is None}
    raw = fields.get("email")
    mail = read_mail(raw) if raw else _from_parts(fields, parts)
    return understand(mail, posted.received_at, _envelope(fields))


def _from_parts(fields: Mapping[str, bytes], parts: Sequence[Part]) -> Message:
    charsets = _object(fields.get("charsets", b"{}"))
    texts = {name: _text(value, charsets.get(name)) for name, value in fields.items()}
    head = message_from_string(texts.get("headers", ""))
    files = [Enclosed(part.content_type, part.content) for part in parts if part.content_type]
    return made_whole(
        [(name, str(value)) for name, value in head.items()],
        text=texts.get("text"),
        html=texts.get("html"),
        enclosed=files,
    )


def _envelope(fields: Mapping[str, bytes]) -> list[str]:
    to = _object(fields.get("envelope", b"{}")).get("to")
    return [each for each in to if isinstance(each, str)] if isinstance(to, list) else []


def _object(text: bytes) -> Mapping[str, object]:
    try:
        found = read_json(text)
    except UnreadableError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _text(value: bytes, charset: object) -> str:
    try:
        return value.decode(str(charset or "utf-8"))
    except (LookupError, UnicodeDecodeError):
        return value.decode("cp1252", "replace")


ADAPTER = Adapter(verify=verify, parse=parse)
