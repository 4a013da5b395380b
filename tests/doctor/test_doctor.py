"""The doctor names what is wrong, says what mends it, and changes nothing."""

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock, signs_of_life
from app.cli import commands
from app.cli.frame import run
from app.database import Database, open_database
from app.doctor import database as store
from app.doctor.diagnosis import Level
from app.door import perform
from prospects import configuration, outbox
from prospects.ids import new_id
from prospects.message import MessageRow, State
from prospects.topics import Topic
from tests.support.redis import RunningValkey
from tests.support.smtp import MailSink
from webhooks import endpoints, health

Diagnoses = dict[str, tuple[str, str, str]]
"""Level, line and mend of the worst finding of each subject."""
Doctor = Callable[..., tuple[int, Diagnoses]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its database, never up."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        assert run(commands, ["prepare", "--data", str(folder)]) == 0
    return folder


@pytest.fixture
def data(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test's own, and an environment without settings."""
    for name in [each for each in os.environ if each.startswith("WARMLINE_")]:
        monkeypatch.delenv(name)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "own"
    shutil.copytree(prepared, folder)
    folder.chmod(0o700)
    return folder


@pytest.fixture
def database(data: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{data / 'warmline.db'}")
    yield opened
    opened.close()


@pytest.fixture
def doctor(data: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    def ask(folder: Path = data) -> tuple[int, Diagnoses]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(commands, ["doctor", "--json", "--data", str(folder)])
        said = json.loads(capsys.readouterr().out)
        order = list(Level)
        found = sorted(said["diagnoses"], key=lambda each: order.index(Level(each["level"])))
        assert all(each["mend"] for each in found if each["level"] != Level.OK)
        assert said["ok"] == (ended.value.code == 0)
        return int(str(ended.value.code)), {
            each["about"]: (each["level"], each["line"], each["mend"]) for each in found
        }

    return ask


def test_a_fresh_installation_is_not_broken(doctor: Doctor) -> None:
    code, found = doctor()
    assert code == 0
    for about in ("data folder", "disk", "database", "tables", "work inside", "given up"):
        assert found[about][0] == Level.OK, found[about]
    for about in ("mail", "backup", "sources", "workers"):
        assert found[about][0] == Level.WARNING, found[about]


def test_all_wrong_settings_are_said_at_once(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_WEB_THREADS", "many")
    monkeypatch.setenv("WARMLINE_SMTP_URL", "mail.acme.example:25")
    code, found = doctor()
    assert code == 1
    assert found["settings"][0] == Level.BROKEN


def test_a_misspelt_setting_gets_the_nearest_good_name(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_BASE_URL", "https://warmline.acme.example")
    monkeypatch.setenv("WARMLINE_PROXIES", "1")
    monkeypatch.setenv("WARMLINE_SMPT_URL", "smtp://mail.acme.example")
    assert doctor()[1]["settings"][2] == "write WARMLINE_SMTP_URL"


def test_what_is_not_there_is_not_made_by_asking(doctor: Doctor, tmp_path: Path) -> None:
    code, found = doctor(tmp_path / "nowhere")
    assert (code, found["data folder"][0]) == (1, Level.BROKEN)
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "bare").mkdir(mode=0o700)
    code, found = doctor(tmp_path / "bare")
    assert (code, found["database"][0]) == (1, Level.BROKEN)
    assert not (tmp_path / "bare" / "warmline.db").exists()


def test_a_folder_or_key_that_others_can_read_is_said(doctor: Doctor, data: Path) -> None:
    (data / "secret.key").chmod(0o644)
    assert doctor()[1]["data folder"][2] == f"chmod 600 {data / 'secret.key'}"


def test_tables_of_another_version_are_said(doctor: Doctor, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))
    code, found = doctor()
    assert (code, found["tables"][2]) == (1, "run `warmline prepare`, which backs up first")


def test_late_and_dead_work_is_said_and_who_works(doctor: Doctor, database: Database) -> None:
    now = clock.now()

    def work(session: Any) -> None:
        outbox.post(session, Topic.REACT, [new_id(now)], now - timedelta(minutes=9))
        dead = {"topic": Topic.CALL, "ref": "x", "state": State.DEAD, "queue": "outside"}
        session.add(MessageRow(id=new_id(now), due_at=now, posted_at=now, **dead))
        sign = signs_of_life.Sign(
            host="here", folder="", part="sweep", queue=None, pid=1, started_at=now, seen_at=now
        )
        signs_of_life.give(session, sign)

    perform(database, work)
    code, found = doctor()
    assert (code, found["work inside"][0]) == (1, Level.BROKEN)
    assert "9 min" in found["work inside"][1]
    assert "warmline work replay" in found["given up"][2]
    assert found["workers"][0] == Level.OK


def test_a_backup_is_remembered(doctor: Doctor, data: Path, tmp_path: Path) -> None:
    assert run(commands, ["backup", str(tmp_path / "b.tar.gz"), "--data", str(data)]) == 0
    assert doctor()[1]["backup"][0] == Level.OK


def test_sources_say_their_trouble(doctor: Doctor, database: Database) -> None:
    now = clock.now()

    def set_up(session: Any) -> None:
        body = {"kind": "generic_json", "auth": {"header": "X-Token", "value": "secret"}}
        configuration.write(session, "source", "well", body, now, by="test")
        sealed = {**body, "auth": {"header": "X-Token", "value": {"sealed": "by another key"}}}
        configuration.write(session, "source", "foreign", sealed, now, by="test")
        short = {**body, "auth": {"header": "X-Token", "value": "abc"}}
        configuration.write(session, "source", "short", short, now, by="test")
        health.trouble(session, "well", "the token has expired", now)

    perform(database, set_up)
    code, found = doctor()
    assert code == 1
    assert "secrets cannot be opened" in found["source foreign"][1]
    assert "the token has expired" in found["source well"][1]
    assert "too short" in found["source short, auth.value"][1]


def test_who_cannot_be_told_is_said(doctor: Doctor, database: Database) -> None:
    at = clock.now()

    def fail(session: Session) -> None:
        configuration.write(session, "destination", "meta", {"kind": "meta"}, at, by="test")
        body = {"url": "https://x.example/", "events": [], "secret": {}, "active": False}
        gone = {**body, "reason": "it answered 410 Gone"}
        configuration.write(session, "hook", "crm", gone, at, by="test")
        endpoints.failed(session, "to:tiktok", "the token was refused", at, wish=None)
        endpoints.failed(session, "erp", "status 500", at, wish=None)

    perform(database, fail)
    _, found = doctor()
    assert found["destination meta"][0] == "broken"
    assert "410 Gone" in found["program crm"][1]
    assert "the token was refused" in found["destination tiktok"][1]
    assert "program erp" not in found, "one failure is no trouble"


def test_the_mail_server_is_asked_and_sent_nothing(
    doctor: Doctor, mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_MAIL_FROM", "hello@vendor.example")
    monkeypatch.setenv("WARMLINE_SMTP_URL", mail_sink.url)
    assert doctor()[1]["mail"][0] == Level.OK
    assert mail_sink.all() == []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("WARMLINE_SMTP_URL", f"smtp://127.0.0.1:{taken.getsockname()[1]}")
        code, found = doctor()
    assert (code, found["mail"][0]) == (1, Level.BROKEN)
    monkeypatch.setenv("WARMLINE_SMTP_URL", mail_sink.url.replace("://", "://user:wrong@"))
    assert doctor()[1]["mail"][0] == Level.BROKEN


def test_redis_and_postgres_that_are_away_are_said_without_the_password(
    doctor: Doctor, valkey: RunningValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", valkey.url)
    assert doctor()[1]["redis"][0] == Level.OK
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("DATABASE_URL", "postgresql://warmline:pass-word@127.0.0.1:1/warmline")
    code, found = doctor()
    assert (code, found["database"][0], found["redis"][0]) == (1, Level.BROKEN, Level.WARNING)
    assert "pass-word" not in str(found)


def test_a_postgres_is_asked_for_its_clock_and_version(postgres_stores: Any) -> None:
    url = postgres_stores.fresh()
    opened = open_database(url)
    found = list(store.server(opened, clock.now()))
    assert [each.level for each in found] == [Level.OK]
    (late,) = store.server(opened, clock.now() - timedelta(minutes=5))
    assert (late.level, late.line) == (
        Level.WARNING, "The database's is 300 s ahead of this machine's.",
    )  # fmt: skip
    opened.close()
    postgres_stores.drop(url)
