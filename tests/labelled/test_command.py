"""`warmline train --from` says what a model is worth, to people in words and to programs in JSON."""

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app.cli import commands
from app.cli.frame import run
from tests.labelled.files import DRAWN, chance, write

FIGURES = {"auc", "pr_auc", "brier", "log_loss", "ece", "lift10"}


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = []
    for n in range(240):
        visits, size = DRAWN.randint(0, 9), DRAWN.choice(["small", "large", "n/a"])
        won = chance(1 / (1 + math.exp(2.2 - visits / 4 - (size == "large"))))
        contract = f"C{n}" if won else ""
        rows.append([f"L{n}", visits, size, "Ada", contract, "won" if won else "lost"])
    header = ["lead", "visits", "size", "first name", "contract", "outcome"]
    return write(tmp_path_factory.mktemp("export") / "x.csv", header, rows, ";")


def train(path: Path, *options: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(commands, ["train", "--from", str(path), *options])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_program_is_told_every_figure(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "fit: {cap: 50, rules: [{name: much, if: {field: visits, op: gte, value: 5}, points: 30}]}"
    )
    asked = ["--label", "outcome", "--id", "lead", "--points", str(rules), "--save", "--json"]
    code, out, err = train(export, *asked, "--data", str(tmp_path), capsys=capsys)
    said: dict[str, Any] = json.loads(out)
    assert (code, err) == (0, "")
    assert said["rows"] == 240
    assert said["suspected_leaks"] == ["contract"]
    assert "first name" in said["left_out"]
    assert {each["name"] for each in said["candidates"]} >= {"points", "platt", "scorecard"}
    for each in said["candidates"]:
        assert set(each["cv"]) == set(each["time_split"]) == FIGURES
    assert said["champion"] in ("platt", "scorecard")
    assert said["serve_us_per_row"] < 500
    assert said["fit_seconds"] > 0
    assert said["card"]["id"] == said["kept_as"]
    assert {term["feature"] for term in said["card"]["terms"]} <= {
        *("fields.visits", "fields.size", "points.fit", "points.engagement"),
    }
    with create_engine(f"sqlite:///{tmp_path}/warmline.db").connect() as kept:
        row = kept.execute(text("SELECT id, state, origin FROM model_version")).one()
    assert tuple(row) == (said["kept_as"], "trained", "file")


def test_a_person_is_told_in_words(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = train(export, "--label", "outcome", capsys=capsys)
    assert code == 0
    assert "240 rows" in out.splitlines()[0]
    assert "`contract`: left out" in out
    assert "`first name`: a name gives away" in out
    assert "`won` counts as won, `lost` as not" in out
    assert "points are 100 times its probability" in out


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 2, "--label COL"),
        (["--label", "outcom"], 2, "did you mean `outcome`"),
        (["--label", "size"], 2, "--positive"),
        (["--label", "outcome", "--allow", "first name"], 2, "--because"),
        (["--label", "outcome", "--after", "7d"], 2, "--after needs --time"),
        (["--label", "outcome", "--time", "size"], 1, "is no time"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    export: Path, options: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, out, err = train(export, *options, capsys=capsys)
    assert (ended, out, len(err.splitlines())) == (code, "", 1)
    assert said in err


def test_several_columns_may_follow_one_option(
    export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--drop", "contract", "nothing here", "--label", "outcome"]
    ended, _, err = train(export, *asked, capsys=capsys)
    assert (ended, "no column `nothing here`" in err) == (2, True)


def test_nothing_is_kept_where_nothing_was_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: Sequence[Sequence[Any]] = [[n % 4, "yes" if n % 3 else "no"] for n in range(40)]
    path = write(tmp_path / "x.csv", ["size", "won"], rows)
    asked = ["--label", "won", "--save", "--data", str(tmp_path)]
    code, out, err = train(path, *asked, capsys=capsys)
    assert code == 3
    assert "36 more losses" in out
    assert "they stay" in err


def test_the_command_line_loads_no_numeric_library_before_it_trains() -> None:
    seen = (
        "import sys, app.cli, app.cli.train; print(sorted({'numpy', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
