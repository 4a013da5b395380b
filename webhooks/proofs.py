"""Ways to prove oneself that several kinds share, and what follows from a good or a bad proof. Pure."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from prospects.reading import UnreadableError
from webhooks import signatures
from webhooks.adapter import Incoming, Refused, Verified
from webhooks.sources import HeaderAuth, HmacAuth, Source, StandardWebhooksAuth

NOT_POSTED = Refused(405, "only POST is received here")
UNPROVED = Refused(401, "the sender could not be proved")


def signed(request: Incoming, source: Source, *, proved: bool) -> Verified | Refused:
    """The judgement on a body whose signature was (or was not) `proved`: the same bytes are the same delivery."""
    if request.method != "POST":
        return NOT_POSTED
    if not (proved and by_path(request, source)):
        return UNPROVED
    return Verified(body_key(request.body))


def unsigned(
    request: Incoming, source: Source, read: Callable[[bytes], object], *, proved: bool = True
) -> Verified | Refused:
    """The judgement on a body that nothing signs: what `read` cannot read is nobody's and not kept."""
    judged = signed(request, source, proved=proved)
    if isinstance(judged, Refused):
        return judged
    try:
        read(request.body)
    except UnreadableError as error:
        return Refused(400, error.reason)
    return judged


def body_key(body: bytes) -> str:
    """What recognises the same bytes when they come again."""
    return f"body:{hashlib.sha256(body).hexdigest()}"


def by_auth(request: Incoming, source: Source, now: datetime) -> bool:
    """Whether the request is proved as `auth` says; without `auth`, whether a path token is asked for."""
    headers, spare = request.headers, source.secrets
    match source.auth:
        case None:
            return source.token is not None
        case HeaderAuth(header=name, value=value):
            given = headers.get(name.lower(), "")
            bearers = [f"Bearer {each}" for each in (value, *spare)]
            good = [value, *spare, *(bearers if name.lower() == "authorization" else [])]
            return one_of(given, good)
        case HmacAuth() as auth:
            given = headers.get(auth.hmac_header.lower(), "").strip()
            given = given.removeprefix(auth.prefix or "sha256=")
            secrets = (*auth.secret, *spare)
            return signatures.signed(given, request.body, secrets, encoding=auth.encoding)
        case StandardWebhooksAuth(standard_webhooks=own):
            secrets = spare if own is True else (*own, *spare)
            return signatures.standard_webhooks(headers, request.body, secrets, now)


def by_path(request: Incoming, source: Source) -> bool:
    """Whether the last part of the address is the source's token, or none is asked for."""
    return source.token is None or signatures.same(request.token or "", source.token)


def one_of(given: str, good: Iterable[str]) -> bool:
    """Whether a text is one of these, in a time that tells nothing about where they differ."""
    return any(signatures.same(given, each) for each in good)


def bearer(request: Incoming) -> str:
    """The token of `Authorization: Bearer`; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def user(request: Incoming) -> str:
    """The user's name of `Authorization: Basic`; empty without one that can be read."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" or len(coded) > signatures.LONGEST_HEADER:
        return ""
    try:
        return base64.b64decode(coded.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):  # UnicodeDecodeError is one
        return ""
