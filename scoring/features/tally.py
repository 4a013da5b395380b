"""What somebody did, boiled down to when: small enough to keep for each person, and enough for every feature. Pure.

Adding acts is commutative: late ones and those out of order come to the same. Only the last hundred
days are kept, as long as raw page views are. A page view counts as a visit: what somebody looked at in
one part of the site on one day, at its first view. That is what folding leaves of it, so folded days
come to the same as well. What is left of an act, a trace, may also wait beside a tally that was written
before, so that a long one need not be read to add to it.
"""

import json
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from prospects.kinds import BUYERS_OWN, Kind
from prospects.mail_names import UNPROVED
from prospects.site import part_of
from prospects.values import Activity

LOOKS_BACK = 100
"""Days, today's among them, in UTC: as long as raw page views are kept (`prospects/old_views.py`)."""
DAY = 86_400_000_000
"""In microseconds, in which all instants here are: exact, whole, and the same on every way."""
COUNTED = BUYERS_OWN | {Kind.UNSUBSCRIBED, Kind.COMPLAINED}
"""Kinds of acts that features see at all: what the buyer did, never what we did or a rep wrote."""
LONGEST = 100
"""Characters of a source, campaign or form that tell it from another."""

Times = dict[str, list[int]]
Visits = dict[str, int]


class Touch(NamedTuple):
    """By what somebody came, and when (microseconds since 1970)."""

    at: int
    source: str
    campaign: str = ""
    form: str = ""


class Trace(NamedTuple):
    """What is left of one act: its kind, when it was, whether it was a robot's, and of a view the part of the site.

    By what somebody came stands there only of what they did themselves.
    """

    kind: str
    at: int
    robot: int = 0
    part: str = ""
    source: str = ""
    campaign: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """When somebody did what, in microseconds since 1970; nothing in it is older than `LOOKS_BACK`, but `first`.

    `visits` are first views by day and part of the site; robots' acts stand apart. `touches` are the last
    acts that tell a campaign or form, the one before an instant and those after it.
    """

    did: Times = field(default_factory=dict)
    visits: Visits = field(default_factory=dict)
    robots: list[int] = field(default_factory=list)
    robot_visits: Visits = field(default_factory=dict)
    first: Touch | None = None
    touches: tuple[Touch, ...] = ()


def tallied(acts: Iterable[Activity], now: datetime) -> Tally:
    """The tally of these acts, made from nothing."""
    return added(Tally(), acts, now)


def added(tally: Tally, acts: Iterable[Activity], now: datetime) -> Tally:
    """The tally with these acts as well, each of them once, without what is too old by now."""
    at = micros(now)
    oldest = oldest_seen(at)
    whole = _with(_kept_since(tally, oldest), traces(acts), oldest)
    return replace(whole, touches=_latest(whole.touches, at))


def traces(acts: Iterable[Activity]) -> list[Trace]:
    """What is left of those of these acts that count."""
    return [_trace(act) for act in acts if counts(act)]


def counts(act: Activity) -> bool:
    """Whether features see this act: not an answer by mail that anybody may have written in their name."""
    return id(act.kind) in _COUNTED and not (act.kind is Kind.REPLY and act.body.get(UNPROVED))


