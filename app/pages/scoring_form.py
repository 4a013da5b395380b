"""The form of the points: its fields from the document, and the document from what was typed. Pure."""

import math
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from app.pages.mistake import Mistake
from prospects.durations import format_duration
from prospects.faults import Fault
from scoring.written.scoring import Scoring

Place = tuple[str | int, ...]
LONGEST = 20
STAGE = "warm-stage"
HALF_LIFE = "engagement-half-life"
LEAVES_ABOVE = "This must not be above “Warm from”, else nobody stays warm."


def places(scoring: Scoring) -> dict[str, Place]:
    """Where in the document each field of the form stands."""
    found: dict[str, Place] = {
        STAGE: ("warm", "stage"),
        "warm-points": ("warm", "points"),
        "warm-leave": ("warm", "leave_points"),
        "fit-cap": ("fit", "cap"),
        "engagement-cap": ("engagement", "cap"),
        HALF_LIFE: ("engagement", "half_life"),
    }
    for n in range(len(scoring.fit.rules)):
        found[f"fit-{n}"] = ("fit", "rules", n, "points")
    for n in range(len(scoring.engagement.rules)):
        found[f"act-{n}"] = ("engagement", "rules", n, "points")
        found[f"act-{n}-cap"] = ("engagement", "rules", n, "cap")
    return found


def values(scoring: Scoring) -> dict[str, str]:
    """What stands in each field before anything is typed."""
    found = {
        STAGE: scoring.warm.stage or "",
        "warm-points": number(scoring.warm.points),
        "warm-leave": number(scoring.warm.leave_points),
        "fit-cap": number(scoring.fit.cap),
        "engagement-cap": number(scoring.engagement.cap),
        HALF_LIFE: format_duration(scoring.engagement.half_life),
    }
    found |= {f"fit-{n}": number(each.points) for n, each in enumerate(scoring.fit.rules)}
    for n, each in enumerate(scoring.engagement.rules):
        found[f"act-{n}"] = number(each.points)
        found[f"act-{n}-cap"] = "" if each.cap is None else number(each.cap)
    return found


def read(fields: Mapping[str, str], scoring: Scoring) -> dict[str, str]:
    """What was typed; a field that was not sent stays as it stands."""
    return {name: fields.get(name, value).strip() for name, value in values(scoring).items()}


def changed(
    body: Mapping[str, Any],
    whole: Mapping[str, Any],
    scoring: Scoring,
    typed: Mapping[str, str],
) -> tuple[dict[str, Any], dict[str, Mistake]]:
    """The document with what was typed in it, and what in it is no number.

    `whole` is the document with what holds where nothing is written; of it only parts that change are
    written down.
    """
    now, found = values(scoring), places(scoring)
    after: dict[str, Any] = dict(body)
    mistakes: dict[str, Mistake] = {}
    opened = set[str]()
    for name in (each for each in found if typed[each] != now[each]):
        place = found[name]
        value = _read(name, typed[name])
        if value is _NONE:
            told = typed[name] if len(typed[name]) <= LONGEST else f"{typed[name][:LONGEST]}…"
            mistakes[name] = Mistake(reason=f"“{told}” is no number.", mend="Like 12 or 7.5")
            continue
        top = str(place[0])
        if top not in opened:
            opened.add(top)
            after[top] = deepcopy(whole.get(top, {}))
        _set(after, place, value)
    return after, mistakes


def beside(faults: Iterable[Fault], scoring: Scoring) -> tuple[dict[str, Mistake], list[str]]:
    """Each fault beside its field; and what belongs to none of them, in words."""
    names = {".".join(map(str, place)): name for name, place in places(scoring).items()}
    names |= {"warm": "warm-leave"}
    mistakes, others = {}, []
    for fault in faults:
        name = names.get(fault.place)
        if fault.place == "warm":
            mistakes[names["warm"]] = Mistake(reason=LEAVES_ABOVE)
            continue
        reason = f"{fault.reason[:1].upper()}{fault.reason[1:]}.".replace("`", "")
        if name:
            mistakes[name] = Mistake(reason=reason, mend=fault.mend.replace("`", ""))
        else:
            others.append(str(fault).replace("`", ""))
    return mistakes, others


def number(value: float) -> str:
    """A number as people type it: `25`, `7.5`."""
    return f"{value:g}"


_NONE = object()


def _read(name: str, text: str) -> Any:
    if name in (STAGE, HALF_LIFE):
        return text or None
    if not text:
        return None if name.endswith("-cap") and name.startswith("act-") else _NONE
    try:
        found = float(text.replace("−", "-").replace(",", "."))
    except ValueError:
        return _NONE
    if len(text) > LONGEST or not math.isfinite(found):
        return _NONE
    return int(found) if found.is_integer() else found


def _set(body: dict[str, Any], place: Place, value: Any) -> None:
    *way, last = place
    at: Any = body
    for part in way:
        at = at[part]
    if value is None:
        at.pop(last, None)
    else:
        at[last] = value
