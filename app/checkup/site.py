"""Whether the world can reach this site by https, and whether it is this one that answers. Pure.

The proof is a keyed hash of a number used once: only who holds our secret can say it, so neither an
older copy nor somebody else's page at that address passes for us.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from app.checkup.part import Part

NONCE = re.compile(r"[0-9a-f]{32}")
PROOF = "Warmline-Proof"
"""The header of the answer that holds the proof."""
WHY_NOT = {
    "SSLError": "its certificate is not trusted, or does not fit the name",
    "ConnectTimeout": "nothing answers there in time; a firewall may swallow it",
    "ReadTimeout": "it takes the connection and then stays silent",
    "ConnectionError": "its name does not resolve, or nothing listens there",
}
INSIDE = "its name leads to an address inside your own network, where no platform can post"
INSIDE_OUT = "Some networks cannot reach their own public address from inside."


def proof(secret: str, nonce: str) -> str:
    """What this site answers to a nonce."""
    return hmac.new(secret.encode(), f"reached:{nonce}".encode(), hashlib.sha256).hexdigest()


def own_request(origin: str, status: int | None, said: str, *, proven: bool) -> Part:
    """What came of our own request; `said` is why there was no answer, if there was none (`status` None)."""
    title = "Our own request"
    if proven:
        return Part(title=title, done=True, line=f"{origin} answered, and it is this Warmline.")
    if status is not None:
        line = f"{origin} answered with {status}, but it is not this Warmline."
        mend = "Let your proxy pass everything on to this Warmline, and DNS point to that proxy."
        return Part(title=title, done=False, line=line, mend=mend)
    kind = re.search(r"\((\w+)\)", said)
    why = WHY_NOT.get(kind[1], said) if kind else said
    return Part(title=title, done=False, line=f"No answer from {origin}: {why}.", mend=INSIDE_OUT)


def your_request(origin: str, seen: str) -> Part:
    """What the request by which somebody asked for this look came as: `seen` is its scheme and host."""
    title = "Your own visit"
    if seen == origin and seen.startswith("https://"):
        return Part(title=title, done=True, line=f"Your browser came to {seen}.")
    line = f"Your browser came to {seen}, not to {origin}."
    mend = "Open this page at that address and look again."
    if urlsplit(seen).hostname == urlsplit(origin).hostname:
        mend = "If a proxy stands in front, set WARMLINE_PROXIES, so that what it says of https counts."
    return Part(title=title, done=False, line=line, mend=mend)


def reached(origin: str, parts: Sequence[Part]) -> bool:
    """Either way is enough, but only by https: no platform posts leads in the clear."""
    return origin.startswith("https://") and any(part.done for part in parts)
