"""Secrets that are given out once and kept only as a hash."""

import hashlib
import secrets


def fresh_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256 (a random token needs no salt)."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
