"""Mistakes of a text that was typed, each with the line it stands in. Pure."""

from collections.abc import Iterable

from app.pages.flow_views import LineMistake
from app.workspace.mistakes import Mistake


def told_at(text: str, mistakes: Iterable[Mistake]) -> list[LineMistake]:
    """Each mistake as a page shows it, in the order of the text."""
    lines = text.split("\n")
    return [
        LineMistake(
            line=each.spot.line,
            column=each.spot.column,
            excerpt=lines[each.spot.line - 1][:200] if each.spot.line <= len(lines) else "",
            reason=each.fault.reason,
            mend=each.fault.mend,
        )
        for each in sorted(mistakes, key=lambda each: each.spot)
    ]
