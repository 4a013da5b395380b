"""Secrets at rest, and keyed hashes of what must be recognised but not be read."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

SEALED = "sealed"


class SealBrokenError(Exception):
    """A stored secret cannot be opened: WARMLINE_SECRET_KEY is not the one it was sealed with."""


def digest(secret: str, *parts: str) -> str:
    """A keyed hash (HMAC-SHA256, hex) under a key derived for this one purpose."""
    key = hashlib.sha256(b"digest\0" + secret.encode()).digest()
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def fingerprint(secret: str) -> str:
    """What tells one secret key from another, and nothing else of it."""
    return digest(secret, "backup")


def seal(secret: str, value: str, *, name: str | None = None) -> dict[str, str]:
    """A document that stands in for a secret; `name` is the `${NAME}` it came from."""
    sealed = {SEALED: _fernet(secret).encrypt(value.encode()).decode()}
    return sealed | ({"name": name} if name else {})


def opened(secret: str, document: Any) -> Any:
    """The document with every sealed value opened."""
    if isinstance(document, Mapping):
        if SEALED in document and set(document) <= {SEALED, "name"}:
            return _open(secret, str(document[SEALED]))
        return {key: opened(secret, value) for key, value in document.items()}
    if isinstance(document, list):
        return [opened(secret, value) for value in document]
    return document


def _open(secret: str, token: str) -> str:
    try:
        return _fernet(secret).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SealBrokenError from error


def _fernet(secret: str) -> Fernet:
    key = hashlib.sha256(b"seal\0" + secret.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
