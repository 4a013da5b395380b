"""A mail that came back to us, or a complaint about one: who it was to, and what was said. Pure.

RFC 3464 (delivery status) and RFC 5965 (abuse reports) are read as written; servers that write neither
are read by `flufl.bounce`, and where it sees nothing, by where such mails usually name the address.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from itertools import islice

from prospects.bounces import Bounce, judge
from webhooks.mail_parts import ADDRESS, all_words, header, outer, own_words, returned_to, source_of
from webhooks.odd_bounces import MOST, around, is_returned, odd_bounces

_COMPLAINT = re.compile(r"(?i)^\s*complaint about message from")
"""What Hotmail's abuse reports are called, which follow no standard."""
_HOTMAILS = "x-hmxmroriginalrecipient"
"""Who complained, in Hotmail's older reports, which are the mail itself."""
_NOTIFIED = re.compile(r'"(?:notificationType|eventType)": ?"(Bounce|Complaint|Delivery)"')
_HELD = re.compile(r'"(?:emailAddress|destination|recipients)": ?\[?"([^"]{3,320})"')


class Sort(StrEnum):
    """What kind of report it is."""

    BOUNCED = "bounced"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    COMPLAINED = "complained"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one report says of one recipient; `address` is empty where it keeps that to itself."""

    sort: Sort
    address: str = ""
    bounce: Bounce | None = None
    status: str | None = None
    reason: str | None = None


def reports(message: Message) -> list[Report]:
    """Everything this mail reports; nothing for a mail that is none."""
    kinds = {part.get_content_type() for part in outer(message)}
    if "message/feedback-report" in kinds:
        return list(_complaints(message))
    if told := _NOTIFIED.search(own_words(message)):
        return list(_notified(told))
    if reader := header(message, _HOTMAILS):
        return [Report(sort=Sort.COMPLAINED, address=each) for each in ADDRESS.findall(reader)[:1]]
    if _COMPLAINT.search(str(message.get("subject", ""))):
        return [
            Report(sort=Sort.COMPLAINED, address=each)
            for each in ADDRESS.findall(returned_to(message))[:1]
        ]
    if "message/disposition-notification" in kinds:
        return [Report(sort=Sort.RECEIPT)]
    if standard := list(_standard(message)):
        return standard
    if not is_returned(message):
        return []
    return list(_told_oddly(message))


def _told_oddly(message: Message) -> Iterator[Report]:
    """What servers tell in their own words; who goes on trying has not given up."""
    for address, bounce, words in odd_bounces(message):
        if _GOES_ON.search(words):
            yield Report(sort=Sort.DELAYED, address=address, reason=words)
        else:
            yield Report(sort=Sort.BOUNCED, address=address, bounce=bounce, reason=words or None)


_GOES_ON = re.compile(
    r"(?i)attempts will continue|will (?:be retried|keep (?:on )?trying|continue (?:to try|trying))|"
    r"(?:delivery|message).{0,60} (?:has been|is) delayed|no action is required on your part|not? need to resend"
)


def _notified(told: re.Match[str]) -> Iterator[Report]:
    """What Amazon's notification service sends by mail."""
    sort = _TOLD[told[1]]
    hard = Bounce.HARD if '"Permanent"' in told.string else Bounce.SOFT
    for each in dict.fromkeys(_HELD.findall(told.string)[:1] or [""]):
        yield Report(sort=sort, address=each, bounce=hard if sort is Sort.BOUNCED else None)


def _complaints(message: Message) -> Iterator[Report]:
    """One for each reader it names; several may stand in one report, and some keep theirs to themselves."""
    for fields in _fields(message, "message/feedback-report"):
        sort = _first(fields, "feedback-type").lower() or "abuse"
        if sort == "not-spam":
            continue
        told = [each for name in _READERS for each in fields.get(name, [])]
        found = [one for each in told for one in ADDRESS.findall(each)]
        for address in dict.fromkeys(found or ADDRESS.findall(returned_to(message))[:1] or [""]):
            yield Report(sort=Sort.COMPLAINED, address=address, reason=sort)
        return


_READERS = ("original-rcpt-to", "original-recipient", "removal-recipient", "redacted-address")


