"""How many requests a minute one program may make, so that a loop gone wild does not starve the others."""

from math import ceil

from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from app import clock
from app.api.problems import TooManyError
from app.counts import Counts


class Pace:
    """Counts in this process: the hot path waits for no other machine."""

    def __init__(self, a_minute: int) -> None:
        self._item = RateLimitItemPerMinute(a_minute)
        self._limiter = FixedWindowRateLimiter(Counts())

    def step(self, who: str) -> None:
        """Count one request. Raises TooManyError with the seconds until the next window."""
        if not self._limiter.hit(self._item, who):
            ends = self._limiter.get_window_stats(self._item, who).reset_time
            raise TooManyError(ceil(ends - clock.now().timestamp()))
