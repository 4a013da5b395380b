"""How much work is promised: by topic, what waits for its time, is due, is in a worker's hands, was given up."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from prospects.due import FRESH, SUSPECT, due
from prospects.given_up import DEAD
from prospects.message import MessageRow
from prospects.topics import Queue, Topic, queue_of

MOST_COUNTED = 20_000
"""What is due later is counted so far in each queue: there may be a look ahead for every person there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The promises of one topic. `later` is at least so many where `more` is true."""

    topic: Topic
    later: int = 0
    due: int = 0
    leased: int = 0
    dead: int = 0
    more: bool = False

    @property
    def queue(self) -> Queue:
        return queue_of(self.topic)

    @property
    def has_any(self) -> bool:
        return bool(self.later or self.due or self.leased or self.dead)


def by_topic(session: Session, now: datetime) -> Sequence[Backlog]:
    """Every topic, also those with nothing to do, in the order of `Topic`."""
    counted: dict[str, Counter[Topic]] = {name: Counter() for name in ("due", "leased", "dead")}
    later: Counter[Topic] = Counter()
    more: set[Queue] = set()
    for queue in Queue:
        ahead = _counts(session, _ahead(queue, now))
        later += ahead
        if ahead.total() >= MOST_COUNTED:
            more.add(queue)
        counted["due"] += _counts(session, _topics(*due(queue, now)))
    counted["leased"] = _counts(session, _topics(*SUSPECT))
    counted["dead"] = _counts(session, _topics(MessageRow.state == DEAD))
    return list(_backlogs(counted, later, more))


def _backlogs(
    counted: dict[str, Counter[Topic]], later: Counter[Topic], more: set[Queue]
) -> Iterator[Backlog]:
    for topic in Topic:
        yield Backlog(
            topic=topic,
            later=later[topic],
            more=bool(later[topic]) and queue_of(topic) in more,
            **{name: counts[topic] for name, counts in counted.items()},
        )


def _topics(*where: Any) -> Select[Any]:
    return select(MessageRow.topic).where(*where)


def _ahead(queue: Queue, now: datetime) -> Select[Any]:
    waiting = _topics(MessageRow.queue == queue, MessageRow.due_at > now, *FRESH)
    return waiting.order_by(MessageRow.due_at).limit(MOST_COUNTED)


def _counts(session: Session, topics: Select[Any]) -> Counter[Topic]:
    found = topics.subquery()
    counted = select(found.c.topic, func.count()).group_by(found.c.topic)
    return Counter({Topic(topic): count for topic, count in session.execute(counted)})
