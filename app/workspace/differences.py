"""What would become of one thing, as lines taken away and lines put there."""

from collections.abc import Iterable
from difflib import unified_diff
from typing import Any

from app.workspace.changes import Change
from app.workspace.export import as_named
from app.workspace.rewritten import fresh
from app.workspace.standing import Standing
from app.workspace.wanted import Thing


def difference(standing: Standing, changes: Iterable[Change]) -> str:
    """The documents that stand against what the files want, in `diff`'s way; secrets by their names."""
    return "".join(_of(standing, each) for each in changes if each.kind is not Thing.PERSON)


def _of(standing: Standing, change: Change) -> str:
    document = standing.documents.get((change.kind, change.slug))
    lines = unified_diff(
        _lines(document.body) if document else [],
        _lines(change.body),
        f"{change.kind} {change.slug} (now)",
        change.file,
    )
    return "".join(lines)


def _lines(body: Any) -> list[str]:
    return fresh(_sorted(as_named(body))).splitlines(keepends=True)


def _sorted(value: Any) -> Any:
    # One side may come from a database that keeps no order of keys.
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value
