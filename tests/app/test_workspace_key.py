"""A workspace is sealed with one key, and whoever comes with another is told so before anything is sealed."""

import json
from pathlib import Path

import pytest

from app import workspace_key
from app.cli import commands
from app.cli.frame import run
from app.database import open_database
from app.door import reading
from app.endings import RefusedError
from app.queue import work
from app.settings import Settings, read_settings
from prospects import configuration
from prospects.topics import Queue
from tests.support.redis import RunningValkey
from tests.workspace.test_mistakes import STARTER
from webhooks import known

OURS, THEIRS = "o" * 40, "t" * 40


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that two data folders with keys of their own look at."""
    for name in ("REDIS_URL", "WARMLINE_BASE_URL", "WARMLINE_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("API_KEY", "a-token-of-the-site")
    return url


def on(url: str, tmp_path: Path, key: str, redis_url: str | None = None) -> Settings:
    return Settings(data=tmp_path, database_url=url, secret_key=key, redis_url=redis_url)


def sources(url: str, key: str) -> known.Known:
    database = open_database(url)
    try:
        with reading(database) as session:
            return known.sources(session, secret=key)
    finally:
        database.close()


def test_files_are_not_sealed_with_a_key_that_nobody_who_runs_has(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, elsewhere = str(tmp_path / "here"), str(tmp_path / "elsewhere")
    assert run(commands, ["prepare", "--data", here]) == 0
    capsys.readouterr()
    assert run(commands, ["apply", str(STARTER), "--data", elsewhere]) == 3
    assert "secret.key" in capsys.readouterr().err
    assert run(commands, ["apply", str(STARTER), "--data", here]) == 0
    key = read_settings({"DATABASE_URL": url}, data=tmp_path / "here").secret_key
    assert "site" in sources(url, key).sources


def test_mistakes_in_the_files_are_said_before_the_key_is_looked_at(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(commands, ["prepare", "--data", str(tmp_path / "here")]) == 0
    (tmp_path / "team.yaml").write_text("people: 3\n")
    capsys.readouterr()
    assert run(commands, ["apply", str(tmp_path), "--data", str(tmp_path / "elsewhere")]) == 1
    assert "team.yaml" in capsys.readouterr().err


def test_a_lost_key_is_replaced_when_somebody_says_so(url: str, tmp_path: Path) -> None:
    lost, new = str(tmp_path / "lost"), str(tmp_path / "new")
    assert run(commands, ["apply", str(STARTER), "--data", lost]) == 0
    mistaken = tmp_path / "mistaken"
    mistaken.mkdir()
    (mistaken / "team.yaml").write_text("people: 3\n")
    assert run(commands, ["apply", str(mistaken), "--data", new, "--new-key"]) == 1
    assert run(commands, ["work", "given-up", "--data", lost]) == 0
    assert run(commands, ["apply", str(STARTER), "--data", new, "--new-key"]) == 0
    key = read_settings({"DATABASE_URL": url}, data=tmp_path / "new").secret_key
    assert "site" in sources(url, key).sources
    assert run(commands, ["work", "given-up", "--data", new]) == 0
    assert run(commands, ["work", "given-up", "--data", lost]) == 3
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    assert run(commands, ["apply", str(nothing), "--data", lost, "--new-key"]) == 0
    assert run(commands, ["work", "given-up", "--data", lost]) == 0


def test_the_doctor_names_it(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(commands, ["prepare", "--data", str(tmp_path / "here")]) == 0
    read_settings({"DATABASE_URL": url}, data=tmp_path / "elsewhere")
    capsys.readouterr()
    with pytest.raises(SystemExit):
        run(commands, ["doctor", "--json", "--data", str(tmp_path / "elsewhere")])
    told = {each["about"]: each for each in json.loads(capsys.readouterr().out)["diagnoses"]}
    assert told["secret key"]["level"] == "broken"
    assert "WARMLINE_SECRET_KEY" in told["secret key"]["mend"]


def test_a_process_with_another_key_does_not_start(
    url: str, tmp_path: Path, valkey: RunningValkey
) -> None:
    assert run(commands, ["prepare", "--data", str(tmp_path / "here")]) == 0
    stranger = on(url, tmp_path, THEIRS, valkey.url)
    with pytest.raises(RefusedError, match="another secret key"):
        work(stranger, Queue.INSIDE)
    assert run(commands, ["web", "--port", "0", "--data", str(tmp_path / "elsewhere")]) == 3


def test_a_workspace_that_never_noted_a_key_takes_the_first(url: str, tmp_path: Path) -> None:
    database = open_database(url)
    assert run(commands, ["db", "upgrade"]) == 0
    workspace_key.check(database, on(url, tmp_path, THEIRS))
    workspace_key.own(database, on(url, tmp_path, OURS))
    workspace_key.own(database, on(url, tmp_path, OURS))
    with pytest.raises(RefusedError):
        workspace_key.own(database, on(url, tmp_path, THEIRS))
    with reading(database) as session:
        assert configuration.sealed_with(session)
    database.close()
