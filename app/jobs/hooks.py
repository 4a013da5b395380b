"""The topics `announce` and `call`: what happened becomes calls, and calls are made outside."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, GiveUp, PutOff, Settled
from app.settings import Settings
from webhooks import calls
from webhooks.calls import Call
from webhooks.outbound import Answered, NoAnswer


def announce(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Make the calls of these activities; none is ever busy."""
    calls.announce(session, refs, now)
    return ()


def _prepare(session: Session, ref: str, now: datetime, settings: Settings) -> Call | None:
    return calls.prepare(session, ref, now, key=settings.secret_key)


def _act(call: Call, settings: Settings) -> Answered | NoAnswer:
    return calls.act(call, allow=settings.egress_allow)


def _settle(
    session: Session, call: Call, result: Answered | NoAnswer, now: datetime, settings: Settings
) -> Settled:
    match calls.settle(session, call, result, now):
        case calls.Told():
            return Done()
        case calls.Later(reason, after):
            return PutOff(reason, after)
        case calls.GivenUp(reason):
            return GiveUp(reason)


CALL = Errand(prepare=_prepare, act=_act, settle=_settle)
