"""What no model may see unless somebody decided so and said why: who people are by nature, and what is known only afterwards. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from prospects.titles import plain
from scoring.features.protected import protected

BY_NATURE = "it tells who somebody is by nature or where they live, or stands for it"
AFTERWARDS = "it is written by sales or known only after the hand-over"

_AFTERWARDS = frozenset(
    {
        "owner", "rep", "salesperson", "seller", "agent", "assignee", "verdict", "outcome",
        "won", "lost", "closed", "deal", "opportunity", "pipeline", "stage", "lifecycle",
        "status", "disposition", "forecast", "customer", "kunde", "churn", "invoice", "contract",
        "tag", "tags", "note", "notes", "quality", "asymmetrique",
    }
)  # fmt: skip
_OPEN = re.compile(r"(?:fields|account\.fields)\.(.+)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)
def why_denied(name: str) -> str | None:
    """Why a feature of this name is kept out, in words; None if it is not."""
    found = _OPEN.fullmatch(name)
    if found is None:
        return None
    if protected(found[1]) is not None:
        return BY_NATURE
    said = set(plain(_CAMEL.sub(" ", found[1]).replace("_", " ")).split())
    return AFTERWARDS if said & _AFTERWARDS else None


def after_the_fact(names: Iterable[str]) -> set[str]:
    """Those names of fields that tell what is known only after the hand-over."""
    return {name for name in names if why_denied(f"fields.{name}") == AFTERWARDS}
