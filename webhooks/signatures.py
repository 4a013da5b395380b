"""Proofs of who sent a body; all compare in constant time and none raises on garbage. Pure."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

TOLERANCE = 300
"""Seconds a Standard Webhooks timestamp may be off, either way (the specification's five minutes)."""
LONGEST_HEADER = 4096
MOST_SIGNATURES = 20
PUBLIC = "whpk_"
"""How Standard Webhooks marks a public key; a text that anybody may know is no key of an HMAC."""
MILLISECONDS = 1000
"""The unit of a time in milliseconds."""
_PEM_LINE = re.compile(r"-----[A-Z ]{1,40}-----")


def same(given: str, expected: str) -> bool:
    """Whether two texts are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def mac(secret: bytes, message: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.digest(secret, message, hashlib.sha256)


def signed_hex(given: str, message: bytes, secrets: Iterable[str]) -> bool:
    """Whether `given` is the lower-case hex HMAC-SHA256 of `message` under one of `secrets`."""
    if len(given) != 64:
        return False
    return any(same(given, mac(each.encode(), message).hex()) for each in secrets)


def signed(given: str, message: bytes, secrets: Iterable[str], *, encoding: str | None) -> bool:
    """The same for hex (either case), base64, or (None) whichever of them it is."""
    sent = _decoded(given, encoding)
    return any(hmac.compare_digest(sent, mac(each.encode(), message)) for each in secrets)


def signed_ecdsa(given: str, message: bytes, public_keys: Iterable[str]) -> bool:
    """Whether `given` (base64) is an ECDSA signature (SHA-256) of `message` by one of these keys (base64 DER)."""
    signature = from_base64(given) if len(given) <= LONGEST_HEADER else b""
    return any(_signed_by(key, signature, message) for key in map(_ec_key, public_keys) if key)


def _signed_by(key: EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _ec_key(written: str) -> EllipticCurvePublicKey | None:
    """The key, with or without the lines that a PEM puts around it."""
    try:
        key = load_der_public_key(from_base64("".join(_PEM_LINE.sub("", written).split())))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) else None


def standard_webhooks(
    headers: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime
) -> bool:
    """Whether webhook-id, -timestamp and -signature prove this body (Standard Webhooks 1.0).

    Several signatures may stand in the header and several secrets may be live. A secret `whpk_…` is
    the public key (ed25519) of a sender who signs by `v1a`, and proves nothing else.
    """
    identity, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    sent = headers.get("webhook-signature", "")
    if not identity or len(sent) > LONGEST_HEADER or not in_time(stamp, now):
        return False
    message = b".".join((identity.encode("utf-8", "replace"), stamp.encode(), body))
    parts = [each.partition(",") for each in sent.split(" ")[:MOST_SIGNATURES]]
    given = [(version, from_base64(signature)) for version, _, signature in parts]
    return any(
        _proves(secret, version, signature, message)
        for secret in secrets
        for version, signature in given
    )


def _proves(secret: str, version: str, signature: bytes, message: bytes) -> bool:
    if not secret.startswith(PUBLIC):
        return version == "v1" and any(
            hmac.compare_digest(mac(key, message), signature) for key in _keys(secret)
        )
    try:
        key = Ed25519PublicKey.from_public_bytes(from_base64(secret.removeprefix(PUBLIC)))
        key.verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return version == "v1a"


def in_time(stamp: str, now: datetime, *, unit: int = 1) -> bool:
    """Whether a Unix time is at most TOLERANCE off; `unit` is how many of it make a second."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 15):
        return False
    return abs(int(stamp) / unit - now.timestamp()) <= TOLERANCE


def standard_webhooks_headers(
    identity: str, body: bytes, secrets: Iterable[str], now: datetime
) -> dict[str, str]:
    """The three headers that prove this body to whoever knows any of `secrets`: one signature each."""
    stamp = str(int(now.timestamp()))
    message = b".".join((identity.encode(), stamp.encode(), body))
    signs = [base64.b64encode(mac(_keys(each)[0], message)).decode() for each in secrets]
    signed = " ".join(f"v1,{sign}" for sign in signs)
    return {"webhook-id": identity, "webhook-timestamp": stamp, "webhook-signature": signed}


def _keys(secret: str) -> list[bytes]:
    """The bytes behind `whsec_…`; without that word also the text itself, since some sign with it."""
    plain = [] if secret.startswith("whsec_") else [secret.encode()]
    return [key for key in (from_base64(secret.removeprefix("whsec_")), *plain) if key]


def _decoded(given: str, encoding: str | None) -> bytes:
    if len(given) > LONGEST_HEADER:
        return b""
    if encoding == "hex" or (encoding is None and len(given) == 64):
        try:
            return bytes.fromhex(given) if given.isalnum() else b""
        except ValueError:
            return b""
    return from_base64(given)


def from_base64(text: str) -> bytes:
    """The bytes in `text`; none for what is no base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
