"""The topics `announce`, `call` and `redrive`: what happened becomes calls and conversions, made outside, and again."""

import time
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, GiveUp, PutOff, Settled
from app.settings import Settings
from webhooks import calls, conversion_noting, happenings
from webhooks import redrive as again
from webhooks.calls import Call, Came
from webhooks.endpoints import SHUT, Shut


def announce(
    session: Session, refs: Sequence[str], now: datetime, settings: Settings
) -> Collection[str]:
    """Make the calls of what happened; none is ever busy."""
    happened = happenings.read(session, refs)
    calls.announce(session, happened, now, secret=settings.secret_key)
    conversion_noting.note(session, happened, now, secret=settings.secret_key)
    return ()


def redrive(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Bring back the next of what was given up; none is ever busy."""
    again.go_on(session, refs, now)
    return ()


def _prepare(session: Session, ref: str, now: datetime, settings: Settings) -> Call | Shut | None:
    return calls.prepare(session, ref, now, key=settings.secret_key, base_url=settings.base_url)


def _act(call: Call | Shut, settings: Settings) -> Came | None:
    if isinstance(call, Shut):
        return None
    begun = time.monotonic()
    result = calls.act(call, allow=settings.egress_allow)
    return Came(result, round((time.monotonic() - begun) * 1000))


def _settle(
    session: Session, call: Call | Shut, came: Came | None, now: datetime, settings: Settings
) -> Settled:
    if isinstance(call, Shut) or came is None:
        return PutOff(SHUT, call.rest if isinstance(call, Shut) else None)
    match calls.settle(session, call, came, now):
        case calls.Told():
            return Done()
        case calls.Later(reason, after):
            return PutOff(reason, after)
        case calls.GivenUp(reason):
            return GiveUp(reason)


CALL = Errand(prepare=_prepare, act=_act, settle=_settle)
