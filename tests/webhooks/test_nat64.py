"""Where the network turns IPv6 addresses into IPv4 ones, these are judged; and nothing goes outside that all can read."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from typing import Any

import pytest

from webhooks import inside, nat64, outbound
from webhooks.outbound import NoAnswer, get, may_call, refusal

PREFIX = "2a00:64::"
HOSTILE, GOOD = f"{PREFIX}10.0.0.1", f"{PREFIX}8.8.8.8"


@pytest.mark.parametrize(
    ("prefix", "length", "address"),
    [
        ("2001:db8::", 32, "2001:db8:c000:221::"),
        ("2001:db8:100::", 40, "2001:db8:1c0:2:21::"),
        ("2001:db8:122::", 48, "2001:db8:122:c000:2:2100::"),
        ("2001:db8:122:300::", 56, "2001:db8:122:3c0:0:221::"),
        ("2001:db8:122:344::", 64, "2001:db8:122:344:c0:2:2100::"),
        ("2001:db8:122:344::", 96, "2001:db8:122:344::192.0.2.33"),
    ],
)
def test_what_is_behind_a_prefix_is_where_rfc_6052_puts_it(
    prefix: str, length: int, address: str
) -> None:
    assert inside.embedded(IPv6Address(address), length) == IPv4Address("192.0.2.33")
    network = IPv6Network(f"{prefix}/{length}")
    assert IPv6Address(address) in network


@pytest.mark.parametrize("known", ["192.0.0.170", "192.0.0.171"])
def test_the_prefix_is_told_by_the_name_that_has_only_ipv4_addresses(known: str) -> None:
    told = [IPv6Address(f"{PREFIX}{known}"), IPv6Address("2a00:1450::5")]
    assert inside.prefixes(told) == (IPv6Network(f"{PREFIX}/96"),)
    assert inside.prefixes([IPv6Address("2a00:1:0:c000:aa::")]) == ()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A network with NAT64, whose name server tells its prefix; returns whom somebody connected to."""
    addresses = {
        inside.TELLS: f"{PREFIX}192.0.0.171",
        "hostile.example": HOSTILE,
        "good.example": GOOD,
        "plain.example": "8.8.8.8",
    }

    def resolve(host: str, port: int | None, *_: Any, **__: Any) -> list[Any]:
        address = addresses.get(host, host)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    connected: list[str] = []

    def connect(address: tuple[str, int], _timeout: float) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(nat64, "_found", {})
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outbound.socket, "create_connection", connect)
    return connected


def test_an_inside_address_behind_the_networks_own_prefix_is_not_called(names: list[str]) -> None:
    assert may_call(IPv6Address(HOSTILE), ()), "it looks like any other"
    assert "inside" in (refusal("https://hostile.example/", ()) or "")
    came = get("https://hostile.example/", {}, allow=())
    assert isinstance(came, NoAnswer)
    assert came.forbidden
    assert names == []
    assert refusal("https://good.example/", ()) is None
    get("https://good.example/", {}, allow=())
    get("https://hostile.example/", {}, allow=(ip_network("10.0.0.0/8"),))
    assert names == [str(IPv6Address(GOOD)), str(IPv6Address(HOSTILE))]


def test_without_tls_only_what_the_operator_named_is_called(names: list[str]) -> None:
    assert (
        refusal("http://plain.example/", ())
        == "plain.example is outside, where only https is called"
    )
    came = get("http://plain.example/", {}, allow=())
    assert isinstance(came, NoAnswer)
    assert came.forbidden
    assert names == []
    named = (ip_network("8.8.8.0/24"),)
    assert refusal("http://plain.example/", named) is None
    get("http://plain.example/", {}, allow=named)
    assert names == ["8.8.8.8"]
