"""Tries to sign in are counted together over Redis, and nobody waits for one that does not answer."""

import socket
import time
from collections.abc import Iterator

import pytest

from app.auth.limits import Tries, Try
from tests.support.redis import RunningValkey

GUESS = Try(address="203.0.113.7", email="rita@acme.example", device=None)


@pytest.fixture
def mute() -> Iterator[str]:
    """A Redis that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_processes_count_together(valkey: RunningValkey) -> None:
    one, other = Tries(valkey.url), Tries(valkey.url)
    for _ in range(5):
        one.failed(GUESS)
        other.failed(GUESS)
    assert not one.allowed(GUESS)
    assert not other.allowed(GUESS)


def test_a_redis_that_does_not_answer_costs_a_quarter_of_a_second_once(mute: str) -> None:
    tries = Tries(mute)
    started = time.monotonic()
    assert tries.allowed(GUESS)
    for _ in range(10):
        tries.failed(GUESS)
    assert not tries.allowed(GUESS), "counted in this process meanwhile"
    assert time.monotonic() - started < 0.4
