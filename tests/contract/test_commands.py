"""The command line as an operator meets it: exit codes, one line that says what to do, `apply`, and a second `up`."""

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.contract.conftest import WORKSPACE
from tests.contract.office import Office, someone, soon
from tests.support.running import until

pytestmark = pytest.mark.slow

Ended = subprocess.CompletedProcess[str]

WRONG = [
    "", "nosuch", "token", "db", "person", "token create", "token create --role king --name x", "token create --name x",
    "token create --role rep", "person invite", "person invite nope --role rep", "person invite a@b.example --role king",
    "apply", "apply /nowhere", "apply /etc/hostname", "apply . --colour", "up --port x", "up --port 99999", "up --workers 0",
    "worker --queue x", "sweep now", "db downgrade nowhere", "db sidegrade", "web --port -1",
]  # fmt: skip
HELP = [
    "",
    "up",
    "test",
    "web",
    "worker",
    "sweep",
    "apply",
    "token",
    "token create",
    "person",
    "person invite",
    "db",
    "db upgrade",
    "db check",
    "backup",
    "restore",
    "doctor",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An instance that is not running, its database made."""
    office = Office(tmp_path_factory.mktemp("commands"))
    assert office.attempt("db", "upgrade").returncode == 0
    return office


ALL_AT_ONCE = """
import contextlib, io, json, sys
from app.cli import commands
from app.cli.frame import run
ended = {}
for line in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(commands, line.split())
    ended[line] = (code, out.getvalue(), err.getvalue())
print(json.dumps(ended))
"""
"""Forty commands in one process: starting forty would take most of a minute."""


@pytest.fixture(scope="module")
def said(folder: Office) -> dict[str, Ended]:
    """What each of these command lines came to."""
    lines = [*WRONG, *(f"{each} --help".strip() for each in HELP)]
    done = subprocess.run(
        [sys.executable, "-c", ALL_AT_ONCE], input=json.dumps(lines), env=folder.environment, cwd=folder.folder,
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    ended = json.loads(done.stdout)
    return {line: Ended([line], *ended[line]) for line in lines}


@pytest.mark.parametrize("line", WRONG)
def test_wrong_usage_is_2_and_one_line_says_what_to_do(said: dict[str, Ended], line: str) -> None:
    ended = said[line]
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    (only,) = ended.stderr.splitlines()
    assert only.startswith("warmline: ")
    assert len(only) < 300


@pytest.mark.parametrize("command", HELP)
def test_every_command_explains_itself(said: dict[str, Ended], command: str) -> None:
    ended = said[f"{command} --help".strip()]
    assert ended.returncode == 0
    assert "Usage: warmline" in ended.stdout
    if command not in ("", "token", "person", "db"):
        assert "--data" in ended.stdout


def test_all_wrong_settings_are_told_at_once(folder: Office) -> None:
    ended = folder.attempt(
        "db", "check", WARMLINE_SECRET_KEY="short", REDIS_URL="x", DATABASE_URL="mysql://x", WARMLINE_BASE_URL="y",
        WARMLINE_SMTP_URL="z", WARMLINE_EGRESS_ALLOW="everything",
    )  # fmt: skip
    assert ended.returncode == 2
    for name in ("SECRET_KEY", "REDIS_URL", "DATABASE_URL", "BASE_URL", "SMTP_URL", "EGRESS_ALLOW"):
        assert name in ended.stderr


def test_a_token_for_nobody_fails_and_a_link_is_printed_alone(folder: Office) -> None:
    ended = folder.attempt(
        "token", "create", "--role", "rep", "--name", "x", "--person", "nobody@vendor.example"
    )
    assert ended.returncode == 1
    assert "nobody@vendor.example" in ended.stderr
    link = folder.run("person", "invite", "zoe@vendor.example", "--role", "manager").strip()
    assert re.fullmatch(r"https?://\S+/welcome/\S+", link)
    token = folder.run(
        "token", "create", "--role", "manager", "--name", "x", "--person", "zoe@vendor.example"
    )
    assert len(token.split()) == 1


def test_a_database_that_is_not_there_is_one_line_and_1(folder: Office) -> None:
    ended = folder.attempt("db", "check", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1


def workspace(tmp_path: Path, changes: dict[str, str]) -> Path:
    shutil.copytree(WORKSPACE, tmp_path / "ws")
    for name, text in changes.items():
        (tmp_path / "ws" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "ws" / name).write_text(text)
    return tmp_path / "ws"


MISTAKES = {
    "team.yaml": "people:\n  - {email: rita@vendor.example, name: R, roles: [rep, king]}\n  - {email: nope, name: X, roles: [rep]}\n",
    "scoring.yaml": "warm: {stage: nowhere, points: 60, leave_points: 70}\nfit: {cap: 50, rules: [{name: a, if: {field: countri, op: eq, value: x}, points: 1}]}\n",
    "routing.yaml": "teams: [{slug: a, people: [nobody@vendor.example]}]\nlanes: {quick: {accept_within: 5 minutes}}\nrules: [{name: r, to: \"team:b\"}]\n",
    "sources.yaml": "sources:\n  - {slug: a, kind: generic_jsn}\n  - {slug: b, kind: generic_json}\n",
    "flows/a.yaml": "flow: a\nenter: {activity: fom}\nsteps:\n  - {id: one, mail: {template: nosuch}}\n  - {id: two, wait: soon}\n  - {id: three, branch: {when: [{if: {field: points, op: about, value: 1}, then: four}]}}\n",
    "mails/a.html": "---\nsubject: x\n---\n{{ 1 + }}\n",
    "odd.txt": "what is this",
    "broken.yaml": "a: [",
}  # fmt: skip


LINKEDIN = {"LI_SECRET": "x", "LI_URL": "http://x.example", "LI_TOKEN": "x"}
SPOTS = (
    "team.yaml:2:", "team.yaml:3:", "scoring.yaml:1:", "scoring.yaml:2:", "routing.yaml:2:",
    "sources.yaml:2:", "sources.yaml:3:", "flows/a.yaml:2:", "flows/a.yaml:5:",
)  # fmt: skip


def test_every_mistake_is_told_with_its_file_line_and_column(
    folder: Office, tmp_path: Path
) -> None:
    ended = folder.attempt("apply", str(workspace(tmp_path, MISTAKES)), **LINKEDIN)
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()[:-1]
    for each in lines:
        assert re.match(r"^\S+:\d+:\d+ ", each), each
    for start in (*MISTAKES, *SPOTS):
        assert any(each.startswith(start) for each in lines), start


def test_programs_read_the_mistakes_and_nothing_was_applied(folder: Office, tmp_path: Path) -> None:
    told = folder.attempt("apply", str(workspace(tmp_path, MISTAKES)), "--json", **LINKEDIN)
    document = json.loads(told.stdout)
    assert told.returncode == 1
    assert document["applied"] is None
    assert {"file", "line", "column", "reason", "mend"} <= set(document["errors"][0])
    whole = folder.attempt("apply", str(WORKSPACE), **LINKEDIN, SITE_KEY="k" * 9)
    assert whole.stdout.endswith("0 unchanged\n")


def test_warmlines_own_variables_cannot_be_used(folder: Office, tmp_path: Path) -> None:
    names = ("WARMLINE_SECRET_KEY", "DATABASE_URL", "REDIS_URL")
    entries = [
        f'  - {{slug: s{n}, kind: generic_json, token: "${{{name}}}"}}\n'
        for n, name in enumerate(names)
    ]
    (tmp_path / "sources.yaml").write_text("sources:\n" + "".join(entries))
    ended = folder.attempt(
        "apply", str(tmp_path), REDIS_URL="redis://x", WARMLINE_SECRET_KEY="s" * 40
    )
    assert ended.returncode == 1
    for n, name in enumerate(names):
        assert re.search(rf"sources.yaml:{n + 2}:\d+ .*{name}", ended.stderr)
    assert "s" * 40 not in ended.stderr + ended.stdout


LATE = {
    "slug": "late",
    "kind": "generic_json",
    "auth": {"header": "X-Token", "value": "another-key"},
}


def test_a_folder_applied_again_changes_nothing_and_a_running_up_follows_a_change(
    office: Office,
) -> None:
    office.apply()
    again = json.loads(office.apply("--json"))
    assert (again["applied"]["added"], again["applied"]["changed"], again["changes"]) == (0, 0, [])
    email = someone()
    assert office.post("late", b"{}", {"X-Token": "another-key"}).status_code == 404
    office.write({"sources.yaml": f"sources:\n  - {json.dumps(LATE)}\n"})
    office.write(
        {
            "flows/late.yaml": "flow: late\nenter: {activity: form, where: {field: form, op: eq, value: late}}\nsteps:\n  - {id: end, exit: {reason: late}}\n"
        }
    )
    office.write(
        {"team.yaml": "people:\n  - {email: new@vendor.example, name: New Here, roles: [rep]}\n"}
    )
    changes = json.loads(office.apply("--json"))["changes"]
    assert {(each["kind"], each["slug"], each["action"]) for each in changes} >= {
        ("source", "late", "add"), ("flow", "late", "add"), ("person", "new@vendor.example", "add"),
    }  # fmt: skip
    body = json.dumps({"email": email, "form": "late"}).encode()
    until(
        lambda: office.post("late", body, {"X-Token": "another-key"}).status_code == 200,
        20,
        what="the new source",
    )
    assert until(lambda: office.left(email, "late", 5), 5)["reason"] == "late"
    assert office.items("/people?email=new@vendor.example")
    assert office.post("site", b"{}", {"X-Token": office.secrets["SITE_KEY"]}).status_code == 200, (
        "what was left out stays"
    )
    office.write({"sources.yaml": f"sources:\n  - {json.dumps({**LATE, 'active': False})}\n"})
    office.apply()
    until(
        lambda: office.post("late", body, {"X-Token": "another-key"}).status_code == 404,
        20,
        what="the end of the source",
    )


def test_a_second_up_on_the_same_folder_says_so_and_exits_3(office: Office) -> None:
    ended = office.attempt("up", "--port", "0")
    assert ended.returncode == 3
    assert "already" in ended.stderr


def test_up_on_a_taken_port_fails_with_one_line(folder: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = folder.attempt("up", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert "port" in ended.stderr


def test_healthz_and_readyz_answer_without_a_token(office: Office) -> None:
    assert requests.get(f"{office.url}/healthz", timeout=5).status_code == 200
    ready = requests.get(f"{office.url}/readyz", timeout=5)
    assert ready.status_code == 200
    assert {"database", "redis"} <= set(ready.json())
    assert soon()
