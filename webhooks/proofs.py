"""Ways for a program to prove itself that several kinds share: `auth`, a bearer's token, a user's name. Pure."""

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime

from webhooks import signatures
from webhooks.adapter import Incoming
from webhooks.sources import HeaderAuth, HmacAuth, Source, StandardWebhooksAuth


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
