"""Mails that came back from servers that write them as they like: by `flufl.bounce`, else by where the address stands. Pure."""

import re
from collections.abc import Iterator
from email.message import Message

from flufl.bounce import all_failures

from prospects.bounces import Bounce, judge
from webhooks.mail_parts import ADDRESS, header, own_words, returned_to

_DAEMONS = re.compile(
    r"(?i)mailer-?daemon|post_?master|mail[ -]?delivery|mail administrator|majordomo|mdaemon|<>|"
    r"delivery (?:status|subsystem)|\broot\b"
)
_SUBJECTS = re.compile(
    r"(?i)undeliver|failure notice|returned mail|delivery (?:status notification|fail|problem|report|has failed)|"
    r"mail delivery|delivery notification|could not be delivered|message not delivered|mail system error|"
    r"non ?remis|unzustellbar|delivery error|warning: (?:message|could not send)|mail could not|rejected"
)
_ANSWERS = re.compile(r"(?i)\s*(?:re|aw|sv|antw|fwd?|wg|rv|tr)\s*:")
_UNDELIVERED = re.compile(r"(?i)(?:could )?not be(?:en)? delivered")
MOST = 50
"""Recipients of one mail that are read."""


def is_returned(message: Message) -> bool:
    """Whether this looks like a mail server's own, as those write that do not follow the standard."""
    holds_one = any(part.get_content_type() == "message/rfc822" for part in message.walk())
    if holds_one and _UNDELIVERED.search(own_words(message)):
        return True
    sender = f"{message.get('from', '')} {message.get('return-path', '')}"
    told = message.get("x-failed-recipients") or _DAEMONS.search(str(sender))
    subject = header(message, "subject")
    return bool(told or (_SUBJECTS.search(subject) and not _ANSWERS.match(subject)))


_LINE = re.compile(rf"(?m)^[ \t<]*({ADDRESS.pattern})>?: [\"']?[45]\d\d[ -]")
"""An address with the answer it had, on a line of their own."""


def odd_bounces(message: Message) -> Iterator[tuple[str, Bounce, str]]:
    """Each address that failed, how, and the words that told so."""
    words = own_words(message)
    temporary, permanent = all_failures(message)
    found = sorted(map(_plain, {*permanent, *temporary}), key=words.find)
    found += [each for each in _LINE.findall(words) if each not in found]
    for address in (found or list(_named(message, words)))[:MOST]:
        bounce = judge(around(words, address), otherwise=None) or judge(
            words, otherwise=Bounce.SOFT
        )
        yield address, bounce, words[:300]


def _plain(address: bytes | str) -> str:
    return address.decode("ascii", "replace") if isinstance(address, bytes) else address


def _named(message: Message, words: str) -> Iterator[str]:
    """Addresses that stand where the failing one usually does."""
    if failed := message.get("x-failed-recipients"):
        yield from ADDRESS.findall(str(failed))
        return
    ours = {
        each.lower()
        for each in ADDRESS.findall(f"{message.get('to', '')} {message.get('from', '')}")
    }
    others = [each for each in ADDRESS.findall(words) if each.lower() not in ours]
    yield from (others or ADDRESS.findall(words) or ADDRESS.findall(returned_to(message)))[:1]


def around(words: str, address: str) -> str:
    """What is said after an address, up to the next one: servers report several in a row."""
    at = words.find(address)
    if at < 0:
        return ""
    rest = words[at + len(address) : at + 1500]
    other = next(
        (m.start() for m in ADDRESS.finditer(rest) if m[0].lower() != address.lower()), len(rest)
    )
    return rest[:other]
