"""What the how-to pages tell people to write can be applied, as they say it."""

import re
import shutil
import textwrap
from datetime import datetime
from pathlib import Path

import pytest

from app.database import Database
from app.workspace.apply import apply

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
BLOCK = re.compile(
    r"^( *)```(?:yaml|html)\n *# ((?:flows/|mails/)?[\w-]+\.\w+)\n(.*?)^ *```$", re.MULTILINE | re.S
)


def blocks(page: Path) -> list[tuple[str, str]]:
    """Each file that a page shows, by name; a list's entries are to be added to the file of that name."""
    found = BLOCK.findall(page.read_text())
    return [(name, textwrap.dedent(text)) for _, name, text in found]


def follow(page: Path, place: Path) -> None:
    shutil.copytree(ROOT / "templates" / "starter", place)
    for name, text in blocks(page):
        path = place / name
        if path.exists():
            path.write_text(path.read_text() + textwrap.indent(text, "  "))
        else:
            path.write_text(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.stem)
def test_what_a_page_shows_can_be_applied(
    page: Path, database: Database, now: datetime, tmp_path: Path
) -> None:
    follow(page, tmp_path / "workspace")
    named = set(re.findall(r"\$\{(\w+)\}", page.read_text()))
    environ = {name: f"a-secret-{name.lower()}" for name in {*named, "API_KEY"}}
    changes = apply(database, tmp_path / "workspace", environ, now, secret="k" * 40)
    assert len(changes.changes) == 11 + len(blocks(page))


def test_the_pages_show_something_to_apply() -> None:
    assert sum(len(blocks(page)) for page in PAGES) >= 7
