"""What every sender must pass before its own proof is looked at, and proofs several kinds share. Pure."""

import base64

from webhooks import signatures
from webhooks.adapter import Incoming, Refused
from webhooks.proofs import NOT_POSTED, UNPROVED, by_path
from webhooks.sources import HeaderAuth, Source


def turned_away(request: Incoming, source: Source) -> Refused | None:
    """Why this request need not be looked at: another method, or not the source's secret address."""
    if request.method != "POST":
        return NOT_POSTED
    return None if by_path(request, source) else UNPROVED


def knows_us(request: Incoming, source: Source) -> bool:
    """For senders that sign nothing: whether they know the address, the header or the password we gave them.

    Of what is configured everything must be right; `secrets` are `user:password` of Basic authentication.
    """
    asked = [source.token is not None]  # judged by `turned_away` already
    if isinstance(source.auth, HeaderAuth):
        given = request.headers.get(source.auth.header.lower(), "")
        if not signatures.same(given, source.auth.value):
            return False
        asked.append(True)
    if source.secrets:
        given = request.headers.get("authorization", "")
        good = [f"Basic {base64.b64encode(each.encode()).decode()}" for each in source.secrets]
        if not any(signatures.same(given, each) for each in good):
            return False
        asked.append(True)
    return any(asked)
