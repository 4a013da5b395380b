"""Scanners are told from readers by what they say and by how fast they go."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from prospects.robots import Followed, is_robot, is_too_soon, swept

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
)


def clicks(*told: tuple[str, float]) -> list[Followed]:
    return [Followed(link, AT + timedelta(seconds=after), link == "trap") for link, after in told]


@pytest.mark.parametrize(
    ("agent", "robot"),
    [
        (CHROME, False),
        ("", False),
        ("Mozilla/5.0", True),
        (f"{CHROME} Proofpoint", True),
        ("Mimecast URL Protect", True),
        ("BarracudaCentral", True),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", True),
        ("Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36", True),
        ("Mozilla/5.0 Firefox/11.0 (via ggpht.com GoogleImageProxy)", False),
        ("python-requests/2.32", False),
    ],
)
def test_what_names_itself_a_robot_is_one(agent: str, robot: bool) -> None:
    assert is_robot({"user-agent": agent}) is robot


def test_a_browser_that_a_program_drives_may_look_at_our_own_pages() -> None:
    driven = {"user-agent": "Mozilla/5.0 HeadlessChrome/140.0"}
    assert not is_robot(driven, automated=False)


@pytest.mark.parametrize(
    ("told", "robots"),
    [
        ([("a", 0)], set()),
        ([("a", 0), ("a", 1)], set()),
        ([("a", 0), ("b", 1)], {0, 1}),
        ([("a", 0), ("b", 4)], set()),
        ([("a", 0), ("b", 4), ("c", 8)], {0, 1, 2}),
        ([("a", 0), ("b", 30), ("c", 60)], set()),
        ([("a", 0), ("trap", 300)], {0, 1}),
        ([("a", 0), ("trap", 900)], {1}),
        ([], set()),
    ],
)
def test_nobody_follows_links_as_fast_as_a_scanner(
    told: list[tuple[str, float]], robots: set[int]
) -> None:
    assert swept(clicks(*told)) == robots


def test_of_scanners_nearly_all_and_of_readers_nearly_none_are_marked() -> None:
    dice = random.Random(7)
    caught = lost = 0
    for _ in range(300):
        links = [f"link {n}" for n in range(dice.randint(2, 6))]
        visits = clicks(*((link, dice.uniform(0, 10 if len(links) > 2 else 3)) for link in links))
        visits += clicks(("trap", dice.uniform(0, 10)))
        caught += len(swept(visits)) == len(visits)
        read, after = [], 0.0
        for link in dice.sample(links, dice.randint(1, len(links))):
            read.append((link, after))
            after += dice.lognormvariate(3.5, 0.6)
        lost += bool(swept(clicks(*read)))
    assert caught >= 0.95 * 300
    assert lost <= 0.02 * 300


def test_a_mail_that_has_not_left_was_read_by_nobody() -> None:
    assert is_too_soon(None, AT)
    assert is_too_soon(AT, AT + timedelta(seconds=2))
    assert not is_too_soon(AT, AT + timedelta(seconds=3))
