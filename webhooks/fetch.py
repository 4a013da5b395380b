"""Gets the leads that a platform only names: prepare in one transaction, call without one, settle in another."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import outbox
from prospects.ids import CaptureId, DeliveryId, new_id
from prospects.store import on_sqlite
from prospects.topics import Topic
from webhooks import feedback, forget, health, keys, known, outbound, told
from webhooks.adapter import Dead, Item, Passed, Quarantined, Read, Reply, Test, Thin, Trouble
from webhooks.decide import A_COPY, fact_key
from webhooks.fates import ERASED, Fate, Fresh, FreshFeedback
from webhooks.fed_back import Copied, Feedback
from webhooks.kinds.registry import ADAPTERS
from webhooks.meanings import meant
from webhooks.outbound import Networks, NoAnswer
from webhooks.record import record
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState
from webhooks.sources import Source
from webhooks.waits import wish

MOST_CALLS = 4
MOST_TRIES = 90
"""About three days at one try an hour; then the lead is dead until its delivery is replayed."""
LONGEST_WAIT_FOR_MENDING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Errand:
    """One lead to fetch."""

    capture_id: CaptureId
    ref: str
    source: Source = field(repr=False)
    told: bytes | None = field(default=None, repr=False)
    rest: timedelta | None = None
    """So long the platform is to be left alone."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Every body that was needed, in the order of the calls."""

    bodies: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Resting:
    """Nothing was asked: the platform is left alone for now, and this lead waits with the others."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Later:
    """Try again `after` so long. `reason` holds no personal data."""

    reason: str
    after: timedelta


def prepare(
    session: Session, capture_id: CaptureId, now: datetime, *, secret: str
) -> Errand | None:
    """What to fetch; None if nothing is due any more."""
    capture = session.get(CaptureRow, capture_id)
    if capture is None or capture.state != CaptureState.FETCH_DUE or capture.ref is None:
        return None
    source = known.sources(session, secret=secret).sources.get(capture.source)
    if source is None:
        capture.state, capture.reason = CaptureState.DEAD, "its source is no longer configured"
        keys.release(session, [capture_id])
        return None
    rest = health.rest(session, capture.source, now)
    return Errand(capture_id, capture.ref, source, told.first(capture.document), rest)


def call(errand: Errand, *, allow: Networks) -> Fetched | Resting | Trouble:
    """Ask the platform, as often as its adapter says; no transaction is open here."""
    if errand.rest is not None:
        return Resting(errand.rest)
    next_call = ADAPTERS[errand.source.kind].next_call
    assert next_call is not None, "only thin sources have captures to fetch"
    replies = [Reply(200, errand.told)] if errand.told is not None else []
    for _ in range(MOST_CALLS):
        wanted = next_call(errand.ref, errand.source, replies)
        if wanted is None:
            return Fetched(tuple(each.body for each in replies))
        if isinstance(wanted, Trouble):
            return wanted
        answer = outbound.get(wanted.url, wanted.headers, allow=allow)
        if isinstance(answer, NoAnswer):
            return _unanswered(answer)
        replies.append(Reply(answer.status, answer.body, wish(answer.headers)))
    return Trouble("the platform wants too many calls", final=True)


def settle(
    session: Session,
    errand: Errand,
    result: Fetched | Resting | Trouble,
    now: datetime,
    *,
    secret: str,
) -> Settled | Later:
    """Record the lead, or what stood in the way."""
    query = select(CaptureRow).where(CaptureRow.id == errand.capture_id)
    if not on_sqlite(session):
        query = query.with_for_update()
    capture = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if capture is None or capture.state != CaptureState.FETCH_DUE:
        return Settled()  # taken back, or erased, while we asked
    if isinstance(result, Resting):
        return Later("the platform is left alone for now", result.after * _spread(capture))
    if isinstance(result, Trouble):
        return _troubled(session, capture, result, now)
    health.trouble(session, capture.source, None, now)
    capture.document = told.packed(result.bodies)
    read_fetched = ADAPTERS[errand.source.kind].read_fetched
    assert read_fetched is not None
    item = read_fetched(errand.ref, result.bodies, errand.source, now)
    said = known.sources(session, secret=secret).meanings.get(capture.source, {})
    fate = _fate(session, capture, meant(item, said), now, secret)
    _close(session, capture, fate)
    return Settled()


def again(capture: CaptureRow, item: Item, source: Source | None, at: datetime) -> Item:
    """What was fetched for this capture, read anew; the item itself where nothing was."""
    read_fetched = ADAPTERS[source.kind].read_fetched if source else None
    if not isinstance(item, Thin) or source is None or read_fetched is None:
        return item
    if capture.state == CaptureState.FETCH_DUE:
        return item
    bodies = told.unpacked(capture.document)
    return read_fetched(item.ref, bodies, source, at) if bodies else item


def _unanswered(answer: NoAnswer) -> Trouble:
    return Trouble(answer.reason, final=False, ours=answer.forbidden)


def _troubled(
    session: Session, capture: CaptureRow, trouble: Trouble, now: datetime
) -> Settled | Later:
    capture.tries += 1
    capture.reason = trouble.reason
    if trouble.ours:
        health.trouble(session, capture.source, trouble.reason, now)
    elif trouble.final or capture.tries > MOST_TRIES:
        capture.state = CaptureState.DEAD
        keys.release(session, [capture.id])
        return Settled()
    pause = _pause(capture, trouble)
    if trouble.ours or trouble.wait:
        # One at a time finds out whether it is over; the others need not ask for it.
        health.leave_alone(session, capture.source, now + pause)
    return Later(trouble.reason, pause)


def _pause(capture: CaptureRow, trouble: Trouble) -> timedelta:
    """The platform's own wish, else ever longer; leads that failed together do not return together."""
    spread = _spread(capture)
    pause = timedelta(seconds=trouble.wait) if trouble.wait else outbox.backoff(capture.tries)
    return min(pause * spread, LONGEST_WAIT_FOR_MENDING) if trouble.ours else pause * spread


