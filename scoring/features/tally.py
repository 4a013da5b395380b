"""What somebody did, boiled down to when: small enough to keep for each person, and enough for every feature. Pure.

Adding acts is commutative: late ones and those out of order come to the same. Only the last hundred
days are kept, as long as raw page views are. A page view counts as a visit: what somebody looked at in
one part of the site on one day, at its first view. That is what folding leaves of it, so folded days
come to the same as well.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
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
    """The tally with these acts as well, each of them once; work is as long as there are acts."""
    at = micros(now)
    oldest = (at // DAY - LOOKS_BACK + 1) * DAY
    kept = _kept_since(tally, oldest)
    first, touches = kept.first, list(kept.touches)
    for act in acts:
        if not counts(act):
            continue
        when = micros(act.happened_at)
        if when >= oldest:
            _note(kept, act, when)
        if act.kind in BUYERS_OWN and not act.suspect_robot:
            touch = _touch(act, when)
            first = touch if first is None else min(first, touch)
            # Of a folded day only the first views are left, so no view is ever the last touch.
            tells = act.kind is not Kind.PAGE_VIEW and (touch.campaign or touch.form)
            touches += [touch] if tells else []
    return replace(kept, first=first, touches=_latest(touches, at))


def counts(act: Activity) -> bool:
    """Whether features see this act: not an answer by mail that anybody may have written in their name."""
    return act.kind in COUNTED and not (act.kind is Kind.REPLY and act.body.get(UNPROVED))


def micros(instant: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return round(instant.timestamp() * 1_000_000)


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


def read(document: Mapping[str, Any]) -> Tally:
    """The tally from what was `written`."""
    first = document.get("first")
    return Tally(
        did=document.get("did", {}),
        visits=document.get("visits", {}),
        robots=document.get("robots", []),
        robot_visits=document.get("robot_visits", {}),
        first=Touch(*first) if first else None,
        touches=tuple(Touch(*each) for each in document.get("touches", ())),
    )


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


def _note(tally: Tally, act: Activity, when: int) -> None:
    if act.kind is Kind.PAGE_VIEW:
        visits = tally.robot_visits if act.suspect_robot else tally.visits
        name = f"{when // DAY} {part_of(act.body.get('page'))}"
        visits[name] = min(when, visits.get(name, when))
    elif act.suspect_robot:
        insort(tally.robots, when)
    else:
        insort(tally.did.setdefault(act.kind.value, []), when)


def _touch(act: Activity, when: int) -> Touch:
    form = act.body.get("form") if act.kind is Kind.FORM else None
    return Touch(when, act.source[:LONGEST], _text(act.body.get("campaign")), _text(form))


def _text(value: object) -> str:
    return value.strip()[:LONGEST] if isinstance(value, str) else ""


def _latest(touches: list[Touch], at: int) -> tuple[Touch, ...]:
    """What may be the last one at `at` or later: the last campaign and the last form until then, and all after it."""
    past = sorted(each for each in touches if each.at <= at)
    kept = {
        next((each for each in reversed(past) if getattr(each, what)), None)
        for what in ("campaign", "form")
    }
    ahead = {each for each in touches if each.at > at}
    return tuple(sorted(each for each in kept | ahead if each is not None))
