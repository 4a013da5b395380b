"""How what is kept of somebody follows what they do: new acts are added, and if the rest changed it is made anew. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from prospects.ids import first_id_after
from prospects.kinds import OF_INTEREST, Kind
from prospects.values import Activity, Snapshot
from scoring.features.points import earning, fit_part, grown
from scoring.features.seeing import State, known_by
from scoring.features.tally import COUNTED, Tally, added, counts, micros, tallied
from scoring.rules import ScoringRules

_LOW = (1 << 61) - 1
"""A sum of ids stays below it, so that both databases hold it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A state, and which acts are in it: how many, a sum over their ids, and when the last was learned."""

    state: State
    acts: int = 0
    mark: int = 0
    learned_at: datetime | None = None


def made(seen: Snapshot, rules: ScoringRules, now: datetime) -> Kept:
    """What is to be kept, from the history alone."""
    acts = counted(seen, now)
    state = State(tallied(acts, now), earning(seen, rules, now))
    return Kept(state, len(acts), mark(acts), _learned(acts))


def followed(kept: Kept, seen: Snapshot, rules: ScoringRules, now: datetime) -> Kept | None:
    """What is to be kept now; None if that is what is kept already.

    As long as what was added before is still there as it was, only what is new is looked at.
    """
    if kept.state.earned.mark != rules.mark:
        return made(seen, rules, now)
    acts = counted(seen, now)
    ids = [one.id.int for one in acts]
    since = first_id_after(kept.learned_at).int if kept.learned_at else 0
    news = [one for one, which in zip(acts, ids, strict=True) if which >= since]
    whole = (sum(ids) + _of_robots(acts)) & _LOW
    if kept.acts + len(news) != len(acts) or (kept.mark + mark(news)) & _LOW != whole:
        return made(seen, rules, now)
    fit = fit_part(seen, rules, now)
    if not news and fit == kept.state.earned.fit:
        return None
    return with_news(kept, news, fit, rules, now)


def with_news(
    kept: Kept, news: Sequence[Activity], fit: float, rules: ScoringRules, now: datetime
) -> Kept:
    """The same with these acts as well; the work is as long as there are new ones."""
    state = State(
        added(kept.state.tally, news, now), grown(kept.state.earned, fit, news, rules, now)
    )
    learned = [each for each in (kept.learned_at, _learned(news)) if each]
    return Kept(
        state,
        kept.acts + len(news),
        (kept.mark + mark(news)) & _LOW,
        max(learned, default=None),
    )


def counted(seen: Snapshot, now: datetime) -> Sequence[Activity]:
    """The acts that features see and that had happened and were known.

    Every look goes through all of a history, so what holds for all of it is not asked of each act.
    """
    acts = seen.activities
    if now < seen.as_of or (acts and acts[-1].happened_at > now):
        acts = known_by(seen, now)
    return [
        one for one in acts if id(one.kind) in _SEEN and (one.kind is not _REPLY or counts(one))
    ]


def mark(acts: Sequence[Activity]) -> int:
    """A sum over ids, in whatever order: another one if an act is missing, is more, or was a robot's after all."""
    return (sum(one.id.int for one in acts) + _of_robots(acts)) & _LOW


def _of_robots(acts: Sequence[Activity]) -> int:
    return sum([one.id.int for one in acts if one.suspect_robot])


def last_act(tally: Tally, now: datetime) -> int | None:
    """When they last did something that speaks for them, in microseconds since 1970."""
    at = micros(now)
    own = (times for kind, times in tally.did.items() if kind in _OWN)
    latest = (max(times) for times in (*own, tally.visits.values()) if times)
    return max((when for when in latest if when <= at), default=None)


def _learned(acts: Sequence[Activity]) -> datetime | None:
    return max((one.learned_at for one in acts), default=None)


_OWN = frozenset(kind.value for kind in OF_INTEREST)
# A member of an enumeration is one object; its own hash, and to look it up by its name, are slow.
_SEEN = frozenset(id(kind) for kind in COUNTED)
_REPLY = Kind.REPLY
