"""What Prometheus scrapes: counts read from the database at the scrape, and nothing about anybody."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import signs_of_life
from app.api.described import answers
from app.database import Database
from app.door import reading
from app.pages import out_alarms, source_list
from app.settings import Settings
from nurture.rows import SendRow
from prospects import due, given_up
from prospects.topics import Queue
from routing.lives import HandoffState, OfferState
from routing.rows import HandoffRow, OfferRow
from webhooks import known

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@answers({200: None}, open=True)
def metrics() -> ResponseReturnValue:
    """Counts for Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Counts())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Counts(Collector):
    """Reads when it is asked: nothing is counted on the way of a lead."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        settings: Settings = current_app.extensions["settings"]
        database: Database = current_app.extensions["database"]
        now = database.clock.now()
        with reading(database) as session:
            yield _oldest(session, now)
            yield _messages(session, now)
            yield from _selling(session, now)
            yield _sends(session, now)
            yield _workers(session, now, has_redis=settings.redis_url is not None)
            yield _sources(session, settings, now)
            yield _outside(session, settings, now)


def _oldest(session: Session, now: datetime) -> Metric:
    words = "Seconds for which the oldest due work of a queue has been due."
    family = GaugeMetricFamily("warmline_oldest_due_seconds", words, labels=["queue"])
    for queue in Queue:
        since = due.oldest_due(session, queue, now)
        family.add_metric([queue], (now - since).total_seconds() if since else 0.0)
    return family


def _messages(session: Session, now: datetime) -> Metric:
    words = "Promises of work by topic: due by now, and dead (given up)."
    family = GaugeMetricFamily("warmline_messages", words, labels=["topic", "state"])
    # What is due later is a row for nearly everybody: nobody counts them at every scrape.
    counted = {"due": due.by_topic(session, now), "dead": given_up.by_topic(session)}
    for state, counts in counted.items():
        for topic, count in counts.items():
            family.add_metric([topic, state], count)
    return family


def _selling(session: Session, now: datetime) -> Iterator[Metric]:
    offers = select(func.count()).where(OfferRow.state == OfferState.OPEN)
    accepted = select(func.count()).where(HandoffRow.state == HandoffState.ACCEPTED)
    for name, words, query in (
        ("offers_open", "Offers that wait for a rep's answer.", offers),
        ("unconfirmed", "Leads that a rep took and has not confirmed yet.", accepted),
        (
            "unconfirmed_late",
            "Of these, those whose time to confirm has run out.",
            accepted.where(HandoffRow.confirm_by < now),
        ),
    ):
        yield GaugeMetricFamily(
            f"warmline_{name}", words, value=session.execute(query).scalar_one()
        )


def _sends(session: Session, now: datetime) -> Metric:
    words = "Mails that were planned since midnight UTC, by where they are now."
    family = GaugeMetricFamily("warmline_sends_today", words, labels=["state"])
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    # Ids begin with their instant, so an index finds today's.
    first = UUID(int=int(midnight.timestamp()) * 1000 << 80)
    counted = select(SendRow.state, func.count()).where(SendRow.id >= first)
    for state, count in session.execute(counted.group_by(SendRow.state)):
        family.add_metric([state], count)
    return family


def _sources(session: Session, settings: Settings, now: datetime) -> Metric:
    words = "Sources from which leads may be missing, and why."
    family = GaugeMetricFamily("warmline_source_alarm", words, labels=["source", "why"])
    found = known.sources(session, secret=settings.secret_key)
    for source in source_list.alarming(session, found, now):
        family.add_metric([source.slug, source.health.state], 1)
    return family


def _outside(session: Session, settings: Settings, now: datetime) -> Metric:
    words = "Programs, platforms, chats and CRMs that are not told, or not asked, and why."
    family = GaugeMetricFamily("warmline_outside_alarm", words, labels=["name", "why"])
    for place in out_alarms.alarming(session, now, secret=settings.secret_key):
        family.add_metric([place.name, place.state], 1)
    return family


def _workers(session: Session, now: datetime, *, has_redis: bool) -> Metric:
    words = "Whether whoever works off a queue gave a sign of life just now."
    family = GaugeMetricFamily("warmline_workers_alive", words, labels=["queue"])
    heard = signs_of_life.attended(session, now, has_redis=has_redis)
    for queue in Queue:
        family.add_metric([queue], float(queue in heard))
    return family
