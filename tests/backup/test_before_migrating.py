"""`up` backs up before it migrates, keeps three of these, and migrates nothing that it could not back up."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app import clock, migrate
from app.backup.before import before_migration
from app.backup.restoring import restore
from app.cli import commands
from app.cli.frame import run
from app.database import Database, open_database
from app.endings import RefusedError
from app.settings import Settings
from tests.backup.conftest import copied
from tests.support.stores import SqliteStores

OLD = "0007"
AN_ACCOUNT = (
    "INSERT INTO account (id, domain, fields, created_at) VALUES (:id, 'a.example', '{}', :at)"
)
HOUR = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def make_old(url: str) -> str:
    """Give a database tables of an older version, and something in them."""
    database = open_database(url)
    migrate.upgrade(database.engine, OLD)
    with database.engine.begin() as connection:
        row = {"id": "0" * 32, "at": "2026-03-03 10:00:00.000000"}
        connection.execute(text(AN_ACCOUNT), row)
    database.close()
    return url


@pytest.fixture(scope="module")
def old_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(make_old(f"sqlite:///{tmp_path_factory.mktemp('old') / 'old.db'}")[10:])


@pytest.fixture
def old(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Tables of an older version, with something in them."""
    on_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    stores: Any = None if on_sqlite else request.getfixturevalue("postgres_stores")
    if on_sqlite:
        url = copied(request.getfixturevalue("old_file"))
    else:
        url = make_old(stores.fresh(empty=True))
    database = open_database(url)
    yield database
    database.close()
    if stores is not None:
        stores.drop(url)


def settings_in(folder: Path) -> Settings:
    folder.mkdir(exist_ok=True)
    return Settings(data=folder, database_url="", secret_key="k" * 40)


@pytest.mark.parametrize("old", ["sqlite", "postgres"], indirect=True)
def test_what_was_backed_up_comes_back_and_is_migrated(
    old: Database, folder: Path, sqlite_stores: SqliteStores
) -> None:
    before = before_migration(old, settings_in(folder), clock.now())
    assert before is not None
    assert before.manifest.revision == OLD
    another = open_database(sqlite_stores.fresh(empty=True))
    restore(another, before.file, clock.now(), settings_in(folder))
    assert migrate.current(another.engine) == migrate.head()
    with another.readers.connect() as connection:
        assert connection.execute(text("SELECT domain FROM account")).scalars().all() == [
            "a.example"
        ]
    another.close()


def test_the_last_three_are_kept(old: Database, folder: Path) -> None:
    made = [
        before_migration(old, settings_in(folder), HOUR + timedelta(minutes=n)) for n in range(5)
    ]
    kept = sorted((folder / "backups").iterdir())
    assert kept == [each.file for each in made[2:] if each]


def test_there_is_none_without_need(old: Database, folder: Path) -> None:
    settings = settings_in(folder)
    migrate.upgrade(old.engine)
    assert before_migration(old, settings, HOUR) is None
    migrate.downgrade(old.engine, "base")
    assert before_migration(old, settings, HOUR) is None
    migrate.upgrade(old.engine, OLD)
    assert before_migration(old, settings, HOUR) is None, "an empty database has nothing to lose"


def test_a_backup_that_fails_stops_the_migration(
    old: Database, folder: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("DATABASE_URL", old.engine.url.render_as_string(hide_password=False))
    monkeypatch.setitem(os.environ, "WARMLINE_SECRET_KEY", "k" * 40)
    folder.mkdir()
    (folder / "backups").touch()
    assert run(commands, ["prepare", "--data", str(folder)]) == 1
    assert "no backup could be made first" in capsys.readouterr().err
    assert migrate.current(old.engine) == OLD
    (folder / "backups").unlink()
    assert run(commands, ["prepare", "--data", str(folder)]) == 0
    said = capsys.readouterr()
    assert f"before the tables go from {OLD} to {migrate.head()}" in said.err
    assert migrate.current(old.engine) == migrate.head()


def test_tables_of_a_newer_version_are_left_alone(old: Database, folder: Path) -> None:
    with old.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RefusedError, match="newer Warmline"):
        before_migration(old, settings_in(folder), HOUR)
    assert not (folder / "backups").exists()
