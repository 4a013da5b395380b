"""`/readyz` says whether work gets done, and what is wrong when it does not."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app import migrate, signs_of_life
from app.database import Database, open_database
from app.door import perform, unit_of_work
from app.settings import Settings
from app.signs_of_life import Sign
from app.web import create_app
from prospects import outbox
from prospects.topics import Topic
from tests.support.redis import RunningValkey


@pytest.fixture
def migrated(database: Database) -> Database:
    with unit_of_work(database) as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        session.execute(
            text("INSERT INTO alembic_version VALUES (:head)"), {"head": migrate.head()}
        )
    return database


def client(database: Database, folder: Path, redis_url: str | None = None) -> FlaskClient:
    settings = Settings(
        data=folder, database_url="sqlite://", redis_url=redis_url, secret_key="s" * 32
    )
    return create_app(settings, database=database).test_client()


def test_it_is_ready_without_redis_and_says_so(migrated: Database, folder: Path) -> None:
    answer = client(migrated, folder).get("/readyz")
    assert answer.status_code == 200
    assert answer.json["redis"] == "absent"


def test_a_redis_that_is_away_is_said_and_not_failed(
    migrated: Database, folder: Path, valkey: RunningValkey
) -> None:
    asked = client(migrated, folder, valkey.url)
    told = asked.get("/readyz").json
    assert (told["redis"], told["workers inside"]) == ("ok", "silent")
    valkey.stop()
    answer = asked.get("/readyz")
    assert (answer.status_code, answer.json["redis"]) == (200, "away")


def test_who_works_is_read_from_the_database_and_not_from_redis(
    migrated: Database, folder: Path
) -> None:
    at = migrated.clock.now()
    sweep = Sign(host="h", folder="f", part="sweep", queue=None, pid=1, started_at=at, seen_at=at)
    asked = client(migrated, folder)
    assert asked.get("/readyz").json["workers outside"] == "silent"
    perform(migrated, lambda session: signs_of_life.give(session, sweep))
    assert asked.get("/readyz").json["workers outside"] == "ok"


def test_work_that_nobody_does_makes_it_unready(migrated: Database, folder: Path) -> None:
    long_ago = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    perform(migrated, lambda session: outbox.post(session, Topic.MAIL, ["a/b"], long_ago))
    answer = client(migrated, folder).get("/readyz")
    assert answer.status_code == 503
    assert (answer.json["work outside"], answer.json["work inside"]) == ("late", "ok")


def test_work_that_is_only_planned_is_not_late(
    migrated: Database, folder: Path, now: datetime
) -> None:
    due = datetime.max.replace(tzinfo=now.tzinfo) - timedelta(days=400)
    perform(migrated, lambda session: outbox.post(session, Topic.MAIL, ["a"], now, due_at=due))
    assert client(migrated, folder).get("/readyz").status_code == 200


def test_tables_of_another_version_make_it_unready(migrated: Database, folder: Path) -> None:
    with unit_of_work(migrated) as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client(migrated, folder).get("/readyz")
    assert (answer.status_code, answer.json["tables"]) == (503, "of another version")


def test_a_database_that_is_away_makes_it_unready_but_alive(tmp_path: Path) -> None:
    nowhere = open_database(f"sqlite:///{tmp_path}/no/such/folder/x.db")
    asked = client(nowhere, tmp_path)
    assert asked.get("/healthz").status_code == 200
    answer = asked.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "away")
