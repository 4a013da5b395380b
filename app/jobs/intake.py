"""The intake's topics: read deliveries, fetch leads, ask for what is missing; the drain decides when."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, PutOff, Settled
from app.settings import Settings
from prospects.ids import CaptureId, DeliveryId, parse_id
from webhooks import asking, certificates, fetch, looking_in, unmapped
from webhooks import ingest as room
from webhooks.adapter import Trouble
from webhooks.looking_in import Look, Lying
from webhooks.outbound import Answered, NoAnswer
from webhooks.polling import Page


def ingest(
    session: Session, refs: Sequence[str], now: datetime, settings: Settings
) -> Collection[str]:
    """Read these deliveries; none is ever busy."""
    deliveries = [DeliveryId(found) for ref in refs if (found := parse_id(ref))]
    room.ingest(session, deliveries, now, secret=settings.secret_key)
    return ()


def meaning(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Give fields of the past what they were said to mean; none is ever busy."""
    for ref in refs:
        unmapped.go_on(session, ref, now)
    return ()


def _prepare(session: Session, ref: str, now: datetime, settings: Settings) -> fetch.Errand | None:
    capture_id = parse_id(ref)
    if capture_id is None:
        return None
    return fetch.prepare(session, CaptureId(capture_id), now, secret=settings.secret_key)


def _act(errand: fetch.Errand, settings: Settings) -> fetch.Fetched | fetch.Resting | Trouble:
    return fetch.call(errand, allow=settings.egress_allow)


def _settle(
    session: Session,
    errand: fetch.Errand,
    result: fetch.Fetched | fetch.Resting | Trouble,
    now: datetime,
    settings: Settings,
) -> Settled:
    match fetch.settle(session, errand, result, now, secret=settings.secret_key):
        case fetch.Later(reason, after):
            return PutOff(reason, after)
        case fetch.Settled():
            return Done()


def _certificate_wanted(
    session: Session, ref: str, now: datetime, _settings: Settings
) -> str | None:
    return certificates.prepare(session, ref, now)


def _certificate_asked(url: str, settings: Settings) -> Answered | NoAnswer:
    return certificates.call(url, allow=settings.egress_allow)


def _certificate_here(
    session: Session, url: str, answer: Answered | NoAnswer, now: datetime, _settings: Settings
) -> Settled:
    later = certificates.settle(session, url, answer, now)
    return PutOff(later.reason) if later else Done()


CERTIFICATE = Errand(prepare=_certificate_wanted, act=_certificate_asked, settle=_certificate_here)
FETCH = Errand(prepare=_prepare, act=_act, settle=_settle)


def _next_question(
    session: Session, ref: str, now: datetime, settings: Settings
) -> asking.Question | Look | None:
    secret = settings.secret_key
    return looking_in.prepare(session, ref, secret=secret) or asking.prepare(
        session, ref, now, secret=secret
    )


def _ask(question: asking.Question | Look, settings: Settings) -> Page | Lying | Trouble:
    if isinstance(question, Look):
        return looking_in.call(question, allow=settings.egress_allow)
    return asking.call(question, allow=settings.egress_allow)


def _answered(
    session: Session,
    question: asking.Question | Look,
    result: Page | Lying | Trouble,
    now: datetime,
    settings: Settings,
) -> Settled:
    secret = settings.secret_key
    if isinstance(question, Look) and not isinstance(result, Page):
        looking_in.settle(session, question, result, now, secret=secret)
    if isinstance(question, asking.Question) and not isinstance(result, Lying):
        asking.settle(session, question, result, now, secret=secret)
    # What failed comes again with the source's own hour.
    return Done()


ASK = Errand(prepare=_next_question, act=_ask, settle=_answered)
