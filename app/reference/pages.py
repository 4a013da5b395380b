"""Which documents are made from the code, whole or in marked parts, and how they are written."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from flask import Flask

from app.known_settings import KNOWN
from app.permissions import as_markdown
from app.reference import activities, api, commands, features, workspace
from app.reference.tables import table

NOTICE = (
    "<!-- made from the code by `warmline reference`; what is written here by hand is lost -->\n"
)
_PART = re.compile(r"(<!-- made from the code: (\w+) -->\n)(.*?)(<!-- until here -->)", re.DOTALL)


def made(site: Flask, line: click.Group, docs: Path) -> dict[Path, str]:
    """What every document below `docs` that is made from the code should read; `line` is the command line."""
    wanted = {
        docs / "reference" / "commands.md": commands.page(line),
        docs / "reference" / "workspace.md": workspace.page(),
        docs / "reference" / "activities.md": activities.page(),
        docs / "reference" / "api.md": api.page(site),
        docs / "reference" / "features.md": features.page(),
    }
    whole = {path: NOTICE + text for path, text in wanted.items()}
    partly = {path: filled(path.read_text()) for path in sorted(docs.glob("*.md"))}
    return whole | {path: text for path, text in partly.items() if _PART.search(text)}


def filled(text: str) -> str:
    """The document with its marked parts made anew."""
    return _PART.sub(lambda found: found[1] + PARTS[found[2]]() + found[4], text)


def settings() -> str:
    """A row for each setting."""
    rows = [[f"`{name}`", each.default, each.means] for name, each in sorted(KNOWN.items())]
    return table(["name", "default", "means"], rows)


PARTS: Mapping[str, Callable[[], str]] = {"settings": settings, "permissions": as_markdown}
