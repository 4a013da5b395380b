"""One slip anywhere in a workspace's YAML is told at its line, with the right word where there is one."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.workspace.apply import work_out
from app.workspace.mistakes import Mistake, MistakesError
from app.workspace.standing import Standing
from tests.workspace.test_misspelt import without_comments
from tests.workspace.test_mistakes import ENVIRON, STARTER

CONTRACT = Path(__file__).parents[1] / "workspaces" / "contract"
VARIABLES = {
    **ENVIRON,
    **dict.fromkeys(("LI_SECRET", "LI_TOKEN", "SITE_KEY", "SIGNING"), "a-long-enough-secret"),
    "LI_URL": "https://platform.example",
}
PAIR = re.compile(r"(?:^|(?<=[{\s,]))([a-z_-]+): ([^\[\]{},\s#\"'][^\[\]{},#\"'\n]*?)(?=[,}\n]| #)")
WORD = re.compile(r"^(?!fields\.)[a-z][a-z0-9_@.-]+$")


@dataclass(frozen=True)
class Slip:
    """A text of one file with one mistake, which must be told at `line`; `right` is the word meant."""

    sort: str
    file: str
    text: str
    line: int
    right: str = ""


def slips(folder: Path) -> Iterator[Slip]:
    """Each place of each YAML file, mistaken in each way."""
    for path in sorted(folder.rglob("*.yaml")):
        file, text = path.relative_to(folder).as_posix(), without_comments(path.read_text())
        yield from of_lines(file, text)
        yield from of_values(file, text)


def of_lines(file: str, text: str) -> Iterator[Slip]:
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        before, after = "".join(lines[:at]), "".join(lines[at + 1 :])
        if line.startswith(" "):
            yield Slip("tab", file, f"{before}\t{line}{after}", at + 1)
        if re.match(r" *[a-z_]+: ", line):
            yield Slip("twice", file, f"{before}{line}{line}{after}", at + 2)


def of_values(file: str, text: str) -> Iterator[Slip]:
    for pair in PAIR.finditer(text):
        start, end = pair.span(2)
        line = text[:start].count("\n") + 1
        for sort, wrong in (("a mapping", "{zz: 1}"), ("a list", "[[zz]]"), ("open", "[")):
            yield Slip(sort, file, f"{text[:start]}{wrong}{text[end:]}", line)
        if WORD.match(pair[2]) and pair[1] in CLOSED and "where" not in text.splitlines()[line - 1]:
            yield Slip("misspelt", file, f"{text[:end]}q{text[end:]}", line, right=pair[2])


CLOSED = {
    *("activity", "field", "op", "stage", "lane", "clock", "to", "kind", "template"),
    *("then", "else", "next", "fallback"),
}
"""Keys whose words are given: by us, or by what else stands in the workspace."""


def told(folder: Path, slip: Slip) -> list[Mistake]:
    path = folder / slip.file
    good = path.read_text()
    path.write_text(slip.text)
    try:
        work_out(folder, VARIABLES, Standing(), secret="k" * 40)
    except MistakesError as error:
        return list(error.mistakes)
    finally:
        path.write_text(good)
    return []


def is_right(slip: Slip, mistakes: list[Mistake]) -> bool:
    here = [each for each in mistakes if (each.file, each.spot.line) == (slip.file, slip.line)]
    if slip.right:
        # Where a name is given to something, it is missed where it is used.
        return any(f"`{slip.right}" in str(each) for each in here or mistakes)
    return bool(here)


@pytest.mark.parametrize("folder", [STARTER, CONTRACT], ids=["starter", "contract"])
def test_a_slip_anywhere_is_told_at_its_line(
    folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(folder, tmp_path / "workspace")
    place = tmp_path / "workspace"
    assert work_out(place, VARIABLES, Standing(), secret="k" * 40).changes
    every = list(slips(place))
    some = every if request.config.getoption("--soak") else every[::23]
    wrong = [
        (each.sort, each.file, each.text.splitlines()[each.line - 1], [str(one) for one in found])
        for each in some
        if not is_right(each, found := told(place, each))
    ]
    assert wrong == []
