"""The files that operators copy are right: systemd takes the units, and proxies say who asked."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from app.cli import PLACES, commands

ROOT = Path(__file__).parents[1]
HOW_TO = ROOT / "docs" / "how-to"
UNITS = sorted((HOW_TO / "systemd").iterdir())
INSTALLED = "/opt/warmline/warmline"
CALLED = re.compile(r"/opt/warmline(?:-2)?/warmline ([a-z][^\n`']*)")
FORWARDED = {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"}


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text())
    return parser


def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd on this machine")
    for path in UNITS:
        # Where nothing is installed at the usual place, another program has to stand in for it.
        (tmp_path / path.name).write_text(path.read_text().replace(INSTALLED, "/bin/true"))
    copies = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run([analyze, "verify", *copies], capture_output=True, text=True, timeout=60)
    ours = [line for line in done.stderr.splitlines() if "warmline" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_unit_says_what_it_is_for_and_keeps_to_itself(path: Path) -> None:
    assert path.read_text().startswith("# ")
    found = unit(path)
    assert found["Unit"]["Description"]
    if path.suffix != ".service":
        return
    service = found["Service"]
    assert (service["User"], service["UMask"]) == ("warmline", "0077")
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["StateDirectoryMode"] == "0700"
    assert service["Environment"] == "WARMLINE_DATA=/var/lib/warmline"


def test_every_command_that_is_to_be_copied_is_understood() -> None:
    pages = [*UNITS, *HOW_TO.glob("*.md")]
    pages_of = [re.sub(r"\$\$\(date [^)]*\)", "today", each.read_text()) for each in pages]
    lines = {call for page in pages_of for call in CALLED.findall(page.replace("\\\n", " "))}
    assert {line.split()[0] for line in lines} >= {
        "up",
        "web",
        "worker",
        "sweep",
        "backup",
        "prepare",
    }
    for line in sorted(lines):
        name, *arguments = shlex.split(line)
        assert name in PLACES
        command = commands.get_command(click.Context(commands), name)
        assert command is not None
        command.make_context(name, arguments)  # raises UsageError for what it does not know


def test_all_parts_have_a_unit() -> None:
    started = " ".join(path.read_text() for path in UNITS)
    for part in ("web", "worker --queue inside", "worker --queue outside", "sweep", "up", "backup"):
        assert f"{INSTALLED} {part}" in started


def test_the_proxy_sets_what_is_trusted() -> None:
    nginx = (HOW_TO / "proxy" / "nginx.conf").read_text()
    set_by_it = dict(re.findall(r"proxy_set_header (\S+) (\S+);", nginx))
    assert set(set_by_it) >= FORWARDED
    assert set_by_it["X-Forwarded-For"] == "$remote_addr", "what a caller claims is thrown away"
    caddy = (HOW_TO / "proxy" / "Caddyfile").read_text()
    assert "trusted_proxies" not in caddy, "else Caddy would believe what callers claim"
    for text in (nginx, caddy):
        assert "WARMLINE_PROXIES=1" in text
        assert text.count("{") == text.count("}")
        assert re.search(r"/metrics", text)


def test_web_takes_the_socket_that_systemd_holds() -> None:
    web, socket = (
        unit(HOW_TO / "systemd" / f"warmline-web.{each}") for each in ("service", "socket")
    )
    assert web["Unit"]["Requires"] == "warmline-web.socket"
    assert web["Service"]["Type"] == "notify"
    assert "--socket" not in web["Service"]["ExecStart"], "gunicorn finds it by itself"
    assert socket["Socket"]["ListenStream"] == "127.0.0.1:8080"
