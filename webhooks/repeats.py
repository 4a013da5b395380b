"""What makes a request or an item a repeat of an earlier one, where the platform gives it no id. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from webhooks.adapter import About, Incoming, Posted, Verified
from webhooks.proofs import body_key

LATELY = timedelta(seconds=60)
"""The same bytes again within this are pressed twice or sent twice; later they are meant."""
SENDERS_KEYS = ("idempotency-key", "webhook-id")
"""Headers in which a sender gives a request an id of its own; none of them is signed."""


def of_request(request: Incoming, *, known: bool, said: bytes | None = None) -> Verified:
    """Whoever sent it is proved; `known` says that each item in it has an id of its own.

    An id of the sender's counts together with the body, so that one that never changes loses nothing.
    `said` is what makes two bodies the same, if not all their bytes.
    """
    digest = body_key(request.body if said is None else said)
    if known:
        return Verified(digest)
    for name in SENDERS_KEYS:
        if given := request.headers.get(name, "").strip():
            return Verified(f"id:{given}:{digest}")
    return Verified(digest, lately=True)


def of_item(posted: Posted, n: int, about: About, form: str) -> str | None:
    """What recognises the `n`th item of a request by the sender's key of it; None: it counts each time.

    The key counts for one person and one form, so that a key that never changes loses nobody.
    """
    given = next((posted.headers[name] for name in SENDERS_KEYS if posted.headers.get(name)), "")
    if not given.strip():
        return None
    who = "\0".join([given, str(n), about.email or "", about.phone or "", form])
    return f"sent:{hashlib.sha256(who.encode()).hexdigest()}"


def own_id(document: Mapping[str, str], *names: str) -> str:
    """The first of these fields that is filled in."""
    return next((document[name] for name in names if document.get(name, "").strip()), "")
