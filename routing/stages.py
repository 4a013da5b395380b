"""What a brief says about each buying stage: what the buyer needs there, what to ask, what to give. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage of the purchase, as stages.yaml has it; questions and content are plain documents."""

    slug: str
    name: str
    needs: Sequence[str] = ()
    questions: Sequence[Mapping[str, Any]] = ()
    content: Sequence[Mapping[str, Any]] = ()


def rung_of(ladder: Sequence[Rung], slug: str | None) -> Rung | None:
    """The stage of that slug; None for none and for one that is gone."""
    return next((rung for rung in ladder if rung.slug == slug), None)


def deciding(ladder: Sequence[str]) -> str | None:
    """The stage at which the buyer has made up their mind: `decision`, else the last but one."""
    if "decision" in ladder:
        return "decision"
    return ladder[-2] if len(ladder) > 1 else None


def side(ladder: Sequence[str], claimed: str | None, found: str) -> int:
    """-1 when the stage found lies before the claim, 1 after it, 0 on it; with no claim, always 1."""
    if claimed not in ladder:
        return 1
    where, was = ladder.index(found), ladder.index(claimed)
    return (where > was) - (where < was)
