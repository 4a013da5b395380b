"""`postmark`: what became of mails that Postmark carried. It signs nothing: the address or a password must do. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prospects.bounces import Bounce, judge
from prospects.kinds import Kind
from prospects.reading import UnreadableError, read_json
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
from webhooks.fed_back import Word, feedback, machine_of, text_at, texts_in
from webhooks.instants import read_instant
from webhooks.mail_proofs import knows_us
from webhooks.proofs import unsigned
from webhooks.sources import Source

Record = Mapping[str, Any]
NOBODYS = "00000000-0000-0000-0000-000000000000"
"""The mail that Postmark's own test is about."""
_AT = ("DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")
_HARD = frozenset({"HardBounce", "BadEmailAddress", "ManuallyDeactivated"})
_ADDRESS_GONE = "AddressChange"


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Whoever knows `token`, `secrets` or `auth` of this source is Postmark."""
    return unsigned(request, source, _record, proved=knows_us(request, source))


def parse(posted: Posted, source: Source) -> list[Item]:
    """One event."""
    record = _record(posted.body)
    label = text_at(record, "MessageID") or ""
    if label == NOBODYS:
        return [Test(label)]
    found = _fate(record)
    if isinstance(found, str):
        return [Passed(label, found)]
    if found is None:
        return [Quarantined(label, "a record that is not known here")]
    return [feedback(_word(record, *found, posted.received_at), "postmark")]


def _record(body: bytes) -> Record:
    record = read_json(body)
    if not isinstance(record, Mapping):
        raise UnreadableError("this is no record of Postmark's about a mail")
    return record


def _fate(record: Record) -> tuple[Kind, Bounce | None] | str | None:
    """The kind of activity, why it is none, or None for a record nobody foresaw."""
    match record.get("RecordType"):
        case "Delivery":
            return Kind.DELIVERED, None
        case "Open":
            return Kind.OPEN, None
        case "Click":
            return Kind.CLICK, None
        case "SpamComplaint":
            return Kind.COMPLAINED, None
        case "Bounce":
            return _bounced(record)
        case "SubscriptionChange":
            return _changed(record)
        case _:
            return None


def _bounced(record: Record) -> tuple[Kind, Bounce | None] | str:
    match record.get("Type"):
        case "SpamComplaint":
            return Kind.COMPLAINED, None
        case "Unsubscribe":
            return Kind.UNSUBSCRIBED, None
        case "Subscribe":
            return "somebody subscribed with Postmark, which is no consent of ours"
        case "AutoResponder" | "AddressChange" | "ChallengeVerification":
            return Kind.AUTO_REPLY, None
        case str() as told if told in _HARD:
            return Kind.BOUNCED, Bounce.HARD
        case "SoftBounce" | "Transient" | "DnsError" | "Blocked" | "SpamNotification":
            return Kind.BOUNCED, Bounce.SOFT
        case _:
            return Kind.BOUNCED, judge(text_at(record, "Details") or "", otherwise=Bounce.SOFT)


def _changed(record: Record) -> tuple[Kind, Bounce | None] | str:
    if record.get("SuppressSending") is not True:
        return "mail is let through again at Postmark, which is no consent of ours"
    match record.get("SuppressionReason"):
        case "HardBounce":
            return Kind.BOUNCED, Bounce.HARD
        case "SpamComplaint":
            return Kind.COMPLAINED, None
        case _:
            return Kind.UNSUBSCRIBED, None


def _word(record: Record, kind: Kind, bounce: Bounce | None, received_at: datetime) -> Word:
    at = next((record[name] for name in _AT if text_at(record, name)), None)
    address = text_at(record, "Recipient") or text_at(record, "Email")
    reason = text_at(record, "Details") or text_at(record, "Description")
    return Word(
        kind=kind,
        key=_key(record, address, at),
        told=read_instant(at, received_at),
        address=address,
        names=texts_in(record.get("Metadata")),
        service_id=text_at(record, "MessageID"),
        subject=text_at(record, "Subject"),
        bounce=bounce,
        reason=reason if kind in (Kind.BOUNCED, Kind.COMPLAINED) else None,
        url=text_at(record, "OriginalLink"),
        machine=machine_of(record.get("UserAgent")),
        says=_says(record) if kind is Kind.AUTO_REPLY else None,
    )


def _says(record: Record) -> str:
    return "left" if record.get("Type") == _ADDRESS_GONE else "received"


def _key(record: Record, address: str | None, at: object) -> str:
    """A bounce has an id of its own; anything else is known by the mail, the mailbox and the time."""
    own = text_at(record, "ID")
    if own and record.get("RecordType") in ("Bounce", "SpamComplaint"):
        return f"bounce:{own}"
    told = ("OriginalLink", "SuppressionReason")
    parts = (record.get("RecordType"), record.get("MessageID"), address, at, *map(record.get, told))
    return ":".join(str(each) for each in parts if each)


ADAPTER = Adapter(verify=verify, parse=parse)
