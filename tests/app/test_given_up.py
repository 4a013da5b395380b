"""What was given up is counted, listed with its reason, and tried once more when somebody says so."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.cli import commands
from app.cli.frame import run
from app.cli.opened import opened
from app.door import perform, reading
from app.settings import read_settings
from prospects import given_up, outbox
from prospects.topics import Queue, Topic


@pytest.fixture
def dead(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two promises of a workspace that were given up; their ids."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("WARMLINE_DATA", str(tmp_path / "data"))
    now = clock.now() - timedelta(hours=1)
    with opened(read_settings({"DATABASE_URL": database_url}, data=tmp_path / "data")) as database:

        def give_up(session):  # type: ignore[no-untyped-def]
            outbox.post(session, Topic.NOTICE, ["a/1", "b/2"], now)
            for each in outbox.lease(session, Queue.OUTSIDE, now, limit=2):
                outbox.bury(session, [each], error="the server is gone")

        perform(database, give_up)
        with reading(database) as session:
            return [str(each.id) for each in given_up.listed(session, limit=9)]


def test_an_operator_sees_what_was_given_up_and_brings_it_back(
    dead: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(commands, ["work", "given-up"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{dead[0]} notice a/1 after one try: the server is gone"
    assert run(commands, ["work", "replay", dead[0]]) == 0
    assert run(commands, ["work", "replay", dead[0]]) == 1
    capsys.readouterr()
    assert run(commands, ["work", "given-up", "--json"]) == 0
    assert [each["id"] for each in json.loads(capsys.readouterr().out)["items"]] == [dead[1]]
    assert run(commands, ["work", "replay", "--all"]) == 0
    assert run(commands, ["work", "given-up"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was given up."


def test_what_to_try_once_more_must_be_said(dead: list[str]) -> None:
    assert run(commands, ["work", "replay"]) == 2
    assert run(commands, ["work", "replay", dead[0], "--all"]) == 2
