"""Who is drawn by chance to be checked though not warm, and when: so that scoring learns of those it passes over. Pure.

Each person has one chance in each thirty days since they first did something. Whether they are drawn,
and at which moment of the thirty days, is made of their id: the same whoever looks and however often,
so a look more or less changes nobody's chance.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from prospects.ids import ProspectId
from prospects.kinds import OF_INTEREST, Kind
from prospects.values import Activity, Lifecycle, Snapshot

PERIOD = timedelta(days=30)
"""As long as a finding may take that a model learns from: nobody is in two of them at once."""
QUIET = timedelta(days=90)
"""Who has done nothing for so long is nobody a lead would be made of."""
LATE = timedelta(days=2)
"""A draw that nobody could carry out by then has lapsed: later they are another person."""
_ENDED = frozenset({Lifecycle.WON, Lifecycle.DISQUALIFIED, Lifecycle.LOST})
_AFTER_CONTACT = frozenset({Kind.VERDICT, Kind.OUTCOME})
_FIRST_PERIODS = 4


@dataclass(frozen=True, slots=True)
class Lottery:
    """The chance of each person in each period (0–1), and the model whose blind side it is to show."""

    share: float
    model: str

    @property
    def held(self) -> bool:
        """Whether anybody is drawn at all."""
        return self.share > 0


NOBODY_IS_DRAWN = Lottery(0.0, "")


@dataclass(frozen=True, slots=True)
class Draw:
    """One person's draw: due from `at` on, in the period that began at `since`."""

    at: datetime
    since: datetime


def may_be_drawn(seen: Snapshot) -> bool:
    """Whether they would be routed if they were warm, and can be reached; who is warm is routed anyhow."""
    if seen.warm or not seen.profiled or seen.gate is not None or seen.lifecycle in _ENDED:
        return False
    if not (seen.person.email or seen.person.phone):
        return False
    own = [act for act in seen.activities if _own(act)]
    if not own or seen.as_of - own[-1].happened_at > QUIET:
        return False
    since = seen.as_of - QUIET
    return not any(
        act.kind is Kind.UNSUBSCRIBED or (act.kind in _AFTER_CONTACT and act.learned_at > since)
        for act in seen.activities
    )


def due(seen: Snapshot, lottery: Lottery, now: datetime) -> Draw | None:
    """The draw of theirs that is to be carried out now, if any."""
    draws = _draws(seen, lottery, now)
    return next((draw for draw in draws if draw.at <= now < draw.at + LATE), None)


def next_draw(seen: Snapshot, lottery: Lottery, now: datetime) -> datetime | None:
    """When to look at them for their next draw, within the periods that can be foreseen."""
    return next((draw.at for draw in _draws(seen, lottery, now) if draw.at > now), None)


def _draws(seen: Snapshot, lottery: Lottery, now: datetime) -> list[Draw]:
    """Their draws from the period before this one on."""
    first = next((act.happened_at for act in seen.activities if _own(act)), None)
    if first is None or not lottery.held:
        return []
    current = max((now - first) // PERIOD, 0)
    periods = range(max(current - 1, 0), current + _FIRST_PERIODS)
    found = (_draw(seen.prospect_id, first, n, lottery.share) for n in periods)
    return [draw for draw in found if draw]


def _draw(who: ProspectId, first: datetime, n: int, share: float) -> Draw | None:
    digest = hashlib.sha256(f"draw:{who}:{n}".encode()).digest()
    chance, moment = (int.from_bytes(digest[i : i + 7], "big") / 2**56 for i in (0, 7))
    if chance >= share:
        return None
    since = first + n * PERIOD
    return Draw(since + moment * PERIOD, since)


def _own(act: Activity) -> bool:
    return act.kind in OF_INTEREST and not act.suspect_robot
