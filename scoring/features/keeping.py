"""How what is kept of somebody follows what they do: new acts are added, and if the rest changed it is made anew. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from prospects.histories import History, mark_of
from prospects.ids import first_id_after
from prospects.values import Activity, Snapshot
from scoring.features.points import Earning, earning, fit_part, grown
from scoring.features.seeing import State, known_by
from scoring.features.tally import Tally, Trace, added, counts, tallied, traces
from scoring.rules import ScoringRules

_LOW = (1 << 61) - 1
"""A sum of ids stays below it, so that both databases hold it."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What is kept of somebody beside their tally: which acts are in it, and what these earned.

    `acts` are those that features see, of a history of so many; `mark` is a sum over the ids of all of
    these, and `learned_at` when the last of them was learned.
    """

    earned: Earning
    acts: int
    history: int
    mark: int
    learned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of somebody."""

    tally: Tally
    noted: Noted

    @property
    def state(self) -> State:
        """All that features ask for."""
        return State(self.tally, self.noted.earned)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be kept beside a tally that stays as it was written."""

    traces: list[Trace]
    noted: Noted


def made(seen: Snapshot, rules: ScoringRules, now: datetime) -> Kept:
    """What is to be kept, from the history alone."""
    acts = _known(seen, now)
    tally = tallied(acts, now)
    earned = earning(seen, rules, now)
    return Kept(tally, _noted(acts, sum(map(counts, acts)), earned))


def followed(
    before: Noted, tally: Tally | None, seen: Snapshot, rules: ScoringRules, now: datetime
) -> Kept | News | None:
    """What is to be kept now; None if that is what is kept already.

    As long as what was added before is still there as it was, only what is new is looked at. Without the
    tally the news are to be put beside it, and the work is as long as there are new acts.
    """
    if before.earned.mark != rules.mark:
        return made(seen, rules, now)
    fresh = _fresh(before, _known(seen, now))
    if fresh is None:
        return made(seen, rules, now)
    news = [one for one in fresh if counts(one)]
    fit = fit_part(seen, rules, now)
    if not news and fit == before.earned.fit:
        return None
    noted = _with_news(before, fresh, len(news), grown(before.earned, fit, news, rules, now))
    return News(traces(news), noted) if tally is None else Kept(added(tally, news, now), noted)


def _fresh(before: Noted, acts: Sequence[Activity]) -> Sequence[Activity] | None:
    """Those that are new, in no order; None if the others are not those that were there before."""
    count = len(acts) - before.history
    since = first_id_after(before.learned_at).int if before.learned_at else 0
    fresh: list[Activity] = []
    # What is new is nearly always what happened last.
    for one in reversed(acts):
        if len(fresh) >= count:
            break
        if one.id.int >= since:
            fresh.append(one)
    whole = acts.mark if isinstance(acts, History) else mark_of(acts)
    same = len(fresh) == count and (before.mark + mark_of(fresh) - whole) & _LOW == 0
    return fresh if same else None


def _with_news(before: Noted, fresh: Sequence[Activity], counted: int, earned: Earning) -> Noted:
    more = _noted(fresh, counted, earned)
    return Noted(
        earned,
        before.acts + more.acts,
        before.history + more.history,
        (before.mark + more.mark) & _LOW,
        max((each for each in (before.learned_at, more.learned_at) if each), default=None),
    )


def _noted(acts: Sequence[Activity], counted: int, earned: Earning) -> Noted:
    return Noted(
        earned,
        counted,
        len(acts),
        mark_of(acts) & _LOW,
        max((one.learned_at for one in acts), default=None),
    )


def _known(seen: Snapshot, now: datetime) -> Sequence[Activity]:
    """The acts that had happened and were known."""
    acts = seen.activities
    if now < seen.as_of or (acts and acts[-1].happened_at > now):
        return known_by(seen, now)
    return acts
