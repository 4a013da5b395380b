"""How often a sign-in may fail: enough for a person who forgot, too little for a guesser."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.auth.tokens import digest_of
from app.counts import Counts

PATIENCE = 0.25  # seconds the store may take; sign-in does not wait for a slow Redis

PAUSE = 5.0
"""Seconds for which a Redis that did not answer is not asked again."""

HERE = parse("60/15 minute")
"""Failures from one address, whatever the account."""
ACCOUNT_HERE = parse("10/15 minute")
"""Failures at one account from one address, or from one device that signed in there before."""
ACCOUNT_ANYWHERE = parse("100/hour")
"""Failures at one account from devices it has never seen; its own devices are not held up by these."""
RESETS_HERE = parse("10/15 minute")
"""Forgotten passwords from one address, whatever the account."""
RESETS_FOR_ONE = parse("3/hour")
"""Mails that anybody can have sent to one account."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Try:
    """One try to sign in. `device` is the mark of a browser that this account used before, if it is one."""

    address: str
    email: str
    device: str | None

    @property
    def keys(self) -> list[tuple[RateLimitItem, str]]:
        account = digest_of(self.email.strip().lower())[:32]
        if self.device:
            return [(ACCOUNT_HERE, f"device:{account}:{self.device}")]
        return [
            (HERE, f"address:{self.address}"),
            (ACCOUNT_HERE, f"account:{account}:{self.address}"),
            (ACCOUNT_ANYWHERE, f"account:{account}"),
        ]


@dataclass(frozen=True, slots=True)
class AskedFrom:
    """Somebody at this address says that they forgot a password."""

    address: str

    @property
    def keys(self) -> list[tuple[RateLimitItem, str]]:
        return [(RESETS_HERE, f"forgot:{self.address}")]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """Somebody says that they forgot this account's password, whether there is one or not."""

    email: str

    @property
    def keys(self) -> list[tuple[RateLimitItem, str]]:
        return [(RESETS_FOR_ONE, f"forgot-for:{digest_of(self.email.strip().lower())[:32]}")]


class Counted(Protocol):
    """Something that may happen only so often."""

    @property
    def keys(self) -> list[tuple[RateLimitItem, str]]:
        """Each limit with what is counted under it."""


class Tries:
    """Counts failed tries in Redis, so that all processes count together; without one, in this process."""

    def __init__(self, redis_url: str | None) -> None:
        self._alone = FixedWindowRateLimiter(Counts())
        self._shared = self._alone
        if redis_url:
            address = redis_url.replace("unix://", "redis+unix://", 1)
            patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
            storage = storage_from_string(address, wrap_exceptions=True, **patience)
            self._shared = FixedWindowRateLimiter(storage)
        self._alone_until = 0.0

    def allowed(self, attempt: Counted) -> bool:
        """Whether this try may go on."""
        return self._ask(lambda counts: all(counts.test(*each) for each in attempt.keys))

    def failed(self, attempt: Counted) -> None:
        """Count a try that failed."""

        def count(counts: FixedWindowRateLimiter) -> bool:
            hits = [counts.hit(*each) for each in attempt.keys]
            return all(hits)

        self._ask(count)

    def _ask(self, question: Callable[[FixedWindowRateLimiter], bool]) -> bool:
        """Ask Redis, or the counts of this process while Redis does not answer."""
        if time.monotonic() >= self._alone_until:
            try:
                return question(self._shared)
            except StorageError:
                # Left alone for a while, so that one request waits for it once at the most.
                self._alone_until = time.monotonic() + PAUSE
                log.warning("sign_in_counted_alone")
        return question(self._alone)
