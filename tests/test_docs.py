"""What the documents name is there: files, commands, settings."""

import re
from pathlib import Path

import pytest

import app.tables  # noqa: F401 - every room's tables
from app.cli import PLACES
from app.settings import NOT_OURS, SETTINGS
from prospects.table import Base
from prospects.topics import Topic, queue_of
from tests.pictures import PICTURES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
COMMAND = re.compile(r"(?:\./|`)warmline ([a-z][a-z-]*)")
SETTING = re.compile(r"\bWARMLINE_[A-Z_]+\b")
FENCE = re.compile(r"`((?:app|nurture|prospects|routing|scoring|webhooks|bench|tests)/[\w/.-]+)`")


@pytest.fixture(params=DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def document(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def test_every_link_leads_somewhere(document: Path) -> None:
    links = [each for each in LINK.findall(document.read_text()) if "://" not in each]
    assert [each for each in links if not (document.parent / each).exists()] == []


def test_every_command_named_is_one(document: Path) -> None:
    named = set(COMMAND.findall(document.read_text()))
    assert named - set(PLACES) == set()


def test_every_setting_named_is_one(document: Path) -> None:
    named = {each for each in SETTING.findall(document.read_text()) if not each.endswith("_")}
    assert {each for each in named - set(SETTINGS) if not each.startswith(NOT_OURS)} == set()


def test_every_file_named_is_there(document: Path) -> None:
    named = {each.rstrip("./") for each in FENCE.findall(document.read_text())}
    assert {each for each in named if not (ROOT / each).exists()} == set()


def test_the_pictures_are_those_that_the_script_takes() -> None:
    shown = re.findall(r"\(docs/pictures/(\w+)\.png\)", (ROOT / "README.md").read_text())
    assert sorted(shown) == sorted(picture.name for picture in PICTURES)


def test_each_word_of_the_glossary_stands_there_once() -> None:
    """One that has two meanings says beside it which is meant: `part (of a look)`."""
    lines = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    rows = [line.split("|")[1] for line in lines if line.startswith("| ")][1:]
    words = [word.strip().casefold() for row in rows for word in row.split(",")]
    assert len(words) > 200
    assert [word for word in set(words) if words.count(word) > 1] == []


def test_decisions_are_numbered_once_each_as_their_titles_say() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(each.name.split("-")[0]) for each in pages]
    assert numbers == list(range(1, len(pages) + 1))
    titled = [int(each.read_text().removeprefix("# ").split(".")[0]) for each in pages]
    assert titled == numbers


def test_the_architecture_names_every_topic_with_its_queue() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    named = dict(re.findall(r"^\| `(\w+)` \| (inside|outside) \|", page, re.MULTILINE))
    assert named == {topic.value: queue_of(topic).value for topic in Topic}


def test_the_architecture_names_every_table_and_every_folder_of_the_roof() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    tables = {each for each in Base.metadata.tables if f"`{each}`" not in page}
    folders = {each.parent.name for each in (ROOT / "app").glob("*/__init__.py")}
    assert tables == set()
    assert {each for each in folders if f"`app/{each}/`" not in page} == set()


def test_the_checks_find_something_to_check() -> None:
    text = "".join(each.read_text() for each in DOCUMENTS)
    assert len(LINK.findall(text)) > 5
    assert {"up", "test", "apply"} <= set(COMMAND.findall(text))
    assert len(FENCE.findall(text)) > 10
