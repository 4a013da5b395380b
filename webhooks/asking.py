"""Asks platforms for what they never delivered, one call at a time: prepare, call, settle.

A pass over a source is resumed where it stood, whoever stopped it; what it finds goes in by the same
door and under the same keys as a delivery, so that what came both ways came once.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from prospects import outbox, waiting
from prospects.reading import UnreadableError
from prospects.sealing import digest
from prospects.topics import Topic
from webhooks import health, keys, known, outbound, poll_hours, polling
from webhooks.adapter import Item, Posted, Read, Reply, Thin, Trouble
from webhooks.kinds.registry import ADAPTERS
from webhooks.outbound import Networks, NoAnswer
from webhooks.poll_rows import SourcePollRow
from webhooks.polling import FIRST_LOOK, GRACE, HEADER, OVERLAP, Cursor, Found, Page
from webhooks.polls.registry import POLLS
from webhooks.receive import BELL, Arrival, receive
from webhooks.sources import Source, SourceKind
from webhooks.waits import wish

SLOWLY = 4
"""By so many steps of the back-off a failed question waits longer than a lead that is to be fetched."""
SOON = timedelta(minutes=5)
"""After which a pass that lost its message is begun again where it stood."""


@dataclass(frozen=True, slots=True)
class Question:
    """One call of a pass."""

    cursor: Cursor
    source: Source = field(repr=False)
    begins: bool = False
    """It is the first of its pass."""

    def stands(self, written: Mapping[str, Any] | None) -> bool:
        """Whether nobody else went on with the pass meanwhile."""
        return written == (None if self.begins else self.cursor.written())


def can_be_asked(source: Source) -> bool:
    """Whether there is a way to ask, and all that is needed for it."""
    if source.kind is SourceKind.IMAP:
        return source.active
    return source.active and source.kind in POLLS and polling.lacks(source) is None


def plan(session: Session, now: datetime, *, secret: str) -> None:
    """Promise a call to each source whose hour has come; safe to repeat, and from several machines."""
    sources = _asked(session, secret)
    ours = [
        slug
        for slug in poll_hours.come(session, sources, now)
        if poll_hours.take(
            session, slug, now,
            since=now - FIRST_LOOK, until=now + min(SOON, sources[slug].ask_every),
        )
    ]  # fmt: skip
    outbox.post(session, Topic.ASK, ours, now)


def due(session: Session, now: datetime, *, secret: str) -> bool:
    """Whether `plan` has anything to do."""
    return bool(poll_hours.come(session, _asked(session, secret), now))


def _asked(session: Session, secret: str) -> Mapping[str, Source]:
    sources = known.sources(session, secret=secret).sources.values()
    return {each.slug: each for each in sources if can_be_asked(each)}


def hasten(session: Session, now: datetime) -> None:
    """The configuration has changed: what waited for a better token need not wait for its hour."""
    waiting.hasten(session, Topic.FETCH, now)
    session.execute(
        update(SourcePollRow).values(due_at=now).execution_options(synchronize_session=False)
    )


def prepare(session: Session, slug: str, now: datetime, *, secret: str) -> Question | None:
    """The next call of this source's pass; None if it can no longer be asked."""
    source = known.sources(session, secret=secret).active(slug)
    row = session.get(SourcePollRow, slug)
    if source is None or row is None or not can_be_asked(source) or source.kind not in POLLS:
        return None
    if rest := health.rest(session, slug, now):
        row.due_at = now + rest
        return None
    if row.cursor is not None:
        return Question(polling.read_cursor(row.cursor), source)
    tasks = tuple(POLLS[source.kind].begin(source))
    return Question(Cursor(tasks, row.since - OVERLAP, now), source, begins=True)


