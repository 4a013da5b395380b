"""`warmline train` and `warmline evaluate` on the record."""

import json
from pathlib import Path
from typing import Any

import pytest

from app import migrate
from app.cli import commands
from app.cli.frame import run
from app.database import open_database
from app.door import perform
from app.settings import read_settings
from tests.app.learning.market import a_market


def told(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str, code: int = 0) -> Any:
    assert run(commands, [*arguments, "--json", "--data", str(folder)]) == code
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_a_held_training_goes_on_by_a_word_and_is_then_evaluated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = open_database(read_settings({"WARMLINE_DATA": str(folder)}).database_url)
    migrate.upgrade(database.engine)
    perform(database, lambda session: a_market(session, 200, database.clock.now(), leak=0.9))
    database.close()
    held = told(capsys, folder, "train", code=3)
    assert (held["state"], held["model"]) == ("held", None)
    assert [each["name"] for each in held["suspected_leaks"]] == ["fields.project"]
    assert run(commands, ["train", "--data", str(folder)]) == 3
    said = capsys.readouterr()
    assert "“fields.project”" in said.out
    assert "--not-known-before COL" in said.err
    assert run(commands, ["train", "--known-before", "projekt", "--data", str(folder)]) == 2
    assert "no column is called `projekt`" in capsys.readouterr().err
    done = told(capsys, folder, "train", "--not-known-before", "fields.project")
    assert done["state"] == "done"
    assert done["model"] == done["card"]
    assert {"rows", "positives", "candidates", "champion", "words"} <= set(done)
    found = told(capsys, folder, "evaluate")
    assert found["model"] == done["model"]
    assert 0.5 < found["past"]["auc_points"] <= 1
    assert any("later buyers higher" in line for line in found["words"])
    assert run(commands, ["evaluate", "--data", str(folder)]) == 0
    assert "pairs of a buyer" in capsys.readouterr().out
