"""Which addresses lead inside though they look as if they led out: reserved ones, and those an IPv4 address is hidden in. Pure.

A network with NAT64 turns some IPv6 addresses into the IPv4 ones that are in them. Which, the name
`ipv4only.arpa` tells there (RFC 7050): it has two IPv4 addresses, and whoever answers with an IPv6 one
has put them into the network's own prefix (RFC 6052).
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

# Where `is_global` says yes, or says it only on newer Pythons, and the packet may still end up inside.
INSIDE = tuple(
    ip_network(each)
    for each in (
        "::/64",  # IPv4-compatible, IPv4-mapped, IPv4-translated (SIIT)
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # NAT64, RFC 8215
        "100::/64",
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "5f00::/16",
        "fec0::/10",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "240.0.0.0/4",
    )
)
NAT64 = IPv6Network("64:ff9b::/96")
ISATAP = 0x00005EFE
"""How the last 64 bits of an address begin that end in an IPv4 address of a tunnel (RFC 5214)."""
WHATEVER = ~0x03000000
"""Two bits of them say whether the number is one of all the world's, and of one machine."""
TELLS = "ipv4only.arpa"
WELL_KNOWN = frozenset({IPv4Address("192.0.0.170"), IPv4Address("192.0.0.171")})
LENGTHS = (32, 40, 48, 56, 64, 96)
"""How long a prefix of NAT64 may be (RFC 6052)."""


Address = IPv4Address | IPv6Address


def is_named(address: Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether it is in one of these networks, be it as the IPv4 address that is in it."""
    plain = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any(each in network for each in (address, plain) if each for network in networks)


def may_be_nat64(address: Address) -> bool:
    """Whether a network with NAT64 may mean an IPv4 address by this one: if it leads out otherwise, or is of the prefix made for it."""
    if isinstance(address, IPv4Address):
        return False
    inside = any(address in each for each in INSIDE) or is_of_tunnel(address)
    return address in NAT64 or (address.is_global and not inside)


def is_of_tunnel(address: IPv6Address) -> bool:
    """Whether it ends in an IPv4 address that a tunnel of ours would send it to."""
    return (int(address) >> 32 & 0xFFFFFFFF & WHATEVER) == ISATAP


def embedded(address: IPv6Address, length: int) -> IPv4Address:
    """The IPv4 address behind a prefix of this length; eight bits in the middle never hold any of it."""
    value = address.packed
    rest = value[12:] if length == 96 else (value[length // 8 : 8] + value[9:])[:4]
    return IPv4Address(rest)


def prefixes(found: Iterable[IPv6Address]) -> tuple[IPv6Network, ...]:
    """The prefixes of NAT64 that these answers for `ipv4only.arpa` tell."""
    return tuple(
        sorted(
            {
                IPv6Network((int(each) >> 128 - length << 128 - length, length))
                for each in found
                for length in LENGTHS
                if embedded(each, length) in WELL_KNOWN
            }
        )
    )