def call(question: Question, *, allow: Networks) -> Page | Trouble:
    """Ask; no transaction is open here."""
    poll = POLLS[question.source.kind]
    wanted = poll.ask(question.cursor, question.source)
    answer = outbound.get(wanted.url, wanted.headers, allow=allow)
    if isinstance(answer, NoAnswer):
        return Trouble(answer.reason, final=False, ours=answer.forbidden)
    reply = Reply(answer.status, answer.body, wish(answer.headers))
    try:
        return poll.read(question.cursor, reply, question.source)
    except UnreadableError as error:
        return Trouble(error.reason, final=False)


def settle(
    session: Session, question: Question, result: Page | Trouble, now: datetime, *, secret: str
) -> None:
    """Keep what was found and where the pass stands; the next call is promised, or comes with its hour."""
    slug = question.source.slug
    row = poll_hours.locked(session, slug)
    if row is None or not question.stands(row.cursor):
        return
    if isinstance(result, Trouble):
        _troubled(session, row, question, result, now)
        return
    health.trouble(session, slug, None, now)
    kept = _keep(session, question, result.found, now, secret)
    if kept:
        row.found, row.found_at = row.found + kept, now
    row.tries, row.reason = 0, result.passed_over or (None if question.begins else row.reason)
    cursor = question.cursor.moved(result)
    if cursor is not None:
        row.cursor, row.due_at = cursor.written(), now + SOON
        outbox.post(session, Topic.ASK, [slug], now)
        return
    row.cursor, row.since, row.asked_at = None, question.cursor.until, now
    row.due_at = now + question.source.ask_every


def _troubled(
    session: Session, row: SourcePollRow, question: Question, trouble: Trouble, now: datetime
) -> None:
    row.tries, row.reason = row.tries + 1, trouble.reason
    if trouble.ours:
        health.trouble(session, row.source, trouble.reason, now)
    # What can never work is begun anew with its next hour; else the pass goes on where it stood.
    row.cursor = None if trouble.final else question.cursor.written()
    every = question.source.ask_every
    if trouble.wait:
        row.due_at = now + timedelta(seconds=trouble.wait)
        health.leave_alone(session, row.source, row.due_at)
    elif trouble.final:
        row.due_at = now + every
    else:
        # Nobody waits for it, so it may begin slowly.
        row.due_at = now + min(outbox.backoff(row.tries + SLOWLY), every)


def _keep(
    session: Session, question: Question, found: Iterable[Found], now: datetime, secret: str
) -> int:
    """Keep as deliveries those that nobody has seen yet; how many they are."""
    source, latest = question.source, question.cursor.until - GRACE
    bodies = [_written(each.document) for each in found if each.at is None or each.at <= latest]
    wanted = {body: set(_keys(body, source, now, secret)) for body in bodies}
    held = keys.holders(session, {key for some in wanted.values() for key in some})
    fresh = [body for body, some in wanted.items() if some and not some <= set(held)]
    kept = [_kept(session, source, body, now, secret) for body in fresh]
    if any(kept):
        session.info.setdefault("rung", set()).add(BELL)
    return sum(kept)


def _written(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _keys(body: bytes, source: Source, now: datetime, secret: str) -> Iterator[keys.Key]:
    for item in _items(body, source, now):
        match item:
            case Read(space=space, key=str(ref)) | Thin(space=space, ref=ref):
                yield keys.key_of(source.slug, space, ref, secret=secret)
            case _:
                pass


def _items(body: bytes, source: Source, now: datetime) -> list[Item]:
    try:
        return ADAPTERS[source.kind].parse(Posted(body, now), source)
    except UnreadableError:
        return []


def _kept(session: Session, source: Source, body: bytes, now: datetime, secret: str) -> bool:
    same = f"{HEADER}:{hashlib.sha256(body).hexdigest()}"
    arrived = Arrival(
        source=source.slug,
        key=digest(secret, "delivery", source.slug, same),
        content_type="application/json",
        headers={HEADER: "yes"},
        body=body,
    )
    return receive(session.connection(), arrived, now).fresh
