"""Small drawings made on the server: the warm line of buying stages, and acts a week as bars."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.pages.office import Bars
from app.pages.views import Rung

HOTTEST = 5
WIDTH, HEIGHT, GAP = 120.0, 28.0, 3.0
WEEKS = 12


def ladder(
    stages: Sequence[tuple[str, str]], *, claimed: str | None, found: str | None = None
) -> list[Rung]:
    """The stages (slug, name) in order, warm up to where the buyer is.

    The rep's finding goes before marketing's claim; both are marked.
    """
    slugs = [slug for slug, _ in stages]
    here = found if found in slugs else claimed
    reached = slugs.index(here) if here in slugs else -1
    return [
        Rung(
            name=name,
            heat=_heat(place, len(stages)) if place <= reached else 0,
            claimed=slug == claimed,
            found=slug == found,
        )
        for place, (slug, name) in enumerate(stages)
    ]


def _heat(place: int, count: int) -> int:
    return HOTTEST if count < 2 else 1 + round(place * (HOTTEST - 1) / (count - 1))


def bars(instants: Sequence[datetime], now: datetime) -> Bars:
    """How often this person did something in each of the last twelve weeks."""
    counts = [0] * WEEKS
    for at in instants:
        week = (now - at) // timedelta(days=7)
        if 0 <= week < WEEKS:
            counts[WEEKS - 1 - week] += 1
    highest = max(*counts, 1)
    width = (WIDTH - GAP * (WEEKS - 1)) / WEEKS
    shapes = [
        (
            round(turn * (width + GAP), 1),
            round(HEIGHT - HEIGHT * count / highest, 1),
            round(width, 1),
            round(HEIGHT * count / highest, 1),
        )
        for turn, count in enumerate(counts)
    ]
    return Bars(bars=shapes, sentence=_sentence(counts))


def _sentence(counts: Sequence[int]) -> str:
    total, recent = sum(counts), sum(counts[-2:])
    if not total:
        return "Nothing in twelve weeks."
    if total == 1:
        return "Active once in twelve weeks" + (", in the last two." if recent else ".")
    return f"Active {total} times in twelve weeks, {recent or 'none'} of them in the last two."
