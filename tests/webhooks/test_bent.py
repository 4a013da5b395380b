"""Whatever shape a platform's answer takes, it is read or explained, and nothing of ours breaks.

What platforms post is bent in `test_whatever_is_posted`, through the door.
"""

from collections.abc import Callable
from random import Random

import pytest

from tests.webhooks.readers import FETCHED, LISTED, MAILED, Once, fetched, listed, mailed

MANY, VERY_MANY = 200, 10_000
EVERY: list[tuple[Callable[[str], Once], str]] = [
    *((fetched, file) for file in FETCHED),
    *((listed, file) for file in LISTED),
    *((mailed, file) for file in MAILED),
]


def read(way: Callable[[str], Once], file: str, count: int) -> None:
    once, random = way(file), Random(file)
    for _ in range(count):
        once(random)


@pytest.mark.parametrize(("way", "file"), EVERY)
def test_two_hundred_bent_answers_are_read_or_explained(
    way: Callable[[str], Once], file: str
) -> None:
    read(way, file, MANY)


@pytest.mark.soak
@pytest.mark.parametrize(("way", "file"), EVERY)
def test_ten_thousand_bent_answers_are_read_or_explained(
    way: Callable[[str], Once], file: str
) -> None:
    read(way, file, VERY_MANY)
