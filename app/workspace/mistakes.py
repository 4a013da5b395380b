"""What is wrong in a workspace's files, each mistake at its line."""

from collections.abc import Iterable
from dataclasses import dataclass

from prospects.faults import Fault


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file; lines and columns count from 1, as editors do."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Mistake:
    """One fault and where it stands; `file` is relative to the folder."""

    file: str
    spot: Spot
    fault: Fault

    def __str__(self) -> str:
        return f"{self.file}:{self.spot.line}:{self.spot.column} {self.fault}"


class MistakesError(Exception):
    """The files cannot be used; nothing was applied. `mistakes` lists all of them, file by file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        in_order = sorted(set(mistakes), key=lambda each: (each.file, each.spot, str(each.fault)))
        self.mistakes = tuple(in_order)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))
