"""What happens at Isotherm in eight weeks: leads come in, reps answer them, and it is written when."""

import heapq
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from app.demo.director import GRAIN, Director
from app.demo.office import Office
from app.demo.platforms import Platforms

HERE = ZoneInfo("Europe/Berlin")
PRESENT = datetime(2026, 3, 17, 10, 0, tzinfo=HERE).astimezone(UTC)
"""Where the story ends and the visitor begins: a Tuesday morning with no holiday near."""
BEGINNING = datetime(2026, 1, 20, 9, 0, tzinfo=HERE).astimezone(UTC)

Act = Callable[[], object]


class Story:
    """Beats in order of time; each may write further ones.

    `dice` is the story's own chance; `tongue` chooses words only, so that other words make no other story.
    """

    def __init__(
        self, director: Director, office: Office, outside: Platforms, *, seed: int
    ) -> None:
        self.director = director
        self.office = office
        self.outside = outside
        self.dice = random.Random(seed)  # noqa: S311 - a story, no secret
        self.tongue = random.Random(seed)  # noqa: S311 - a story, no secret
        self._beats: list[tuple[datetime, int, Act]] = []
        self._turns = count()
        self.on_offers: Act = lambda: None

    @property
    def now(self) -> datetime:
        return self.director.at

    def at(self, when: datetime, act: Act) -> None:
        """Have `act` done at `when`; what would come after the story's end never happens."""
        if when <= PRESENT:
            heapq.heappush(self._beats, (max(when, self.now), next(self._turns), act))

    def play(self) -> Iterator[float]:
        """Let it happen, up to the present; yields how much of it has (0 to 1)."""
        while self._beats:
            until = self._beats[0][0]
            self.director.go_to(until, self.on_offers)
            while self._beats and self._beats[0][0] <= until + GRAIN:
                when, _, act = heapq.heappop(self._beats)
                self.director.at = max(self.now, when)
                act()
            self.director.settle()
            self.on_offers()
            yield (self.now - BEGINNING) / (PRESENT - BEGINNING)
        self.director.go_to(PRESENT, self.on_offers)
        self.director.settle()
        yield 1.0


def day(ago: float, hour: int = 10, minute: int = 0) -> datetime:
    """So many days before the present, at that hour in Hamburg."""
    there = PRESENT.astimezone(HERE) - timedelta(days=ago)
    return there.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


def at_work(when: datetime) -> datetime:
    """The same instant, or the next morning of a working day."""
    there = when.astimezone(HERE)
    if there.hour >= 17:
        there = (there + timedelta(days=1)).replace(hour=9, minute=there.minute % 50)
    elif there.hour < 9:
        there = there.replace(hour=9, minute=there.minute % 50)
    while there.weekday() > 4:
        there += timedelta(days=1)
    return there.astimezone(UTC)
