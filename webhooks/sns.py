"""Amazon's Simple Notification Service: what it signs, with which certificate, and from which addresses. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from prospects.reading import UnreadableError, read_json
from webhooks.signatures import LONGEST_HEADER, from_base64

Envelope = Mapping[str, Any]
NOTIFICATION = "Notification"
CONFIRMATIONS = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
_HOST = re.compile(r"sns\.[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-[0-9]\.amazonaws\.com(?:\.cn)?")
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem")
LONGEST_URL = 2000
SMALLEST_KEY = 2048
_HASHES = {"1": SHA1, "2": SHA256}
_SIGNED = {
    True: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    False: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
"""The fields under the signature, in their order: of a notification, and of a confirmation."""


def read_envelope(body: bytes) -> Envelope:
    """What stands around a message. Raises UnreadableError for what Amazon does not send."""
    document = read_json(body)
    if not isinstance(document, Mapping):
        raise UnreadableError("this is no message of Amazon's")
    if str(document.get("Type")) not in {NOTIFICATION, *CONFIRMATIONS}:
        raise UnreadableError("this is no type of message that Amazon sends")
    asked = ("Message", "MessageId", "Timestamp", "TopicArn", "Signature", "SigningCertURL")
    if not all(isinstance(document.get(name), str) for name in asked):
        raise UnreadableError("a message of Amazon's has more fields")
    return document


def is_amazons(url: object) -> bool:
    """Whether this is an https address of the service itself, by its exact host name."""
    if not isinstance(url, str) or len(url) > LONGEST_URL or not url.isascii():
        return False
    try:
        parts = urlsplit(url)
        plain = parts.port is None and "@" not in parts.netloc and "\\" not in url
    except ValueError:
        return False
    # Against the raw text: whatever a parser makes of an odd one, we only call what reads plainly.
    host = url.removeprefix("https://").partition("/")[0]
    return parts.scheme == "https" and plain and _HOST.fullmatch(host) is not None


def is_certificate(url: object) -> bool:
    """Whether this is the address of one of the service's certificates."""
    return (
        is_amazons(url)
        and isinstance(url, str)
        and (
            _CERTIFICATE.fullmatch(url.partition(".amazonaws.com")[2].removeprefix(".cn"))
            is not None
        )
    )


@lru_cache(maxsize=16)
def key_in(certificate: bytes) -> RSAPublicKey | None:
    """The public key of a PEM certificate; None for what is none, or too weak."""
    try:
        key = load_pem_x509_certificate(certificate).public_key()
    except ValueError:
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= SMALLEST_KEY else None


def is_signed(envelope: Envelope, certificate: str) -> bool:
    """Whether the envelope's signature (version 1 or 2) is of this certificate's key."""
    given, key = envelope["Signature"], key_in(certificate.encode("utf-8", "replace"))
    algorithm = _HASHES.get(str(envelope.get("SignatureVersion")))
    if key is None or algorithm is None or len(given) > LONGEST_HEADER:
        return False
    try:
        # SHA-1 is what version 1 is made of: Amazon's usual one.
        key.verify(from_base64(given), signed_text(envelope), PKCS1v15(), algorithm())
    except InvalidSignature:
        return False
    return True


def signed_text(envelope: Envelope) -> bytes:
    """The text under the signature: each field that is there, its name and value on a line each."""
    names = _SIGNED[envelope["Type"] == NOTIFICATION]
    given = ((name, envelope.get(name)) for name in names)
    lines = (f"{name}\n{value}\n" for name, value in given if value is not None)
    return "".join(lines).encode("utf-8", "replace")
