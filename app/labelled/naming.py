"""Which headings of a file somebody meant: in other letters, several at once, or a heading that stands there twice. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.labelled.asked import Asked

_TWICE = re.compile(r"(.*) \(\d+\)", re.DOTALL)


def meant(asked: Asked, headings: Sequence[str]) -> Asked:
    """The same by the file's own headings; what is none of them stays as it was said, for the error to name."""
    allow = {
        heading: why
        for name, why in asked.allow.items()
        for heading in _all([name], headings, twice=False)
    }
    return replace(
        asked,
        label=heading_meant(asked.label, headings),
        time=asked.time and heading_meant(asked.time, headings),
        id=asked.id and heading_meant(asked.id, headings),
        at=asked.at and heading_meant(asked.at, headings),
        outcome_at=asked.outcome_at and heading_meant(asked.outcome_at, headings),
        drop=_all(asked.drop, headings, twice=True),
        keep=_all(asked.keep, headings, twice=False),
        allow=allow,
    )


def heading_meant(name: str, headings: Sequence[str]) -> str:
    """The heading that somebody meant by this name, or the name itself where that is none."""
    if name in headings:
        return name
    like = [each for each in headings if _plain(each) == _plain(name)]
    return like[0] if len(like) == 1 else name


def _all(names: Iterable[str], headings: Sequence[str], *, twice: bool) -> tuple[str, ...]:
    """Each name's heading, `A,B` being both where no heading is called so; with `twice` all that are called alike."""
    single = [each for name in names for each in _apart(name, headings)]
    alike = [other for each in single if twice for other in _called_alike(each, headings)]
    return tuple(dict.fromkeys([*single, *alike]))


def _apart(name: str, headings: Sequence[str]) -> list[str]:
    whole = heading_meant(name, headings)
    parts = [heading_meant(each.strip(), headings) for each in name.split(",")]
    return parts if whole not in headings and all(each in headings for each in parts) else [whole]


def _called_alike(name: str, headings: Sequence[str]) -> list[str]:
    if name not in headings:
        return []
    return [each for each in headings if (of := _TWICE.fullmatch(each)) and of[1] == name]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
