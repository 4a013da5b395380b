"""What a visitor's browser says of itself: its id, if the script gave it one, and whether to follow it. Pure."""

from collections.abc import Iterable, Mapping

FIELD = "_visitor"
"""The script on our pages puts the browser's id here, into every form that posts to us."""
PRIVACY = ("sec-gpc", "dnt")
"""Headers by which a browser says that its user is not to be followed."""
SHORTEST_ID = 16
LONGEST_ID = 200


def wants_privacy(headers: Mapping[str, str]) -> bool:
    """Whether a browser asks, by Global Privacy Control or Do Not Track, not to be followed."""
    return any(headers.get(each, "").strip() == "1" for each in PRIVACY)


def visitor(browser: str) -> str | None:
    """What a browser's id is as a visitor's; None for none and for one too short to be its own."""
    return f"site:{browser[:LONGEST_ID]}" if len(browser) >= SHORTEST_ID else None


def visitors_of(fields: Iterable[tuple[str, str]], headers: Mapping[str, str]) -> tuple[str, ...]:
    """The visitor behind a form, as its own field tells."""
    told = next((value for name, value in fields if name == FIELD), "")
    found = None if wants_privacy(headers) else visitor(told)
    return (found,) if found else ()
