"""The bell wakes a worker, never piles up, and costs nobody a wait when Redis is away."""

import time
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue as RedisQueue

from app.bell import ENOUGH_WAITING, Bell
from tests.support.redis import RunningValkey


def waiting(valkey: RunningValkey, queue: str = "inside") -> int:
    with Redis.from_url(valkey.url) as client:
        return len(RedisQueue(queue, connection=client))


def test_each_queue_that_got_work_is_rung(valkey: RunningValkey) -> None:
    bell = Bell(valkey.url)
    bell.ring({"inside", "outside"})
    assert bell.flush()
    assert (waiting(valkey), waiting(valkey, "outside")) == (1, 1)


def test_bells_do_not_pile_up_while_nobody_listens(valkey: RunningValkey) -> None:
    bell = Bell(valkey.url)
    for _ in range(100):
        bell.ring({"inside"})
        bell.flush()
    assert waiting(valkey) == ENOUGH_WAITING


def test_no_two_bells_share_an_id(valkey: RunningValkey) -> None:
    bell = Bell(valkey.url)
    for _ in range(ENOUGH_WAITING):
        assert bell.ring_now("inside")
    with Redis.from_url(valkey.url) as client:
        assert len(set(RedisQueue("inside", connection=client).job_ids)) == ENOUGH_WAITING


def test_ringing_takes_no_time_while_redis_is_away(tmp_path: Path) -> None:
    bell = Bell(f"unix://{tmp_path / 'nobody.sock'}")
    started = time.monotonic()
    for _ in range(1000):
        bell.ring({"inside"})
    assert time.monotonic() - started < 0.2
    assert not bell.ring_now("inside")


def test_a_redis_that_answers_nothing_delays_no_one(tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "s"))
        silent.listen()
        bell = Bell(f"unix://{tmp_path / 's'}")
        started = time.monotonic()
        bell.ring({"inside"})
        assert time.monotonic() - started < 0.05
        assert bell.flush(2)
        assert not bell.ring_now("inside")


def test_the_bell_is_heard_again_when_redis_is_back(valkey: RunningValkey) -> None:
    bell = Bell(valkey.url)
    assert bell.ring_now("inside")
    valkey.stop()
    assert not bell.ring_now("inside")
    valkey.start()
    deadline = time.monotonic() + 5
    while not bell.ring_now("inside"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("url", [None])
def test_without_redis_nothing_is_rung_and_nothing_fails(url: None) -> None:
    bell = Bell(url)
    bell.ring({"inside"})
    assert bell.flush()
    assert not bell.ring_now("inside")
    assert not bell.has_redis
