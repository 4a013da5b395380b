"""One thing the doctor found. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """ok; warning: it works, and should be looked at; broken: something does not work."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found where, in one sentence, and what to do if it is not well."""

    level: Level
    about: str
    line: str
    mend: str = ""


def well(about: str, line: str) -> Finding:
    """Nothing to do."""
    return Finding(Level.OK, about, line)


def warning(about: str, line: str, mend: str) -> Finding:
    """It works, and should be looked at."""
    return Finding(Level.WARNING, about, line, mend)


def broken(about: str, line: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(Level.BROKEN, about, line, mend)


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level found."""
    order = list(Level)
    return max((each.level for each in findings), key=order.index, default=Level.OK)
