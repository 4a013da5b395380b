"""HTTP to the outside, never to the inside: the address that is connected to is the one that was checked.

No redirects, no proxies from the environment, bounded in time and size. A name is resolved once and the
connection made to the checked address, so that a name which changes its mind in between gains nothing.
"""

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from webhooks import nat64 as nat64s
from webhooks.inside import INSIDE, embedded, is_named, is_of_tunnel, may_be_nat64
from webhooks.watch import Watch

Address = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
WHOLE_SECONDS = 15.0
"""A call ends within this and the time a name takes to resolve; a lease lasts 25 s."""
TOO_LONG = f"the answer took longer than {WHOLE_SECONDS:.0f} s"
LARGEST_ANSWER = 2 << 20
CHUNK = 1 << 16


class Only(tuple[IPv4Network | IPv6Network, ...]):
    """Networks beside which nothing at all is called, not even what is outside: for a demo."""

    __slots__ = ()


class InsideAddressError(Exception):
    """The address is inside, or none: WARMLINE_EGRESS_ALLOW can name networks that may be called."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing usable came back. `forbidden`: the guard refused, and will until the address changes."""

    reason: str
    forbidden: bool = False


def may_call(address: Address, allow: Networks, nat64: Sequence[IPv6Network] = ()) -> bool:
    """Whether this address is outside, or in a network the operator has allowed.

    `nat64` are the prefixes that the network here turns into the IPv4 addresses behind them.
    """
    if is_named(address, allow):
        return True
    for prefix in nat64:
        if isinstance(address, IPv6Address) and address in prefix:
            return may_call(embedded(address, prefix.prefixlen), allow)
    if isinstance(allow, Only) or any(address in network for network in INSIDE):
        return False
    if isinstance(address, IPv6Address) and is_of_tunnel(address):
        return False
    return address.is_global and not address.is_multicast


def refusal(url: str, allow: Networks) -> str | None:
    """Why this address must not be called, judged by what its name resolves to now; None if it may be.

    A name that does not resolve is nobody's inside, and for https alone; it is judged again when called.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "this is no address"
    if parts.scheme not in {"http", "https"} or not host or " " in url or not url.isprintable():
        return "only http and https addresses can be called"
    if parts.username or parts.password:
        return "an address must not hold a password"
    try:
        # What follows a % names an interface of ours, which an address from outside cannot mean.
        found = _resolve(host.partition("%")[0] if ":" in host else host, port)
    except (OSError, UnicodeError):
        return None if parts.scheme == "https" or allow else "only https addresses are called"
    try:
        _good(host, found, allow, sealed=parts.scheme == "https", all_of_them=True)
    except InsideAddressError as error:
        return str(error)
    return None


def get(url: str, headers: Mapping[str, str], *, allow: Networks) -> Answered | NoAnswer:
    """One GET. Every failure is a value."""
    return _send("GET", url, headers, None, allow)


def post(
    url: str, headers: Mapping[str, str], body: bytes, *, allow: Networks
) -> Answered | NoAnswer:
    """One POST. Every failure is a value."""
    return _send("POST", url, headers, body, allow)


def send(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, allow: Networks
) -> Answered | NoAnswer:
    """One request by another method. Every failure is a value."""
    return _send(method, url, headers, body, allow)


def _send(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, allow: Networks
) -> Answered | NoAnswer:
    until = time.monotonic() + WHOLE_SECONDS
    with requests.Session() as session, Watch(WHOLE_SECONDS) as watch:
        session.trust_env = False
        session.mount("http://", _Guard(allow, watch))
        session.mount("https://", _Guard(allow, watch))
        try:
            with session.request(
                method,
                url,
                headers=dict(headers),
                data=body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                came = _read(response, until)
            # What was cut off may look whole: an answer without a length ends where the line does.
            return NoAnswer(TOO_LONG) if watch.ended else came
        except InsideAddressError as error:
            return NoAnswer(str(error), forbidden=True)
        except (requests.RequestException, HTTPError, OSError, UnicodeError, ValueError) as error:
            return NoAnswer(TOO_LONG if watch.ended else f"no answer ({type(error).__name__})")


def _read(response: requests.Response, until: float) -> Answered | NoAnswer:
    parts: list[bytes] = []
    size = 0
    for chunk in response.iter_content(CHUNK):
        size += len(chunk)
        parts.append(chunk)
        if size > LARGEST_ANSWER:
            return NoAnswer(f"the answer is larger than {LARGEST_ANSWER} bytes")
        if time.monotonic() > until:
            return NoAnswer(TOO_LONG)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answered(response.status_code, headers, b"".join(parts))


class _Guard(HTTPAdapter):
    """Requests' transport with connections that check whom they reach."""

    def __init__(self, allow: Networks, watch: Watch) -> None:
        self._allow = allow
        self._watch = watch
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._allow, self._watch)


def _pools(allow: Networks, watch: Watch) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return watch.over(_connected(self, allow, sealed=False))

    class Tls(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return watch.over(_connected(self, allow, sealed=True))

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


def _connected(connection: HTTPConnection, allow: Networks, *, sealed: bool) -> socket.socket:
    """The connection's socket; the Host header and the TLS name stay the host's."""
    try:
        return connect(connection.host.strip("[]"), connection.port or 80, allow, sealed=sealed)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, "no connection") from error


def connect(host: str, port: int, allow: Networks, *, sealed: bool = True) -> socket.socket:
    """A socket to one of the host's allowed addresses; `sealed`: by TLS, which alone goes outside.

    Raises InsideAddressError where none is allowed, OSError or UnicodeError where none answers.
    """
    problem = OSError("no connection")
    for address in _good(host, _resolve(host, port), allow, sealed=sealed):
        try:
            return socket.create_connection((str(address), port), CONNECT_SECONDS)
        except OSError as error:
            problem = error
    raise problem


def _good(
    host: str,
    found: Sequence[Address],
    allow: Networks,
    *,
    sealed: bool,
    all_of_them: bool = False,
) -> list[Address]:
    """Those of a host's addresses that may be called. Raises InsideAddressError where none, or not all, may be."""
    asked = any(may_be_nat64(each) and not is_named(each, allow) for each in found)
    nat64 = nat64s.here(time.monotonic()) if asked and not isinstance(allow, Only) else ()
    good = [each for each in found if may_call(each, allow, nat64)]
    bad = [each for each in found if each not in good] if all_of_them else []
    if bad or not good:
        raise InsideAddressError(_why(host, allow, f" ({bad[0]})" if bad else ""))
    known = good if sealed else [each for each in good if is_named(each, allow)]
    if not known or (all_of_them and len(known) < len(good)):
        raise InsideAddressError(f"{host} is outside, where only https is called")
    return known


def _why(host: str, allow: Networks, where: str = "") -> str:
    if isinstance(allow, Only):
        return "a demo calls nothing but its own stand-ins"
    return f"{host} is inside{where}, see WARMLINE_EGRESS_ALLOW"


def _resolve(host: str, port: int) -> list[Address]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A scope ("%eth0") names an interface of ours; only link-local addresses have one.
    return [ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]
