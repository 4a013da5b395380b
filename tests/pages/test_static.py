"""What pages load is ours, is what it says it is, and stays within the strict policy."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "app" / "static"
TEMPLATES = ROOT / "templates"
PAGES = [
    path for path in sorted(TEMPLATES.rglob("*.html")) if path.parent.name != "mails"
]  # a marketer's mails are mails, not pages


def vendored() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((STATIC / "vendor" / "vendor.json").read_text())
    return found


def test_vendored_files_are_the_ones_that_were_checked() -> None:
    listed = {}
    for package in vendored():
        assert str(package["integrity"]).startswith("sha512-")
        files = package["files"]
        assert isinstance(files, dict)
        assert any(name.endswith("LICENSE") for name in files)
        listed |= files
    here = {
        path.relative_to(STATIC / "vendor").as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.name != "vendor.json"
    }
    assert here == listed


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_template_loads_nothing_from_elsewhere_and_holds_no_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"""(src|href|action)\s*=\s*["']?(https?:)?//""", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"<style|javascript:|hx-on", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "|safe" not in text


def test_the_stylesheet_loads_nothing() -> None:
    assert not re.search(r"url\(|@import", (STATIC / "warmline.css").read_text())


def test_every_class_of_the_stylesheet_is_worn_somewhere() -> None:
    rules = re.sub(r"/\*.*?\*/", "", (STATIC / "warmline.css").read_text(), flags=re.DOTALL)
    dressed = set(re.findall(r"\.([a-z][\w-]*)", rules))
    pages = [*TEMPLATES.rglob("*.html"), *(ROOT / "app").rglob("*.py")]
    worn = "".join(each.read_text() for each in [*pages, STATIC / "app.js"])
    words = set(re.findall(r"[a-z][\w-]*", worn))
    begun = tuple(re.findall(r"([a-z][\w-]*--)(?:{{|\")", worn))
    assert {each for each in dressed - words if not each.startswith(begun)} == set()
