"""Asks DNS for the texts at a name: every failure is a value, and all questions together end in time."""

import time
from collections.abc import Callable

import dns.exception
import dns.rdatatype
import dns.resolver

from app.checkup.sender import How, Texts

ONE_SECONDS = 3.0
ALL_SECONDS = 12.0
"""All questions of one look; a lease lasts 25 s."""


def asker(server: tuple[str, int] | None) -> Callable[[str], Texts]:
    """Asks `server` (its address and port), or the name servers of this machine."""
    until = time.monotonic() + ALL_SECONDS
    try:
        resolver = _resolver(server)
    except dns.resolver.NoResolverConfiguration:
        return lambda _name: Texts(How.SILENT)

    def ask(name: str) -> Texts:
        left = until - time.monotonic()
        return _ask(resolver, name, min(left, ONE_SECONDS)) if left > 0 else Texts(How.SILENT)

    return ask


def _resolver(server: tuple[str, int] | None) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=server is None)
    if server is not None:
        resolver.nameservers, resolver.port = [server[0]], server[1]
    resolver.timeout = 1.0
    return resolver


def _ask(resolver: dns.resolver.Resolver, name: str, lifetime: float) -> Texts:
    try:
        found = resolver.resolve(name, dns.rdatatype.TXT, lifetime=lifetime, search=False)
    except dns.resolver.NXDOMAIN:
        return Texts(How.NO_NAME)
    except dns.resolver.NoAnswer:
        return Texts(How.EMPTY)
    except (dns.exception.DNSException, OSError, UnicodeError):
        return Texts(How.SILENT)
    texts = (b"".join(each.strings).decode("utf-8", "replace") for each in found)
    return Texts(How.FOUND, tuple(text[:2000] for text in texts))
