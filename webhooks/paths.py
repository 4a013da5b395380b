"""Values deep inside a document, named as `map` names them: `contact.email`, `answers.0.text`. Pure."""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

_BETWEEN = re.compile(r"[.\[\]]+")


def lifted(item: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The item with what stands at these paths taken out and put beside the rest, under the whole path.

    A name that stands there as it is written goes before a path; a path that leads nowhere is nothing.
    """
    wanted = [path for path in paths if path not in item and _BETWEEN.search(path)]
    if not wanted:
        return dict(item)
    whole = deepcopy(dict(item))
    found: dict[str, Any] = {}
    for path in wanted:
        *way, last = [each for each in _BETWEEN.split(path.removeprefix("$")) if each]
        place: Any = whole
        for step in way:
            place = _within(place, step)
        if (value := _within(place, last)) is not None:
            found[path] = value
            _take(place, last)
    rest = {name: value for name, value in whole.items() if value or not item[name]}
    return {**rest, **found}


def _within(place: Any, step: str) -> Any:
    if isinstance(place, Mapping):
        return place.get(step)
    if isinstance(place, list) and step.isascii() and step.isdigit() and len(step) < 6:
        return place[int(step)] if int(step) < len(place) else None
    return None


def _take(place: Any, step: str) -> None:
    # What is left of a list keeps its places, for another path may count them.
    if isinstance(place, dict):
        del place[step]
