"""How often a sign-in may fail: enough for a person who forgot, too little for a guesser."""

from dataclasses import dataclass

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app.auth.tokens import digest_of

PATIENCE = 0.25  # seconds the store may take; sign-in does not wait for a slow Redis

HERE = parse("60/15 minute")
"""Failures from one address, whatever the account."""
ACCOUNT_HERE = parse("10/15 minute")
"""Failures at one account from one address, or from one device that signed in there before."""
ACCOUNT_ANYWHERE = parse("100/hour")
"""Failures at one account from devices it has never seen; its own devices are not held up by these."""

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


class Tries:
    """Counts failed tries in Redis, so that all processes count together; without one, in this process."""

    def __init__(self, redis_url: str | None) -> None:
        self._alone = FixedWindowRateLimiter(MemoryStorage())
        self._shared = self._alone
        if redis_url:
            address = redis_url.replace("unix://", "redis+unix://", 1)
            patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
            storage = storage_from_string(address, wrap_exceptions=True, **patience)
            self._shared = FixedWindowRateLimiter(storage)

    def allowed(self, attempt: Try) -> bool:
        """Whether this try may go on."""
        try:
            return all(self._shared.test(item, key) for item, key in attempt.keys)
        except StorageError:
            return all(self._alone.test(item, key) for item, key in attempt.keys)

    def failed(self, attempt: Try) -> None:
        """Count a try that failed."""
        try:
            for item, key in attempt.keys:
                self._shared.hit(item, key)
        except StorageError:
            log.warning("sign_in_counted_alone")
            for item, key in attempt.keys:
                self._alone.hit(item, key)
