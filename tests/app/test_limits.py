"""Tries to sign in are counted together over Redis, and nobody waits for one that does not answer."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from app.auth.limits import Tries, Try
from app.counts import Counts
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


def test_counting_in_this_process_starts_no_thread() -> None:
    before, tries = threading.enumerate(), Tries(None)
    for _ in range(10):
        tries.failed(GUESS)
    assert not tries.allowed(GUESS)
    assert threading.enumerate() == before


def test_a_window_begins_with_the_first_and_is_over_in_its_time() -> None:
    counts = Counts()
    assert [counts.incr("here", 0.05), counts.incr("here", 9), counts.incr("there", 9)] == [1, 2, 1]
    time.sleep(0.06)
    assert (counts.get("here"), counts.get("there")) == (0, 1)
    assert counts.incr("here", 0.05) == 1
    assert 0 < counts.get_expiry("there") - counts.get_expiry("elsewhere") <= 9


def test_windows_that_are_over_are_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Counts()
    counts.incr("here", 0.01)
    counts.incr("there", 9)
    time.sleep(0.02)
    monkeypatch.setattr("app.counts.SWEPT_EVERY", 0.0)
    counts.incr("there", 9)
    assert counts.reset() == 1
