"""Deliveries without end, of every kind: the samples, with other people and other ids in them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.support.senders import FORM, PARTS, SENDERS, Sent, sent
from tests.webhooks.support import payload
from webhooks.sources import OF_MAILS, SourceKind

ACTS_EACH = 5
"""Deliveries about one person, who comes by as many sources."""
COLLEAGUES = 5
"""People of one company."""
_MAILS = [kind for kind in SENDERS if kind in OF_MAILS]
_LEADS = [kind for kind in SENDERS if kind not in OF_MAILS]
KINDS = tuple(kind for n, mail in enumerate(_MAILS) for kind in (*_LEADS[n :: len(_MAILS)], mail))
"""Every kind, so that somebody is known, as a rule, before a mail to them is spoken of."""
IDS: Mapping[SourceKind, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        SourceKind.META_LEAD_ADS: "leadgen_id",
        SourceKind.LINKEDIN_LEAD_GEN: "leadGenFormResponse",
        SourceKind.GOOGLE_LEAD_FORM: "lead_id gcl_id",
        SourceKind.TIKTOK_LEAD: "id",
        SourceKind.SNAPCHAT_LEAD: "lead_id",
        SourceKind.TYPEFORM: "token event_id",
        SourceKind.CALENDLY: "uri new_invitee old_invitee",
        SourceKind.HUBSPOT: "eventId objectId",
        SourceKind.WEBFLOW: "id",
        SourceKind.GRAVITY_FORMS: "id",
        SourceKind.GENERIC_JSON: "external_id",
        SourceKind.SEGMENT: "messageId",
        SourceKind.CLOUDEVENTS: "id",
        SourceKind.SES: "MessageId",
        SourceKind.SENDGRID: "sg_event_id",
        SourceKind.POSTMARK: "MessageID ID",
        SourceKind.MAILGUN: "id",
        SourceKind.RESEND: "email_id",
        SourceKind.POSTMARK_INBOUND: "MessageID",
        SourceKind.RESEND_INBOUND: "email_id",
    }.items()
}
"""What is another one in each delivery: what recognises the event, under the names of its platform."""
THEIRS = frozenset({"anonymousId", "userId", "previousId", "subject"})
"""What is another one for each person."""
_EMAIL = re.compile(r"[a-z.]+@[a-z0-9.-]+\.example")
_PHONE = re.compile(r"\+\d{8,15}")
_UUID_END = re.compile(r"[0-9a-f]{12}(?=-\d$)")


def dispatches(
    count: int, now: datetime, kinds: Sequence[SourceKind] = KINDS, *, first: int = 0
) -> Iterator[Sent]:
    """That many deliveries from a number on, no two alike, of each of these kinds by turns."""
    for n in range(first, first + count):
        kind = kinds[n % len(kinds)]
        samples = SENDERS[kind].samples
        sample = samples[n // len(kinds) % len(samples)]
        yield sent(kind, another(kind, sample, n), now)


def another(kind: SourceKind, sample: str, n: int) -> bytes:
    """The body of a sample as somebody else's, who has number `n` // ACTS_EACH."""
    body = payload(sample)
    if SENDERS[kind].usual == PARTS:
        return _changed(body.decode(), n).encode()
    if SENDERS[kind].usual == FORM:
        fields = [(name, _changed(value, n)) for name, value in parse_qsl(body.decode(), True)]
        return urlencode([*fields, ("n", n)]).encode()
    return json.dumps(_other(json.loads(body), IDS[kind], n)).encode()


def _other(value: Any, ids: frozenset[str], n: int) -> Any:
    match value:
        case dict():
            return {name: _under(name, each, ids, n) for name, each in value.items()}
        case list():
            return [_other(each, ids, n) for each in value]
        case str():
            return _changed(value, n)
        case _:
            return value


def _under(name: str, value: Any, ids: frozenset[str], n: int) -> Any:
    if name == "Message" and isinstance(value, str) and value.startswith("{"):
        return json.dumps(_other(json.loads(value), ids, n))
    if name in ids and isinstance(value, str | int):
        return _id(value, n)
    if name in THEIRS and isinstance(value, str):
        return f"{value}-{n // ACTS_EACH}"
    return _other(value, ids, n)


def _changed(text: str, n: int) -> str:
    """A text with the address and the number of somebody else, and a mail's name of its own."""
    who = n // ACTS_EACH
    text = text.replace("0-sample-number-0", f"0-{n}-0")
    text = _EMAIL.sub(f"p{who}@company-{who // COLLEAGUES}.example", text)
    return _PHONE.sub(f"+49309{1_000_000 + who}", text)


def _id(value: str | int, n: int) -> str | int:
    if isinstance(value, int):
        return value + n * 100
    if value.isdigit():
        return str(int(value) + n * 100)
    if _UUID_END.search(value):
        return _UUID_END.sub(f"{n:012x}", value)
    return f"{value}-{n}"
