"""How long work shows that it goes on: one changing line on a terminal, plain lines elsewhere."""

from collections.abc import Callable
from typing import TextIO

MANY = 100_000
"""Rows of a table that are worth a line of their own where nobody watches."""


def progress(stream: TextIO) -> Callable[[str, int], None]:
    """Tells of each table that is done."""
    if stream.isatty():
        return lambda table, rows: _line(stream, f"\r\033[K{table}: {rows} rows", end="")
    return lambda table, rows: _line(stream, f"{table}: {rows} rows") if rows >= MANY else None


def _line(stream: TextIO, text: str, *, end: str = "\n") -> None:
    print(text, end=end, file=stream, flush=True)
