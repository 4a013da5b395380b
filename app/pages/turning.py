"""Turning pages of long lists: ids rise with time, so a page starts below the last id of the one before."""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from prospects.ids import parse_id

T = TypeVar("T")

PAGE = 50


def start(asked: Mapping[str, str]) -> UUID | None:
    """The id that was last on the page before; None for the first page."""
    return parse_id(asked.get("before", ""))


def one_page(rows: list[T]) -> tuple[list[T], T | None]:
    """The rows of one page out of PAGE + 1 that were asked for, and its last one if there are more."""
    return (rows[:PAGE], rows[PAGE - 1]) if len(rows) > PAGE else (rows, None)


def next_url(path: str, asked: Mapping[str, str], last: object) -> str:
    """The address of the page that goes on below `last`."""
    kept = {name: value for name, value in asked.items() if name != "before"}
    return with_query(path, {**kept, "before": str(last)})


def with_query(path: str, asked: Mapping[str, str]) -> str:
    """The address that asks the same elsewhere."""
    kept = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
