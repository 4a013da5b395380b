"""What is wrong with something a person wrote, where, and what would be right."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake.

    `place` is a dotted path from the value that was read (`all.1.op`; empty for the value itself),
    `reason` says what is wrong, `mend` what would be right.
    """

    place: str
    reason: str
    mend: str

    def __str__(self) -> str:
        lead = f"{self.place}: " if self.place else ""
        tail = f"; {self.mend}" if self.mend else ""
        return f"{lead}{self.reason}{tail}"

    def under(self, place: str) -> "Fault":
        """The same mistake seen from further out: `0.op` under `exits` is `exits.0.op`."""
        return replace(self, place=".".join(part for part in (place, self.place) if part))


class FaultyError(ValueError):
    """What was written cannot be used; `faults` lists every mistake that was found."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def nearest(word: object, among: Collection[str]) -> str:
    """The mend for a mistyped word: the nearest good one, else all of them if they are few."""
    typed = word[:100].lower() if isinstance(word, str) else ""
    found = get_close_matches(typed, sorted(among), n=1, cutoff=0.6)
    if found:
        return f"did you mean `{found[0]}`?"
    return f"one of {listed(sorted(among))}" if 0 < len(among) <= 20 else ""


def listed(words: Iterable[str]) -> str:
    """Words for a sentence: `a`, `b`, `c`."""
    return ", ".join(f"`{word}`" for word in words)


def shown(value: object) -> str:
    """A value as it can stand in a one-line sentence: never longer than 60 characters."""
    text = value if isinstance(value, str) else type(value).__name__
    if isinstance(value, bool | int | float):
        # A huge integer cannot be printed (Python refuses beyond 4300 digits).
        text = str(value) if not isinstance(value, int) or value.bit_length() < 200 else "a number"
    flat = "".join(char if char.isprintable() else "?" for char in text[:60])
    return f"`{flat}`"
