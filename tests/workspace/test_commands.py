"""`warmline apply`, `token create` and `person invite`, as an operator types them."""

import json
import shutil
from pathlib import Path

import pytest

from app import clock
from app.cli import commands
from app.cli.frame import run
from app.database import open_database
from app.door import perform, reading
from app.tokens import caller_of
from prospects import configuration, team
from prospects.member import Role
from tests.workspace.test_mistakes import STARTER


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, in the environment, beside the starter's secret."""
    for name in ("DATABASE_URL", "REDIS_URL", "WARMLINE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WARMLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("API_KEY", "a-token-of-the-site")
    return tmp_path / "data"


def test_apply_says_what_became_of_everything(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(commands, ["apply", str(STARTER)]) == 0
    first = capsys.readouterr().out.splitlines()
    assert run(commands, ["apply", str(STARTER), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)

    assert "add flow considered (flows/considered.yaml)" in first
    assert any(line.startswith("note: nobody becomes warm by this alone") for line in first)
    assert first[-1] == "applied: 11 added, 0 changed, 0 unchanged"
    assert again == {
        "applied": {"added": 0, "changed": 0, "unchanged": 11},
        "changes": [],
        "notes": [],
    }


def test_mistakes_are_listed_and_the_command_fails(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "workspace"
    shutil.copytree(STARTER, place)
    (place / "team.yaml").write_text(
        "people:\n  - {email: rita}\n  - {email: x@y.example, rol: x}\n"
    )

    assert run(commands, ["apply", str(place)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert run(commands, ["apply", str(place), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)

    assert said == [
        "team.yaml:2:13 people.0.email: `rita` is not an e-mail address;"
        " write it like rita@acme.example",
        "team.yaml:3:26 people.1.rol: `rol` means nothing here; did you mean `roles`?",
        "warmline: nothing was applied: 2 mistakes",
    ]
    assert told["applied"] is None
    assert told["errors"][1] == {
        "file": "team.yaml",
        "line": 3,
        "column": 26,
        "where": "people.1.rol",
        "reason": "`rol` means nothing here",
        "mend": "did you mean `roles`?",
    }


def test_a_folder_that_is_not_there_is_wrong_usage(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(commands, ["apply", "/no/such/folder"]) == 2
    assert capsys.readouterr().err == (
        "warmline: there is no folder /no/such/folder. Try `warmline apply --help`.\n"
    )


def test_a_token_is_printed_once_and_acts_as_its_person(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(commands, ["apply", str(STARTER)])
    capsys.readouterr()

    wish = ["token", "create", "--role", "rep", "--name", "phone"]
    assert run(commands, [*wish, "--person", "rita@acme.example"]) == 0

    token = capsys.readouterr().out.strip()
    database = open_database(f"sqlite:///{data / 'warmline.db'}")
    with reading(database) as session:
        caller = caller_of(session, token, administrators=None)
    database.close()
    assert caller is not None
    assert caller.member is not None
    assert (caller.name, caller.role, caller.member.email) == ("phone", "rep", "rita@acme.example")


def test_a_token_for_nobody_is_not_made(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wish = ["token", "create", "--role", "rep", "--name", "phone", "--person", "who@acme.example"]

    assert run(commands, wish) == 1
    assert capsys.readouterr().out == ""


def test_an_invitation_adds_the_person_and_prints_a_link(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_BASE_URL", "https://warmline.acme.example")

    assert run(commands, ["person", "invite", "New@acme.example", "--role", "manager"]) == 0

    link = capsys.readouterr().out.strip()
    assert link.startswith("https://warmline.acme.example/welcome/")
    database = open_database(f"sqlite:///{data / 'warmline.db'}")
    with reading(database) as session:
        member = team.by_email(session, "new@acme.example")
    database.close()
    assert member is not None
    assert member.roles == {Role.MANAGER}


def test_who_has_left_is_given_no_link(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wish = ["person", "invite", "new@acme.example", "--role", "manager"]
    assert run(commands, wish) == 0
    database = open_database(f"sqlite:///{data / 'warmline.db'}")
    gone = {"email": "new@acme.example", "active": False}
    perform(database, lambda session: team.save(session, [gone], clock.now()))
    database.close()
    capsys.readouterr()
    assert run(commands, wish) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "new@acme.example has left; make them active first" in told.err


@pytest.mark.parametrize(
    "wish",
    [
        ["token", "create", "--role", "king", "--name", "x"],
        ["token", "create", "--name", "x"],
        ["person", "invite", "nobody", "--role", "rep"],
        ["apply"],
    ],
)
def test_wrong_usage_is_one_line(
    data: Path, capsys: pytest.CaptureFixture[str], wish: list[str]
) -> None:
    assert run(commands, wish) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_plan_shows_every_change_and_makes_none(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(commands, ["plan", str(STARTER)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert run(commands, ["plan", str(STARTER), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert "add flow considered (flows/considered.yaml): touches 0 people" in said
    assert said[-1] == "planned: 11 changes, 0 unchanged; nothing was changed"
    assert told["changes"][0] == {
        "file": "flows/considered.yaml",
        "kind": "flow",
        "slug": "considered",
        "action": "add",
        "prospects": 0,
    }


def test_plan_lists_mistakes_as_apply_does(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "routing.yaml").write_text("confirm_within: 3\n")

    assert run(commands, ["plan", str(tmp_path / "w")]) == 1
    assert capsys.readouterr().err.startswith("routing.yaml:1:17 confirm_within")
    assert run(commands, ["plan", str(tmp_path / "w"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["errors"][0]["line"] == 1


def test_export_writes_what_was_applied(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(commands, ["apply", str(STARTER)])
    out = tmp_path / "out"
    (out / "flows").mkdir(parents=True)
    (out / "flows" / "gone.yaml").write_text("flow: gone")
    (out / "team.yaml").symlink_to(tmp_path / "elsewhere")
    capsys.readouterr()

    assert run(commands, ["export", str(out)]) == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0] == "note: flows/gone.yaml was here before and is no part of this workspace"
    assert not (tmp_path / "elsewhere").exists()
    for path in STARTER.rglob("*.*"):
        assert (out / path.relative_to(STARTER)).read_bytes() == path.read_bytes()


def test_what_the_browser_changed_ends_apply_with_three(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(commands, ["apply", str(STARTER)])
    database = open_database(f"sqlite:///{data / 'warmline.db'}")
    with reading(database) as session:
        document = configuration.read(session, "flow")["considered"]
    body = {**document.body, "exits": []}
    perform(
        database,
        lambda session: configuration.write(
            session, "flow", "considered", body, document.applied_at, by="ida", owner="browser"
        ),
    )
    database.close()
    capsys.readouterr()

    assert run(commands, ["apply", str(STARTER)]) == 3
    shown = capsys.readouterr()
    assert "--- flow considered (now)" in shown.out
    assert "changed in the browser since: flow considered" in shown.err
    assert run(commands, ["apply", str(STARTER), "--force"]) == 0
