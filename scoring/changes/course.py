"""How somebody's sum goes on if nothing but time happens, and whether a look that is promised comes early enough. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from scoring.acting import Acting, Moment
from scoring.acts_by_kind import Acts
from scoring.features.points import SECOND, engagement_in
from scoring.halving import HORIZON, first_change

NEARLY = 31 / 32
"""Of the time until a promised look: what changes later than that is as good as found by it."""
_FAR = HORIZON.total_seconds()


class Course(NamedTuple):
    """Somebody's sum from `at` (microseconds since 1970) on, where it is as in `moment`.

    `earned` is their points as they were written, `still` what does not change. The grade is another
    above each of `cuts`, and from `line` on somebody is warm: both are sums of what they did.
    """

    acting: Acting
    acts: Acts
    at: int
    moment: Moment
    earned: Mapping[str, Any]
    still: Sequence[float]
    cuts: tuple[float, ...]
    line: float

    def shown(self, did: float) -> tuple[int, bool]:
        """What a person sees of this sum."""
        return bisect_right(self.cuts, did), did >= self.line

    def ahead(self, passed: float) -> Moment:
        """The moment after so many seconds."""
        then = self.at + round(passed * SECOND)
        return self.acting.at(self.acts, then, engagement_in(self.earned, then), self.still)

    def stays(self, passed: float) -> bool:
        """Whether bounds show that what a person sees is the same for so many seconds."""
        before = self.shown(self.moment.sum)
        low, high = self.acting.roughly(self.moment, passed)
        if self.shown(low) == before == self.shown(high):
            return True
        low, high = self.acting.between(self.acts, self.moment, self.ahead(passed))
        return self.shown(low) == before == self.shown(high)

    def changes_in(self, until: float) -> int | None:
        """After how many seconds something of it is found to be another (see `first_change`)."""
        return first_change(
            lambda passed: self.shown((self.ahead(passed) if passed else self.moment).sum),
            until=until,
        )

    def look_again_at(self, due: datetime | None, now: datetime) -> datetime | None:
        """When to look again, where no look is promised before that, or hardly later."""
        promised = due is not None and due > now
        until = (due - now).total_seconds() if due is not None and promised else _FAR
        if self.stays(until * NEARLY if promised else until):
            return None if promised else now + HORIZON
        changed = self.changes_in(until)
        again = now + (HORIZON if changed is None else timedelta(seconds=changed))
        return None if due is not None and now < due <= again else again