def _standard(message: Message) -> Iterator[Report]:
    """Each recipient of a delivery status; what it says nothing of is judged by the words beside it."""
    words, back = own_words(message), returned_to(message)
    for fields in islice(_fields(message, "message/delivery-status"), MOST):
        to = _first(fields, "original-recipient") or _first(fields, "final-recipient")
        final = _first(fields, "final-recipient") or to
        if not final:
            continue
        action = (_first(fields, "action") or "failed").lower().split()[0]
        sort = _SORTS.get(action, Sort.BOUNCED)
        status = _first(fields, "status").split("(")[0].strip()
        said = _first(fields, "diagnostic-code")
        addresses = next(filter(None, map(ADDRESS.findall, (final, to, said, back))), [])
        yield Report(
            sort=sort,
            address=addresses[0] if addresses else "",
            bounce=_judged(status, said, _about(words, addresses), words)
            if sort is Sort.BOUNCED
            else None,
            status=status or None,
            reason=said or None,
        )


_TOLD = {"Bounce": Sort.BOUNCED, "Complaint": Sort.COMPLAINED, "Delivery": Sort.DELIVERED}
_SORTS = {
    "failed": Sort.BOUNCED,
    "delayed": Sort.DELAYED,
    "delivered": Sort.DELIVERED,
    "deliverable": Sort.DELIVERED,
    "relayed": Sort.DELIVERED,
    "expanded": Sort.DELIVERED,
}


def _judged(status: str, said: str, words: str, whole: str) -> Bounce:
    """By what the other server said, then by the words of the mail, then by the code alone."""
    if status.startswith("4"):
        return Bounce.SOFT
    # A server that takes the recipient and then will not have the mail has such a mailbox: it filters.
    unknown = _UNKNOWN.search(said) and not _ADDRESS_CODE.search(f"{status} {said}")
    if unknown and _AFTER_DATA.search(whole):
        return Bounce.SOFT
    told = judge(f"{said} {status}", otherwise=None) if said else None
    return told or judge(f"{words} {status}", otherwise=None) or Bounce.SOFT


_STATUS = re.compile(
    r"(?im)^final-recipient:.+\n(?:.+\n){0,20}?(?:action|status):|^(?:action|status):.+\n(?:.+\n){0,20}?final-recipient:"
)
"""A delivery status in a mail that is put together wrongly, so that nothing in it is a part."""
_UNKNOWN = re.compile(r"(?i)user unknown|unknown user")
_ADDRESS_CODE = re.compile(r"\b5\.1\.\d")
_AFTER_DATA = re.compile(
    r"(?i)in reply to (?:the )?(?:end of )?data|>>> data\b|after (?:end of )?data"
)


def _about(words: str, addresses: Sequence[str]) -> str:
    """What the words say of this address, or all of them where they say nothing of it."""
    near = around(words, addresses[0]) if addresses else ""
    return near if len(near) > 20 else words


Fields = dict[str, list[str]]


def _fields(message: Message, content_type: str) -> Iterator[Fields]:
    """The blocks of fields in parts of this type, however well the parser took them apart.

    A report inside a report is about another mail; a report that somebody forwards, inside or quoted, is one.
    """
    parts = [part for part in outer(message) if part.get_content_type() == content_type]
    if not parts and is_returned(message):
        parts = [part for part in message.walk() if part.get_content_type() == content_type]
    sources = [source_of(part, body_only=True) for part in parts]
    if not sources and _STATUS.search(whole := _unquoted(message)):
        sources = [whole]
    return (fields for source in sources for fields in _blocks(source))


def _unquoted(message: Message) -> str:
    """All of a mail that has no parts for a report, or the words that somebody passes on."""
    if _FORWARDED.match(header(message, "subject")):
        return _QUOTE.sub("", all_words(message))
    return source_of(message)


def _blocks(source: str) -> Iterator[Fields]:
    for block in _BLOCKS.split(source):
        yield from _runs(_FIELD.findall(block))


def _runs(named: Iterable[tuple[str, str]]) -> Iterator[Fields]:
    """The fields of one recipient after another: some leave out the empty line between them."""
    fields: Fields = {}
    for name, value in named:
        key = name.lower()
        if key in _ONCE and key in fields:
            yield fields
            fields = {}
        fields.setdefault(key, []).append(" ".join(value.split()))
    yield fields


def _first(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, [])), "")


_BLOCKS = re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"(?m)^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*(?:\n[ \t]+.*)*)")
_ONCE = frozenset({"original-recipient", "final-recipient", "action", "status"})
_FORWARDED = re.compile(r"(?i)\s*(?:fwd?|wg|tr|rv)\s*:")
_QUOTE = re.compile(r"(?m)^(?:> ?)+")
