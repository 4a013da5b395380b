"""A mail that somebody sent to us, told apart: come back, complained about, answered by itself, answered by a person. Pure."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from prospects.kinds import Kind
from prospects.mail_names import MailName, named
from prospects.texts import replace_unstorable
from webhooks.adapter import Item, Passed, Quarantined
from webhooks.fed_back import Copied, Feedback, bar_of
from webhooks.instants import Told, read_instant
from webhooks.mail_parts import addresses, all_words, header, shown, source_of
from webhooks.replies import answer, by_itself
from webhooks.returned import Report, Sort, reports

SPACE = "inbound"
A_LEADS = "lead-"
"""How the address of a lead begins, which reps put in bcc."""
LONGEST_ID = 900
TO_US = (
    "to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to",
    "original-recipient", "x-failed-recipients",
)  # fmt: skip
"""Where the address stands that a mail was sent to; one of ours names the mail it is about."""
KINDS = {
    Sort.BOUNCED: Kind.BOUNCED,
    Sort.DELAYED: Kind.DEFERRED,
    Sort.DELIVERED: Kind.DELIVERED,
    Sort.COMPLAINED: Kind.COMPLAINED,
}


def understand(
    message: Message, received_at: datetime, recipients: Sequence[str] = ()
) -> list[Item]:
    """What this mail tells of mails of ours. `recipients` are those of its envelope, where they are known.

    What names the mail: an address of ours that only it had, then References and In-Reply-To, then
    the mail that is sent back; without any of these, whoever sent it.
    """
    key, told = _key(message), reports(message)
    complained = any(each.sort is Sort.COMPLAINED for each in told)
    if named([header(message, "message-id")]) and not complained:
        return [Passed(key, "a copy of a mail of ours")]
    if copy := _copied(message, key, recipients, received_at):
        return [copy]
    if any(each.sort is Sort.RECEIPT for each in told):
        return [Passed(key, "it says that a mail was displayed")]
    if told:
        about = named([*recipients, *_named_by(message), *_held(message)])
        return list(_reported(message, told, key, about, received_at))
    address = next(iter(addresses(header(message, "from"))), "")
    if "@" not in address:
        return [Quarantined(key, "it says of nobody that they sent it")]
    return [
        _answered(message, key, address, named([*recipients, *_named_by(message)]), received_at)
    ]


def _copied(
    message: Message, key: str, recipients: Sequence[str], received_at: datetime
) -> Copied | None:
    """A copy for a lead, by the look of one of its addresses."""
    listed = [str(each) for name in TO_US for each in message.get_all(name, [])]
    to = addresses(*recipients, *map(shown, listed))
    if not any(each.lower().startswith(A_LEADS) for each in to):
        return None
    return Copied(
        key=key,
        label=key,
        to=tuple(to),
        sender=header(message, "from"),
        subject=_plain(header(message, "subject"))[:500],
        text=_plain(answer(message), lines=True),
        at=_when(message, received_at).at,
    )


def _reported(
    message: Message,
    told: Sequence[Report],
    key: str,
    about: MailName | None,
    received_at: datetime,
) -> Iterator[Item]:
    when = _when(message, received_at)
    for n, each in enumerate(told):
        kind = KINDS[each.sort]
        body = {
            "service": SPACE,
            "send": str(about.send_id) if about else None,
            "to": each.address,
            "bounce": each.bounce,
            "status": each.status,
            "reason": _plain(each.reason or "")[:500],
            "remark": when.remark,
        }
        yield Feedback(
            space=SPACE,
            key=f"{key}:{n}" if n else key,
            label=key,
            mail=about,
            address=each.address or None,
            kind=kind,
            happened_at=when.at,
            body={name: value for name, value in body.items() if value},
            bar=bar_of(kind, each.bounce),
            proved=False,
        )


def _answered(
    message: Message, key: str, address: str, about: MailName | None, received_at: datetime
) -> Feedback:
    machine = by_itself(message, received_at)
    when = _when(message, received_at)
    body = {
        "service": SPACE,
        "send": str(about.send_id) if about else None,
        "from": address,
        "subject": _plain(header(message, "subject"))[:500],
        "text": _plain(answer(message), lines=True),
        "says": machine.says if machine else None,
        "until": machine.until.isoformat() if machine and machine.until else None,
        "remark": when.remark,
    }
    return Feedback(
        space=SPACE,
        key=key,
        label=key,
        mail=about,
        address=address,
        kind=Kind.AUTO_REPLY if machine else Kind.REPLY,
        happened_at=when.at,
        body={name: value for name, value in body.items() if value},
        proved=False,
    )


def _named_by(message: Message) -> Iterator[str]:
    for name in (*TO_US, "references", "in-reply-to"):
        # The last of the References is the mail that was answered.
        values = [shown(str(each)) for each in message.get_all(name, [])]
        yield from (" ".join(reversed(each.split())) for each in values)


def _held(message: Message) -> Iterator[str]:
    """The mail that is sent back, a line at a time, as it was sent and as it reads: its name is in one of them."""
    yield from source_of(message).splitlines()
    yield from all_words(message).splitlines()


def _key(message: Message) -> str:
    own = header(message, "message-id").strip()
    if own and len(own) <= LONGEST_ID:
        return own
    return hashlib.sha256(source_of(message).encode("utf-8", "replace")).hexdigest()


def _when(message: Message, received_at: datetime) -> Told:
    try:
        at = parsedate_to_datetime(header(message, "date")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return Told(received_at)
    return read_instant(at, received_at)


def _plain(text: str, *, lines: bool = False) -> str:
    storable = str(replace_unstorable(text.encode("utf-8", "replace").decode()))
    return storable.strip() if lines else " ".join(storable.split())
