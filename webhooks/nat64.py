"""The prefixes that this machine's network turns into IPv4 addresses, asked of its name server now and then."""

import socket
from ipaddress import IPv6Address, IPv6Network, ip_address

from webhooks.inside import TELLS, prefixes

KEPT = 600.0
"""Seconds for which an answer counts: a machine may be moved to another network."""

_found: dict[str, tuple[float, tuple[IPv6Network, ...]]] = {}
"""The last answer and when it was given, for this process."""


def here(moment: float) -> tuple[IPv6Network, ...]:
    """The prefixes in use; none where there is no NAT64, or nobody could tell and none was known before.

    `moment` is in seconds of a clock that never goes back, and no instant.
    """
    at, known = _found.get(TELLS, (float("-inf"), ()))
    if moment - at < KEPT:
        return known
    try:
        answers = socket.getaddrinfo(TELLS, None, socket.AF_INET6, socket.SOCK_STREAM)
    except OSError:
        answers = []
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in answers]
    found = prefixes(each for each in addresses if isinstance(each, IPv6Address)) or known
    _found[TELLS] = (moment, found)
    return found
