"""Every key of the starter workspace, misspelt in turn, is named at its line."""

import re
from pathlib import Path

import pytest

from tests.workspace.mutations import ALL
from tests.workspace.test_mistakes import STARTER, mistakes_in, place

__all__ = ["place"]

KEY = re.compile(r"(?:(?<=[{\s,])|^)([a-z_-]+)(?=:(?:\s|$))", re.MULTILINE)
FREE = {"language", "fast", "normal"}
"""Keys that the team chooses (skills, lanes): any word is right."""


def keys() -> list[tuple[str, int]]:
    """The file and offset of each key."""
    return [
        (path.relative_to(STARTER).as_posix(), match.end())
        for path in sorted(STARTER.rglob("*.yaml"))
        for match in KEY.finditer(without_comments(path.read_text()))
        if match[1] not in FREE
    ]


def without_comments(text: str) -> str:
    return re.sub(r"#.*", lambda comment: " " * len(comment[0]), text)


@pytest.mark.parametrize(("file", "end"), keys(), ids=str)
def test_a_misspelt_key_is_named_at_its_line(place: Path, file: str, end: int) -> None:
    text = (place / file).read_text()
    (place / file).write_text(f"{text[:end]}q{text[end:]}")
    line = text[:end].count("\n") + 1
    key = re.findall(r"[a-z_-]+$", text[:end])[0]

    found = [each for each in mistakes_in(place) if each.file == file]

    # What must be there and no longer is, is missed where that begins which should hold it.
    missed = [each for each in found if key in re.findall("[a-z_-]+", str(each.fault))]
    assert line in {each.spot.line for each in found} or missed, (key, found)


def test_with_the_other_slips_there_are_more_than_two_hundred() -> None:
    assert len(keys()) + len(ALL) > 200
