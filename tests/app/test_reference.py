"""The documents that are made from the code read as the code says."""

import re
from pathlib import Path

import pytest

from app.cli import commands
from app.reference import pages
from app.reference.activities import MEANINGS
from app.reference.tables import anchor
from app.settings import Settings
from app.web import create_app
from prospects.kinds import Kind

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    data = tmp_path_factory.mktemp("data")
    site = create_app(
        Settings(data=data, database_url=f"sqlite:///{data}/x.db", secret_key="s" * 32)
    )
    return pages.made(site, commands, DOCS)


def test_they_are_up_to_date(made: dict[Path, str]) -> None:
    stale = [str(path.relative_to(DOCS)) for path, text in made.items() if path.read_text() != text]
    assert stale == [], "run `./warmline reference` and commit what it writes"


def test_links_within_them_lead_to_one_heading(made: dict[Path, str]) -> None:
    for path, text in made.items():
        if path.parent.name == "reference":
            headings = [anchor(each) for each in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]
            links = set(re.findall(r"\]\((#[^)]+)\)", text))
            assert {each for each in links if headings.count(each) != 1} == set(), path.name


def test_every_kind_of_activity_is_explained() -> None:
    assert set(MEANINGS) == set(Kind)


def test_nothing_that_validates_is_left_unsaid(made: dict[Path, str]) -> None:
    text = made[DOCS / "reference" / "workspace.md"]
    for key in ("`accept_within`", "`half_life`", "`verify_token`", "`wait_for`", "`subject`"):
        assert key in text
    assert "[ToTeam]" not in text


def test_every_option_says_what_it_does(made: dict[Path, str]) -> None:
    rows = re.findall(r"^\| `-.*\|$", made[DOCS / "reference" / "commands.md"], re.MULTILINE)
    assert len(rows) > 30
    assert [each for each in rows if each.split(" | ")[1].strip() == ""] == []
