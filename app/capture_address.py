"""The address of a handoff that a rep puts in bcc: a copy of their mail to it stands in the buyer's history.

`lead-<the handoff's id><96 bits keyed by the secret>@domain`: nobody can guess one, and whoever has one
can do nothing with it but add a colleague's mail. Pure.
"""

import hmac
from collections.abc import Iterable
from email.utils import getaddresses
from uuid import UUID

from prospects.ids import HandoffId
from prospects.sealing import digest

PREFIX = "lead-"
_ID, _PROOF = 32, 24


def address(handoff: HandoffId, *, secret: str, domain: str) -> str:
    """Where a copy of a mail about this lead goes; 61 characters before the @, of 64 allowed."""
    return f"{PREFIX}{handoff.hex}{_proof(handoff.hex, secret)}@{domain}"


def handoff_of(recipients: Iterable[str], *, secret: str, domain: str) -> HandoffId | None:
    """The handoff that one of these recipients is the address of; None if none is, or not truly."""
    for _, written in getaddresses(list(recipients)):
        local, at, host = written.strip().lower().rpartition("@")
        if not at or host != domain or not local.startswith(PREFIX):
            continue
        token = local.removeprefix(PREFIX)
        named, proof = token[:_ID], token[_ID:]
        if hmac.compare_digest(proof.encode(), _proof(named, secret).encode()):
            return HandoffId(UUID(hex=named))
    return None


def _proof(named: str, secret: str) -> str:
    return digest(secret, "capture address", named)[:_PROOF]