def micros(instant: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return round(instant.timestamp() * 1_000_000)


def oldest_seen(at: int) -> int:
    """Since when features look at acts, asked at an instant: both in microseconds since 1970."""
    return (at // DAY - LOOKS_BACK + 1) * DAY


def written(tally: Tally) -> dict[str, Any]:
    """The tally as JSON holds it; what is empty is left out."""
    whole = {
        "did": tally.did,
        "visits": tally.visits,
        "robots": tally.robots,
        "robot_visits": tally.robot_visits,
        "first": tally.first,
        "touches": list(tally.touches),
    }
    return {name: part for name, part in whole.items() if part}


def written_beside(waiting: Sequence[Trace]) -> str:
    """Traces as a text that grows by what comes next being put at its end."""
    return _TO_JSON([_short(each) for each in waiting])[1:-1] + "," if waiting else ""


def read(document: Mapping[str, Any], beside: str = "") -> Tally:
    """The tally from what was `written`, with the traces that wait beside it."""
    first = document.get("first")
    tally = Tally(
        did=document.get("did", {}),
        visits=document.get("visits", {}),
        robots=document.get("robots", []),
        robot_visits=document.get("robot_visits", {}),
        first=Touch(*first) if first else None,
        touches=tuple(Touch(*each) for each in document.get("touches", ())),
    )
    if not beside:
        return tally
    # Nobody else has these lists and dictionaries.
    return _with(tally, [Trace(*each) for each in json.loads(f"[{beside[:-1]}]")])


def _short(trace: Trace) -> list[Any]:
    """Without the empty words at its end."""
    whole = list(trace)
    while len(whole) > 2 and not whole[-1]:
        whole.pop()
    return whole


def _kept_since(tally: Tally, oldest: int) -> Tally:
    """A copy to add to, without what is too old by now."""
    return replace(
        tally,
        did={kind: some for kind, times in tally.did.items() if (some := _since(times, oldest))},
        visits=_visits_since(tally.visits, oldest),
        robots=_since(tally.robots, oldest),
        robot_visits=_visits_since(tally.robot_visits, oldest),
    )


def _since(times: list[int], oldest: int) -> list[int]:
    """Times are kept in their order, so that what is too old stands first."""
    return times[bisect_left(times, oldest) :]


def _visits_since(visits: Visits, oldest: int) -> Visits:
    if not visits or min(visits.values()) >= oldest:
        return dict(visits)
    return {name: when for name, when in visits.items() if when >= oldest}


def _with(tally: Tally, news: Iterable[Trace], oldest: int = 0) -> Tally:
    """The tally with these as well, in its own lists and dictionaries; what is too old tells only of the first touch."""
    first, touches = tally.first, list(tally.touches)
    for trace in news:
        if trace.at >= oldest:
            _note(tally, trace)
        if trace.robot or trace.kind not in _OWN:
            continue
        touch = Touch(trace.at, trace.source, trace.campaign, trace.form)
        first = touch if first is None else min(first, touch)
        # Of a folded day only the first views are left, so no view is ever the last touch.
        if trace.kind != _VIEW and (touch.campaign or touch.form):
            touches.append(touch)
    return replace(tally, first=first, touches=tuple(touches))


def _note(tally: Tally, trace: Trace) -> None:
    if trace.kind == _VIEW:
        visits = tally.robot_visits if trace.robot else tally.visits
        name = f"{trace.at // DAY} {trace.part}"
        visits[name] = min(trace.at, visits.get(name, trace.at))
    elif trace.robot:
        insort(tally.robots, trace.at)
    else:
        insort(tally.did.setdefault(trace.kind, []), trace.at)


def _trace(act: Activity) -> Trace:
    kind, when, robot = act.kind.value, micros(act.happened_at), int(act.suspect_robot)
    part = part_of(act.body.get("page")) if kind == _VIEW else ""
    if robot or kind not in _OWN:
        return Trace(kind, when, robot, part)
    form = _text(act.body.get("form")) if kind == _FORM else ""
    campaign = _text(act.body.get("campaign"))
    return Trace(kind, when, 0, part, act.source[:LONGEST], campaign, form)


def _text(value: object) -> str:
    return value.strip()[:LONGEST] if isinstance(value, str) else ""


def _latest(touches: Iterable[Touch], at: int) -> tuple[Touch, ...]:
    """What may be the last one at `at` or later: the last campaign and the last form until then, and all after it."""
    past = sorted(each for each in touches if each.at <= at)
    kept = {
        next((each for each in reversed(past) if getattr(each, what)), None)
        for what in ("campaign", "form")
    }
    ahead = {each for each in touches if each.at > at}
    return tuple(sorted(each for each in kept | ahead if each is not None))


def in_sight(tally: Tally, now: int) -> float:
    """For how many seconds from `now` no act grows too old to be looked at; 0 where there is none."""
    oldest = oldest_seen(now)
    every = (*tally.did.values(), tally.visits.values())
    seen = min((when for times in every for when in times if when >= oldest), default=None)
    return 0.0 if seen is None else ((seen // DAY + LOOKS_BACK) * DAY - now) / 1_000_000


# A member of an enumeration is one object; its own hash, and to look it up by its name, are slow.
_COUNTED = frozenset(id(kind) for kind in COUNTED)
_OWN = frozenset(kind.value for kind in BUYERS_OWN)
_TO_JSON = json.JSONEncoder(separators=(",", ":")).encode
_VIEW, _FORM = Kind.PAGE_VIEW.value, Kind.FORM.value