def _spread(capture: CaptureRow) -> float:
    return 1 + (capture.id.int % 1000) / 2000


def _fate(session: Session, capture: CaptureRow, item: Item, now: datetime, secret: str) -> Fate:
    capture_id = CaptureId(capture.id)
    key = keys.key_of(capture.source, capture.space, capture.ref or "", secret=secret)
    name = fact_key(capture_id, key)
    match item:
        case Read():
            fresh = Fresh(capture_id, capture.source, name, item)
            return record(session, [fresh], now, secret=secret)[capture_id]
        case Feedback():
            told = [FreshFeedback(capture_id, capture.source, name, item)]
            told += [
                FreshFeedback(CaptureId(new_id(now)), capture.source, f"{name}:{n}", each)
                for n, each in enumerate(item.also, 1)
            ]
            fates = feedback.record(session, told, now, secret=secret)
            feedback.stand_beside(session, capture, told[1:], fates)
            return fates[capture_id]
        case Copied():
            outbox.post(session, Topic.COPY, [capture_id], now)
            return Fate(CaptureState.RECORDED, A_COPY)
        case Test():
            return Fate(CaptureState.TEST)
        case Passed(reason=reason):
            return Fate(CaptureState.RECORDED, reason)
        case Quarantined(reason=reason):
            return Fate(CaptureState.QUARANTINED, reason)
        case Dead(reason=reason):
            return Fate(CaptureState.DEAD, reason)
        case _:
            raise AssertionError("what is fetched is no list and no errand")


def _close(session: Session, capture: CaptureRow, fate: Fate) -> None:
    capture.state, capture.reason, capture.prospect_id = fate.state, fate.reason, fate.prospect_id
    capture.tries += 1
    session.flush()
    if fate.state in {CaptureState.DEAD, CaptureState.QUARANTINED}:
        keys.release(session, [capture.id])
    if fate.reason == ERASED:
        capture.document = capture.ref = capture.key = None
        forget.empty(session, [DeliveryId(capture.delivery_id)])
    if fate.state is CaptureState.TEST:
        delivery = session.get(DeliveryRow, capture.delivery_id)
        if delivery is not None:
            delivery.state = DeliveryState.TEST
