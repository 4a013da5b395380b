"""Settings are read once, all mistakes at once, and each is documented."""

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.settings import SETTINGS, Settings, SettingsError, read_settings

ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted(SETTINGS)


def test_all_mistakes_are_said_at_once(folder: Path) -> None:
    wrong = {
        "DATABASE_URL": "mysql://x",
        "REDIS_URL": "memcached://x",
        "WARMLINE_BASE_URL": "warmline.example",
        "WARMLINE_EGRESS_ALLOW": "10.0.0.0/8, inside",
        "WARMLINE_MAX_BODY": "1e6",
        "WARMLINE_SECRET_KEY": "short",
        "WARMLINE_LOG_LEVEL": "loud",
    }
    with pytest.raises(SettingsError) as caught:
        read_settings(wrong, data=folder)
    assert len(caught.value.problems) == len(wrong)
    for name in wrong:
        assert any(problem.startswith(name) for problem in caught.value.problems)


def test_a_mistake_does_not_repeat_a_password(folder: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"DATABASE_URL": "mysql://me:hunter2@host/db"}, data=folder)
    assert "hunter2" not in str(caught.value)


def test_no_secret_shows_when_settings_are_printed(folder: Path) -> None:
    environ = {
        "DATABASE_URL": "postgres://me:hunter2@host/db",
        "WARMLINE_SECRET_KEY": "hunter2" * 5,
        "WARMLINE_API_TOKEN": "hunter2",
        "WARMLINE_SMTP_URL": "smtp://me:hunter2@host",
    }
    settings = read_settings(environ, data=folder)
    assert "hunter2" not in repr(settings)
    assert settings.database_url == "postgresql+psycopg://me:hunter2@host/db"


def test_the_command_line_goes_before_the_environment(tmp_path: Path) -> None:
    environ = {"WARMLINE_DATA": str(tmp_path / "a")}
    assert read_settings(environ).data == tmp_path / "a"
    assert read_settings(environ, data=tmp_path / "b").data == tmp_path / "b"


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(folder: Path) -> None:
    first = read_settings({}, data=folder).secret_key
    assert len(first) >= 32
    assert read_settings({}, data=folder).secret_key == first
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600


def test_two_first_starts_at_once_agree_on_the_secret(folder: Path) -> None:
    made: list[Settings] = []
    threads = [
        threading.Thread(target=lambda: made.append(read_settings({}, data=folder)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({settings.secret_key for settings in made}) == 1


def test_a_misspelt_setting_is_noticed(folder: Path) -> None:
    settings = read_settings({"WARMLINE_SMPT_URL": "x", "WARMLINE_TEST_X": "y"}, data=folder)
    assert settings.unknown == ("WARMLINE_SMPT_URL",)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (["no-such-command"], 2, "No such command 'no-such-command'"),
        (["worker", "--queue", "sideways"], 2, "'sideways' is not one of 'inside', 'outside'"),
        (["worker"], 3, "needs REDIS_URL"),
        (["db", "check"], 1, "mend: warmline db upgrade"),
    ],
)
def test_a_command_that_cannot_says_why_in_one_line(
    line: list[str], code: int, said: str, folder: Path
) -> None:
    data = [] if line[0] == "no-such-command" else ["--data", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *line, *data],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
