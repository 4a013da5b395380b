"""`resend`: what became of mails that Resend carried, signed as Svix signs. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from prospects.bounces import Bounce, judge
from prospects.kinds import Kind
from prospects.reading import UnreadableError, read_json
from webhooks import signatures
from webhooks.adapter import Adapter, Incoming, Item, Passed, Posted, Quarantined, Refused, Verified
from webhooks.fed_back import MARK, Word, feedback, machine_of, text_at, texts_in
from webhooks.instants import Told, read_instant
from webhooks.mail_proofs import turned_away
from webhooks.proofs import UNPROVED
from webhooks.sources import Source

ID = "svix-id"
KINDS: Mapping[str, Kind] = {
    "email.delivered": Kind.DELIVERED,
    "email.delivery_delayed": Kind.DEFERRED,
    "email.opened": Kind.OPEN,
    "email.clicked": Kind.CLICK,
    "email.bounced": Kind.BOUNCED,
    "email.failed": Kind.BOUNCED,
    "email.suppressed": Kind.BOUNCED,
    "email.complained": Kind.COMPLAINED,
}
NO_NEWS = frozenset({"email.sent", "email.scheduled", "contact.created", "contact.deleted"})


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """`svix-id`, `svix-timestamp` and `svix-signature` are Standard Webhooks under other names."""
    if refused := turned_away(request, source):
        return refused
    headers = {
        f"webhook-{name}": request.headers.get(f"svix-{name}", "")
        for name in ("id", "timestamp", "signature")
    }
    if not signatures.standard_webhooks(headers, request.body, source.secrets, now):
        return UNPROVED
    return Verified(f"id:{headers['webhook-id']}")


def parse(posted: Posted, source: Source) -> list[Item]:
    """One event; a mail to several people is one item each."""
    document = read_json(posted.body)
    if not isinstance(document, Mapping):
        raise UnreadableError("this is no event of Resend's")
    event, key = str(document.get("type")), posted.headers.get(ID, "")
    if event in NO_NEWS:
        return [Passed(key, f"{event} is no news of a mail")]
    if not isinstance(document.get("data"), Mapping):
        raise UnreadableError("this event of Resend's has no data")
    if event == "contact.updated":
        return [_contact(document, key, posted.received_at)]
    if event not in KINDS:
        return [Quarantined(key, "an event that is not known here")]
    return list(_of_mail(event, document, key, posted.received_at))


def _contact(document: Mapping[str, Any], key: str, received_at: datetime) -> Item:
    if document["data"].get("unsubscribed") is not True:
        return Passed(
            key, "a contact that did not unsubscribe: a way back in is no consent of ours"
        )
    told = read_instant(text_at(document, "data", "updated_at"), received_at)
    address = text_at(document, "data", "email")
    word = Word(kind=Kind.UNSUBSCRIBED, key=key, told=told, address=address)
    return feedback(word, "resend")


def _of_mail(
    event: str, document: Mapping[str, Any], key: str, received_at: datetime
) -> Iterator[Item]:
    mail = document["data"]
    told = _when(event, document, received_at)
    for n, to in enumerate(texts_in(mail.get("to")) or [None]):
        kind, bounce = _fate(event, mail)
        agent = text_at(mail, "open", "userAgent") or text_at(mail, "click", "userAgent")
        word = Word(
            kind=kind,
            key=f"{key}:{n}" if n else key,
            told=told,
            address=parseaddr(to)[1] if to else None,
            names=[
                text_at(mail, "tags", MARK),
                *texts_in(mail.get("tags")),
                mail.get("message_id"),
            ],
            service_id=text_at(mail, "email_id"),
            message_id=text_at(mail, "message_id"),
            subject=text_at(mail, "subject"),
            bounce=bounce,
            reason=_reason(mail) if kind is Kind.BOUNCED else None,
            url=text_at(mail, "click", "link"),
            machine=machine_of(agent),
        )
        yield feedback(word, "resend")


def _when(event: str, document: Mapping[str, Any], received_at: datetime) -> Told:
    part = "click" if event == "email.clicked" else "open"
    at = text_at(document, "data", part, "timestamp") or text_at(document, "created_at")
    return read_instant(at, received_at)


def _fate(event: str, mail: Mapping[str, Any]) -> tuple[Kind, Bounce | None]:
    match event:
        case "email.suppressed":
            complained = text_at(mail, "suppressed", "reason") == "previous_complaint"
            return (Kind.COMPLAINED, None) if complained else (Kind.BOUNCED, Bounce.HARD)
        case "email.failed":
            return Kind.BOUNCED, Bounce.SOFT
        case "email.bounced":
            told = text_at(mail, "bounce", "type")
            if told in {"Transient", "Undetermined"}:
                return Kind.BOUNCED, Bounce.SOFT
            # Of the other side's words only: Resend's own are the same for all, and warn of much.
            return Kind.BOUNCED, judge(" ".join(_diagnosed(mail)), otherwise=Bounce.HARD)
        case _:
            return KINDS[event], None


def _reason(mail: Mapping[str, Any]) -> str:
    """What the other side said, before what Resend says of it."""
    part = _what(mail)
    ours = (text_at(part, "message"), text_at(part, "reason"))
    return " ".join([*_diagnosed(mail), *(each for each in ours if each)])


def _diagnosed(mail: Mapping[str, Any]) -> list[str]:
    return texts_in(_what(mail).get("diagnosticCode"))


def _what(mail: Mapping[str, Any]) -> Mapping[str, Any]:
    parts = (mail.get(part) for part in ("bounce", "suppressed", "failed"))
    return next((each for each in parts if isinstance(each, Mapping)), {})


ADAPTER = Adapter(verify=verify, parse=parse, keeps=(ID,))
