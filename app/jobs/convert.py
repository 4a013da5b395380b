"""The topic `convert`: what people became is told to the ad platform they came by."""

import time
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, PutOff, Settled
from app.settings import Settings
from webhooks import conversion_status, conversions, outbound, tokens
from webhooks.conversion_status import Look
from webhooks.conversions import Batch
from webhooks.destinations import Destination, body_of
from webhooks.endpoints import SHUT, Shut
from webhooks.outbound import Answered
from webhooks.platforms.conversion import Answer, Came, Later, Looked
from webhooks.platforms.google import TOKEN_URL

JSON = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "Warmline"}


def _prepare(
    session: Session, ref: str, now: datetime, settings: Settings
) -> Batch | Look | Shut | None:
    if ref.startswith(conversion_status.BATCH):
        return conversion_status.prepare(session, ref, secret=settings.secret_key)
    return conversions.prepare(session, ref, now, secret=settings.secret_key)


def _act(call: Batch | Look | Shut, settings: Settings) -> Came | Looked | None:
    if isinstance(call, Shut):
        return None
    return _tell(call, settings) if isinstance(call, Batch) else _ask(call, settings)


def _ask(look: Look, settings: Settings) -> Looked | Later:
    token, platform = _token(look.destination, settings), look.platform
    if isinstance(token, Later):
        return token
    if platform.ask is None or platform.learn is None:
        return Looked()
    request = platform.ask(look.request, look.destination, token)
    came = outbound.get(request.url, {**JSON, **request.headers}, allow=settings.egress_allow)
    if not isinstance(came, Answered):
        return Later(came.reason)
    return platform.learn(Answer(came.status, came.headers, came.body))


def _tell(batch: Batch, settings: Settings) -> Came:
    token = _token(batch.destination, settings)
    if isinstance(token, Later):
        return token
    request = batch.platform.build(batch.conversions, batch.destination, token)
    came = outbound.post(
        request.url,
        {**JSON, **request.headers},
        body_of(request.document),
        allow=settings.egress_allow,
    )
    if not isinstance(came, Answered):
        return Later(came.reason, ours=came.forbidden)
    answer = Answer(came.status, came.headers, came.body)
    if answer.status == 401:
        tokens.forget(batch.destination)
    return batch.platform.read(answer, len(batch.conversions))


def _token(destination: Destination, settings: Settings) -> str | Later:
    found = tokens.access_token(
        destination, TOKEN_URL, time.monotonic(), allow=settings.egress_allow
    )
    if isinstance(found, tokens.Refused):
        return Later(found.reason, found.after, found.ours)
    return found


def _settle(
    session: Session,
    call: Batch | Look | Shut,
    came: Came | Looked | None,
    now: datetime,
    _settings: Settings,
) -> Settled:
    match call:
        case Shut(rest):
            return PutOff(SHUT, rest)
        case Batch():
            assert came is not None
            assert not isinstance(came, Looked)
            later = conversions.settle(session, call, came, now)
        case Look():
            assert isinstance(came, Looked | Later)
            later = conversion_status.settle(session, call, came, now)
    if later is None:
        return Done()
    return PutOff(later.reason, later.after or timedelta(minutes=1))


ERRAND = Errand(prepare=_prepare, act=_act, settle=_settle)
