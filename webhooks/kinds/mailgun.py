"""`mailgun`: what became of mails that Mailgun carried. It signs a token and a time, not the event. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import getaddresses
from typing import Any

from prospects.bounces import Bounce, judge
from prospects.kinds import Kind
from prospects.reading import UnreadableError
from webhooks import signatures
from webhooks.adapter import (
    Adapter,
    Incoming,
    Item,
    Passed,
    Posted,
    Quarantined,
    Refused,
    Test,
    Verified,
)
from webhooks.fed_back import MARK, Word, feedback, machine_of, text_at, texts_in
from webhooks.instants import read_instant
from webhooks.mail_proofs import turned_away
from webhooks.mailgun_of_old import read_document
from webhooks.proofs import UNPROVED
from webhooks.sources import Source

Event = Mapping[str, Any]
LONGEST_WAY = timedelta(hours=12)
"""Mailgun tries again for about eight hours, with the signature of the first time."""
CLOCKS_DIFFER = timedelta(minutes=5)
KINDS: Mapping[str, Kind] = {
    "delivered": Kind.DELIVERED,
    "opened": Kind.OPEN,
    "clicked": Kind.CLICK,
    "unsubscribed": Kind.UNSUBSCRIBED,
    "complained": Kind.COMPLAINED,
    "failed": Kind.BOUNCED,
    "rejected": Kind.BOUNCED,
}
NO_NEWS = frozenset({"accepted", "stored"})


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Whether the token and the time are Mailgun's, and fresh.

    The event itself is not signed, so a token proves one body and no other: see `Verified.once`.
    """
    if refused := turned_away(request, source):
        return refused
    try:
        signature = read_document(request.body).get("signature")
    except UnreadableError as error:
        return Refused(400, str(error))
    if not isinstance(signature, Mapping):
        return UNPROVED
    return proved(signature, source, now)


def proved(signature: Mapping[str, Any], source: Source, now: datetime) -> Verified | Refused:
    """The judgement on `timestamp`, `token` and `signature`, wherever Mailgun put them."""
    stamp, token = text_at(signature, "timestamp") or "", text_at(signature, "token") or ""
    given = text_at(signature, "signature") or ""
    message = (stamp + token).encode("utf-8", "replace")
    if not token or not signatures.signed_hex(given, message, source.secrets):
        return UNPROVED
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return UNPROVED
    age = now.timestamp() - int(stamp)
    if not -CLOCKS_DIFFER.total_seconds() <= age <= LONGEST_WAY.total_seconds():
        return Refused(401, "the signature is too old")
    return Verified(f"token:{token}", once=True)


def parse(posted: Posted, source: Source) -> list[Item]:
    """One event."""
    document = read_document(posted.body)
    event = document.get("event-data")
    if not isinstance(event, Mapping):
        raise UnreadableError("this is no event of Mailgun's")
    label = text_at(event, "id") or text_at(document, "signature", "token") or ""
    flags = event.get("flags")
    if isinstance(flags, Mapping) and flags.get("is-test-mode") is True:
        return [Test(label)]
    told = text_at(event, "event")
    if told in NO_NEWS:
        return [Passed(label, f"{told} is no news of a mail")]
    if told is None or told not in KINDS:
        return [Quarantined(label, "an event that is not known here")]
    return [feedback(_word(event, label, posted.received_at), "mailgun")]


def _word(event: Event, key: str, received_at: datetime) -> Word:
    kind, bounce = _fate(event)
    code = text_at(event, "delivery-status", "enhanced-code")
    return Word(
        kind=kind,
        key=key,
        told=read_instant(event.get("timestamp"), received_at),
        address=text_at(event, "recipient") or _first(text_at(event, "message", "headers", "to")),
        names=[
            text_at(event, "user-variables", MARK),
            *texts_in(event.get("user-variables")),
            text_at(event, "message", "headers", "message-id"),
        ],
        service_id=_bracketed(text_at(event, "message", "headers", "message-id")),
        subject=text_at(event, "message", "headers", "subject"),
        bounce=bounce,
        status=code or text_at(event, "delivery-status", "code"),
        reason=_reason(event) if kind in (Kind.BOUNCED, Kind.DEFERRED) else None,
        url=text_at(event, "url"),
        machine=_machine(event),
    )


def _fate(event: Event) -> tuple[Kind, Bounce | None]:
    if event["event"] == "rejected":
        return Kind.BOUNCED, Bounce.SOFT
    if event["event"] != "failed":
        return KINDS[event["event"]], None
    match event.get("reason"):
        case "suppress-unsubscribe":
            return Kind.UNSUBSCRIBED, None
        case "suppress-complaint":
            return Kind.COMPLAINED, None
        case "suppress-bounce" | "hardfail":
            return Kind.BOUNCED, Bounce.HARD
        case "old" | "espblock" | "greylisted" | "blacklisted":
            final = event.get("severity") == "permanent"
            return (Kind.BOUNCED, Bounce.SOFT) if final else (Kind.DEFERRED, None)
        case _ if event.get("severity") == "permanent":
            return Kind.BOUNCED, judge(_reason(event), otherwise=Bounce.HARD)
        case _:
            return Kind.DEFERRED, None


def _reason(event: Event) -> str:
    said = [text_at(event, "delivery-status", name) for name in ("code", "message", "description")]
    ours = [text_at(event, "reject", "reason"), text_at(event, "reject", "description")]
    return " ".join(each for each in (*said, *ours) if each)


def _first(to: str | None) -> str | None:
    """The first address of a To header."""
    found = getaddresses([to or ""])
    return found[0][1] or None if found else None


def _bracketed(message_id: str | None) -> str | None:
    """A Message-ID as its header has it; Mailgun's newer events leave the brackets away."""
    return f"<{message_id.strip('<>')}>" if message_id else None


def _machine(event: Event) -> str | None:
    """What Mailgun saw to be a machine: `apple`, `gmail`, `generic`; an empty text for people."""
    return text_at(event, "client-info", "bot") or machine_of(
        text_at(event, "client-info", "user-agent")
    )


ADAPTER = Adapter(verify=verify, parse=parse)
