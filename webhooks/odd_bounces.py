"""Mails that came back from servers that write them as they like: by `flufl.bounce`, else by where the address stands. Pure."""

import re
from collections.abc import Iterator
from email.message import Message

from flufl.bounce import all_failures

from prospects.bounces import Bounce, judge
from webhooks.mail_parts import (
    ADDRESS,
    header,
    is_of_a_server,
    outer,
    own_words,
    returned_to,
    source_of,
)
from webhooks.replies import is_marked

_SUBJECTS = re.compile(
    r"(?i)undeliver|failure notice|returned mail|delivery (?:status notification|fail|problem|report|has failed)|"
    r"mail delivery|delivery notification|could not be delivered|message not delivered|mail system error|"
    r"non ?remis|unzustellbar|delivery error|warning: (?:message|could not send)|mail could not|rejected|loop alert"
)
_ANSWERS = re.compile(r"(?i)\s*(?:re|aw|sv|antw|fwd?|wg|rv|tr)\s*:")
_UNDELIVERED = re.compile(r"(?i)(?:could )?not be(?:en)? delivered")
MOST_LINES = 4000
MOST = 50
"""Recipients of one mail that are read."""


_FAILS = re.compile(
    r"(?i)undeliver|not (?:be(?:en)? )?(?:deliver|sent to)|unable to deliver|delivery (?:\w+ )?(?:fail|error)|failed to deliver|"
    r"following (?:address|recipient)|\b[45]\d\d[ -]\S|\b[45]\.\d{1,3}\.\d|unknown (?:user|address|recipient)|"
    r"(?:user|address|recipient) unknown|no valid recipient|duplicated message-id|送信でき|配信でき|届けでき|non ?remis|nicht zugestellt"
)
"""How somebody writes who tells that a mail did not arrive."""


def is_returned(message: Message) -> bool:
    """Whether this looks like a mail server's own, as those write that do not follow the standard.

    A mailbox that answers by itself has nobody for a sender as well, and people write of deliveries:
    what a person could have sent must say that a mail did not arrive.
    """
    words = own_words(message)
    holds_one = any(part.get_content_type() == "message/rfc822" for part in outer(message))
    if message.get("x-failed-recipients") or (holds_one and _UNDELIVERED.search(words)):
        return True
    if is_of_a_server(message):
        return True
    subject = header(message, "subject")
    named = _SUBJECTS.search(subject) and not _ANSWERS.match(subject)
    from_nobody = header(message, "return-path") == "<>" and not is_marked(message)
    return bool((named or from_nobody) and _FAILS.search(words))


_LINES = (
    re.compile(rf"(?m)^[ \t<]*({ADDRESS.pattern})>?: [\"']?[45]\d\d[ -]"),
    re.compile(rf"(?m)^[45]\d\d (?:[45](?:\.\d{{1,3}}){{2}} )?<({ADDRESS.pattern})>\.\.\. "),
)
"""An address with the answer it had, on a line of their own."""
_ASKED_FOR = re.compile(rf"(?i)\brcpt to: ?<({ADDRESS.pattern})>")


def odd_bounces(message: Message) -> Iterator[tuple[str, Bounce, str]]:
    """Each address that failed, how, and the words that told so; an empty one where they name none."""
    words = own_words(message)
    seen = sorted(_known_to_others(message), key=words.find)
    # It looks into the mail that is sent back as well, where there are others' addresses.
    found = [each for each in seen if each in words] or seen
    found += [each for line in _LINES for each in line.findall(words) if each not in found]
    found = found or list(_named(message, words)) or ([""] if _FAILS.search(words) else [])
    whole = judge(words, otherwise=Bounce.SOFT)
    for address in found[:MOST]:
        yield address, judge(around(words, address), otherwise=whole), words


def _known_to_others(message: Message) -> set[str]:
    """What `flufl.bounce` finds; it stumbles over some mails, and then has found nothing.

    It looks at each line with hundreds of patterns, so a mail of many thousands is not for it.
    """
    if source_of(message).count("\n") > MOST_LINES:
        return set()
    try:
        temporary, permanent = all_failures(message)
    except Exception:
        return set()
    return {_plain(each) for each in (*temporary, *permanent)}


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
    yield from (
        _ASKED_FOR.findall(words)[-1:]
        or others
        or ADDRESS.findall(words)
        or ADDRESS.findall(returned_to(message))
    )[:1]


def around(words: str, address: str) -> str:
    """What is said after an address, up to the next one: servers report several in a row."""
    at = words.find(address)
    if at < 0 or not address:
        return ""
    rest = words[at + len(address) : at + 1500]
    other = next(
        (m.start() for m in ADDRESS.finditer(rest) if m[0].lower() != address.lower()), len(rest)
    )
    return rest[:other]
