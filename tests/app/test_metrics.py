"""/metrics: what an operator watches, read at the scrape, and nothing about anybody."""

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from sqlalchemy.orm import Session

from app import clock
from app.database import Database
from app.door import perform
from app.settings import Settings
from app.web import create_app
from prospects import configuration, outbox
from prospects.message import MessageRow, State
from prospects.topics import Queue, Topic
from tests.routing.office import offered, three_reps
from tests.support.redis import RunningValkey
from webhooks import health

SITE = {"kind": "generic_json", "auth": {"header": "X-Token", "value": "a-long-secret"}}
Samples = dict[tuple[str, ...], float]
ROOT = Path(__file__).parents[2]


def scraped(database: Database, database_url: str, folder: Path, redis: str | None) -> Samples:
    folder.mkdir(exist_ok=True)
    settings = Settings(
        data=folder, database_url=database_url, secret_key="s" * 32, redis_url=redis
    )
    answer = create_app(settings, database=database).test_client().get("/metrics")
    assert answer.status_code == 200
    assert "firm.example" not in answer.text
    return {
        (sample.name.removeprefix("warmline_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_what_waits_is_counted(database: Database, database_url: str, folder: Path) -> None:
    now = clock.now()

    def prepare(session: Session) -> None:
        three_reps(session, now)
        offered(session, now)
        outbox.post(session, Topic.MAIL, ["a/b"], now - timedelta(minutes=5))
        outbox.post(session, Topic.FETCH, ["c"], now)
        configuration.write(session, "source", "site", SITE, now, by="t")
        health.trouble(session, "site", "token refused", now)
        configuration.write(session, "destination", "li", {"kind": "nothing"}, now, by="t")
        dead = update(MessageRow).where(MessageRow.topic == Topic.FETCH).values(state=State.DEAD)
        session.execute(dead)

    perform(database, prepare)
    found = scraped(database, database_url, folder, None)
    assert found["oldest_due_seconds", Queue.OUTSIDE] == pytest.approx(300, abs=60)
    # Labels come in the order of their names.
    assert (found["messages", "due", "mail"], found["messages", "dead", "fetch"]) == (1, 1)
    assert (found[("offers_open",)], found[("unconfirmed",)]) == (1, 0)
    assert found["workers_alive", Queue.INSIDE] == 0
    assert found["source_alarm", "site", "in trouble"] == 1
    assert found["outside_alarm", "li", "broken"] == 1


def test_every_number_is_explained(
    database: Database, database_url: str, folder: Path, valkey: RunningValkey
) -> None:
    found = scraped(database, database_url, folder, valkey.url)
    assert found["workers_alive", Queue.INSIDE] == 0
    page = (ROOT / "docs" / "operations.md").read_text()
    names = {f"warmline_{name}" for name, *_ in found} | {"warmline_messages"}
    assert [name for name in names if f"`{name}" not in page] == []
