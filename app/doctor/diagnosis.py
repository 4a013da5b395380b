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
class Diagnosis:
    """What was found where, in one sentence, and what to do if it is not well."""

    level: Level
    about: str
    line: str
    mend: str = ""


def well(about: str, line: str) -> Diagnosis:
    """Nothing to do."""
    return Diagnosis(Level.OK, about, line)


def warning(about: str, line: str, mend: str) -> Diagnosis:
    """It works, and should be looked at."""
    return Diagnosis(Level.WARNING, about, line, mend)


def broken(about: str, line: str, mend: str) -> Diagnosis:
    """It does not work."""
    return Diagnosis(Level.BROKEN, about, line, mend)


def worst(diagnoses: Iterable[Diagnosis]) -> Level:
    """The worst level found."""
    order = list(Level)
    return max((each.level for each in diagnoses), key=order.index, default=Level.OK)
