"""How one mail is known outside: by its Message-ID, its mark at a mail service, its own return address. Pure."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from prospects.ids import ProspectId, SendId

PREFIX = "mail-"
_MARK = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})[._-]([0-9a-f]{32})(?![0-9a-f])")
_RETURN = re.compile(rf"(?<![a-z0-9]){PREFIX}([a-z2-7]{{52}})@", re.IGNORECASE)
UNPROVED = "unproved"
"""Set in an act's body: only an address says whose mail it was, and the teller proves nothing."""
LONGEST = 4000
"""Characters of a text in which a name is looked for; headers are shorter."""


class MailName(NamedTuple):
    """Which mail to whom. Both ids are hard to guess, so whoever says them has seen the mail."""

    prospect_id: ProspectId
    send_id: SendId


def mark(name: MailName, between: str = ".") -> str:
    """The name as services carry it along: 65 letters, digits and one `between`."""
    return f"{name.prospect_id.hex}{between}{name.send_id.hex}"


def message_id(name: MailName, domain: str) -> str:
    """The mail's Message-ID header."""
    return f"<{mark(name)}@{domain}>"


def return_address(name: MailName, domain: str) -> str:
    """Where what comes back of this mail goes; 57 characters before the @, of 64 allowed."""
    coded = base64.b32encode(name.prospect_id.bytes + name.send_id.bytes)
    return f"{PREFIX}{coded.decode().rstrip('=').lower()}@{domain}"


def named(texts: Iterable[object]) -> MailName | None:
    """The first mail that one of these texts names, in whichever of the three ways."""
    for text in texts:
        if isinstance(text, str) and (found := _in(text[:LONGEST])):
            return found
    return None


def _in(text: str) -> MailName | None:
    if marked := _MARK.search(text):
        who, which = (UUID(hex=each) for each in marked.groups())
        return MailName(ProspectId(who), SendId(which))
    if returned := _RETURN.search(text):
        return _decoded(returned[1])
    return None


def _decoded(coded: str) -> MailName | None:
    try:
        whole = base64.b32decode(f"{coded.upper()}====")
    except binascii.Error:
        return None
    return MailName(ProspectId(UUID(bytes=whole[:16])), SendId(UUID(bytes=whole[16:])))
