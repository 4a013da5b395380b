"""Calls to the outside: never to the inside, never twice, never for ever."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from flask import Flask, Response, request

from tests.support import serving
from tests.support.suites import suite
from webhooks import outbound
from webhooks.outbound import Answered, NoAnswer, get, may_call, post, refusal

LOOPBACK = (ip_network("127.0.0.0/8"),)


@contextmanager
def served(view: Callable[[], Any]) -> Iterator[str]:
    app = Flask("outside")
    app.add_url_rule("/", "view", view, methods=["GET", "POST"])
    with serving.served(app) as address:
        yield f"{address}/"


def test_the_suites_addresses_are_judged_as_it_says() -> None:
    found = suite("13-ssrf/ssrf_addresses.json")
    every = [*found["from_smokescreen"], *found["additions"]]
    denied = {each["ip"] for each in every if each["verdict"] == "deny"}
    denied |= set(found["from_advocate_bad_ips"])
    for network in found["safecurl_blocked_networks"]:
        parsed = ip_network(network)
        denied |= {str(parsed[0]), str(parsed[-1])}
    # The suite allows some private ones under a switch that we do not have.
    private = ("10.", "172.16.", "192.168.")
    allowed = {each["ip"] for each in every if each["verdict"] == "allow"} - denied
    allowed = {each for each in allowed if not each.startswith(private)}
    assert [each for each in denied if may_call(ip_address(each), ())] == []
    assert [each for each in allowed if not may_call(ip_address(each), ())] == []
    assert len(allowed) > 5
    assert len(denied) > 40
    for each in denied:
        url = f"http://[{each}]/" if ":" in each else f"http://{each}/"
        assert refusal(url, ()), "when it is saved"
        came = get(url, {}, allow=())
        assert isinstance(came, NoAnswer), "when it is called"
        assert came.forbidden


def test_a_name_that_nobody_knows_yet_is_saved_for_https_alone() -> None:
    unknown = "//hooks.buyer.invalid/told"
    assert refusal(f"https:{unknown}", ()) is None
    assert refusal(f"http:{unknown}", ()) == "only https addresses are called"
    assert refusal(f"http:{unknown}", LOOPBACK) is None


@pytest.mark.parametrize("odd", [" ", "\t", "\r\nX-Header: y", "\x00", "\x7f"])
def test_an_address_with_blanks_or_control_characters_is_none(odd: str) -> None:
    assert refusal(f"https://192.0.9.9/x{odd}", LOOPBACK)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.88.99.1", "::1", "::",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_an_inside_address_may_not_be_called(address: str) -> None:
    assert not may_call(ip_address(address), ())
    host = f"[{address}]" if ":" in address else address
    assert refusal(f"http://{host}/", ())


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_an_outside_address_may(address: str) -> None:
    assert may_call(ip_address(address), ())


@pytest.mark.parametrize(
    "url",
    [
        "http://0177.0.0.1/", "http://0x7f.1/", "http://2130706433/", "http://127.1/",
        "http://localhost/", "http://①②⑦.⓪.⓪.①/", "ftp://8.8.8.8/", "file:///etc/passwd",
        "http://", "http://[::1", "gopher://8.8.8.8", "http://[fe80::1%25lo]/",
        "http://[::ffff:127.0.0.1%25lo]/", "http://127。0。0。1/",
    ],
)  # fmt: skip
def test_disguises_do_not_help(url: str) -> None:
    assert refusal(url, ())
    assert isinstance(get(url, {}, allow=()), NoAnswer)


def test_an_address_with_a_password_in_it_is_not_saved() -> None:
    assert refusal("http://user:pass@8.8.8.8/", ())


def test_the_operator_can_allow_a_network() -> None:
    assert refusal("http://127.0.0.1/", ())
    assert refusal("http://127.0.0.1/", LOOPBACK) is None
    assert may_call(ip_address("::ffff:127.0.0.1"), LOOPBACK)


def test_what_is_allowed_is_called_and_the_rest_is_not() -> None:
    with served(lambda: "hello") as url:
        refused = get(url, {}, allow=())
        assert isinstance(refused, NoAnswer)
        assert refused.forbidden
        answer = get(url, {}, allow=LOOPBACK)
        assert isinstance(answer, Answered)
        assert (answer.status, answer.body) == (200, b"hello")


def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look-up, the one a naive client would connect by, says loopback."""
    asked: list[str] = []

    def rebinding(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected: list[str] = []

    def connect(address: tuple[str, int], _timeout: float) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(outbound.socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(outbound.socket, "create_connection", connect)
    assert isinstance(get("https://rebinding.example/", {}, allow=()), NoAnswer)
    assert connected == ["8.8.8.8"]
    assert len(asked) == 1


def test_redirects_are_not_followed() -> None:
    def view() -> Response:
        return Response(status=302, headers={"Location": "http://169.254.169.254/"})

    with served(view) as url:
        answer = get(url, {}, allow=LOOPBACK)
        assert isinstance(answer, Answered)
        assert answer.status == 302


def test_an_endless_answer_is_cut() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 65536

    with served(lambda: Response(endless())) as url:
        answer = get(url, {}, allow=LOOPBACK)
        assert isinstance(answer, NoAnswer)
        assert "larger" in answer.reason


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        answer = get(f"http://127.0.0.1:{port}/", {}, allow=LOOPBACK)
    assert isinstance(answer, NoAnswer)


def test_the_host_header_and_the_body_arrive_as_given() -> None:
    def view() -> Response:
        return Response(request.headers["Host"].encode() + b"|" + request.get_data())

    with served(view) as url:
        named = url.replace("127.0.0.1", "localhost")
        answer = post(named, {}, b"\x00raw", allow=(*LOOPBACK, ip_network("::1/128")))
    assert isinstance(answer, Answered)
    assert answer.body.startswith(b"localhost:")
    assert answer.body.endswith(b"|\x00raw")


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:0:127.0.0.1", "64:ff9b:1::10.0.0.1", "64:ff9b:1:ffff::", "2002:a00:1::", "::10.0.0.1",
        "2001:4860:4860::5efe:10.0.0.1", "2606:4700::200:5efe:127.0.0.1", "2606:4700::300:5efe:10.0.0.1", "2001:10::1", "2001:2::1",
    ],
)  # fmt: skip
def test_no_way_to_write_an_old_address_as_a_new_one_leads_inside(address: str) -> None:
    assert not may_call(ip_address(address), ())


def test_who_sends_a_header_byte_by_byte_holds_nobody_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as dripping:
        port = dripping.getsockname()[1]

        def drip() -> None:
            with dripping.accept()[0] as connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(100):
                    connection.sendall(b"x")
                    time.sleep(0.1)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        begun = time.monotonic()
        answer = get(f"http://127.0.0.1:{port}/", {}, allow=LOOPBACK)
        assert time.monotonic() - begun < 3
        assert answer == NoAnswer(outbound.TOO_LONG)
        thread.join()
