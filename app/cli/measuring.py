"""What every bench is run by: on so many cores, with a word about what is missing."""

import os
from collections.abc import Callable
from typing import TypeVar

import click

from app.endings import FailedError

T = TypeVar("T")


def say(line: str) -> None:
    click.echo(line, err=True)


def measured(measure: Callable[[], T], cores: int) -> T:
    """Measure on so many cores; everything started inherits them."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    try:
        from bench.stage import NotMeasuredError
    except ImportError as error:
        raise FailedError(
            f"{error}; run it from the repository, after `./warmline test`"
        ) from error
    try:
        return measure()
    except NotMeasuredError as error:
        raise FailedError(f"nothing was measured: {error}") from error
