"""`warmline backup` and `warmline restore` as an operator types them."""

import json
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import never_again
from app.backup import archive, making
from app.cli import commands
from app.cli.frame import run
from app.up.run import alone

Said = tuple[int, str, str]
Warmline = Callable[..., Said]


@pytest.fixture
def warmline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Warmline:
    """One command on SQLite: its exit code, and what it said on both streams."""
    for name in [each for each in os.environ if each.startswith("WARMLINE_")]:
        monkeypatch.delenv(name)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = run(commands, [str(each) for each in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def house(warmline: Warmline, tmp_path: Path) -> Path:
    """A data folder with a colleague in its database."""
    data = tmp_path / "house"
    assert warmline("prepare", "--data", data)[0] == 0
    assert warmline("person", "invite", "a@b.example", "--role", "rep", "--data", data)[0] == 0
    return data


def members(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def test_the_file_is_its_owners_alone_and_says_what_is_in_it(
    warmline: Warmline, house: Path, tmp_path: Path
) -> None:
    file = tmp_path / "b.tar.gz"
    code, out, _err = warmline("backup", file, "--data", house)
    assert code == 0
    assert "personal data" in out
    assert "the secret key that opens them" in out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    names = members(file)
    assert (names[0], names[1], names[-1]) == ("about.json", "secret.key", "manifest.json")
    code, out, _err = warmline("backup", file, "--data", house, "--json")
    told = json.loads(out)
    assert told["sums"]["member"]["rows"] == 1
    assert told["bytes"] == file.stat().st_size
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".b")] == []


def test_a_key_of_ones_own_is_not_inside_and_is_needed(
    warmline: Warmline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_SECRET_KEY", "a-key-of-ones-own-that-is-long-enough")
    data, file = tmp_path / "house", tmp_path / "b.tar.gz"
    assert warmline("prepare", "--data", data)[0] == 0
    assert "is needed to restore it" in warmline("backup", file, "--data", data)[1]
    assert "secret.key" not in members(file)
    monkeypatch.delenv("WARMLINE_SECRET_KEY")
    code, _out, err = warmline("restore", file, "--data", tmp_path / "other")
    assert (code, "set WARMLINE_SECRET_KEY" in err) == (3, True)
    monkeypatch.setenv("WARMLINE_SECRET_KEY", "a-key-of-ones-own-that-is-long-enough")
    assert warmline("restore", file, "--data", tmp_path / "other")[0] == 0


def test_a_restore_brings_the_key_and_says_what_waits(
    warmline: Warmline, house: Path, tmp_path: Path
) -> None:
    file, other = tmp_path / "b.tar.gz", tmp_path / "other"
    assert warmline("backup", file, "--data", house)[0] == 0
    code, out, _err = warmline("restore", file, "--data", other)
    assert code == 0
    assert "no never-again.jsonl was found" in out
    assert "warmline work mail-again" in out
    assert (other / "secret.key").read_text() == (house / "secret.key").read_text()
    code, _out, err = warmline("restore", file, "--data", other)
    assert (code, "empty database only" in err) == (3, True)
    assert warmline("work", "mail-again", "--data", other)[0] == 0
    assert warmline("work", "mail-again", "--data", other)[0] == 3, "said already"


def test_the_list_beside_the_backup_is_read(
    warmline: Warmline, house: Path, tmp_path: Path
) -> None:
    file = tmp_path / "b.tar.gz"
    assert warmline("backup", file, "--data", house)[0] == 0
    never_again.write(tmp_path, [never_again.Forgotten("f" * 64, "2026-03-03T10:00:00+00:00")])
    code, out, _err = warmline("restore", file, "--data", tmp_path / "other", "--json")
    told = json.loads(out)
    assert (code, told["never_again"]) == (0, [str(tmp_path / never_again.FILE)])


def test_nothing_is_restored_beneath_a_running_up(
    warmline: Warmline, house: Path, tmp_path: Path
) -> None:
    file = tmp_path / "b.tar.gz"
    assert warmline("backup", file, "--data", house)[0] == 0
    with alone(tmp_path / "other"):
        code, _out, err = warmline("restore", file, "--data", tmp_path / "other")
    assert (code, "already up" in err) == (3, True)


def test_a_backup_that_breaks_off_leaves_the_last_one_and_no_litter(
    warmline: Warmline, house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b.tar.gz"
    assert warmline("backup", file, "--data", house)[0] == 0
    before = file.read_bytes()

    def no_room(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.Writer, "table", no_room)
    code, _out, err = warmline("backup", file, "--data", house)
    assert (code, "No space left on device" in err) == (1, True)
    assert file.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["b.tar.gz", "house"]


def test_there_is_nothing_to_back_up_yet(warmline: Warmline, tmp_path: Path) -> None:
    code, _out, err = warmline("backup", tmp_path / "b.tar.gz", "--data", tmp_path / "new")
    assert (code, "no tables yet" in err) == (3, True)


def test_a_newer_backup_is_refused_with_what_to_do(
    warmline: Warmline, house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b.tar.gz"
    monkeypatch.setattr(making.migrate, "revision_of", lambda _connection: "9999")
    assert warmline("backup", file, "--data", house)[0] == 0
    monkeypatch.undo()
    code, _out, err = warmline("restore", file, "--data", tmp_path / "other")
    assert (code, "newer Warmline" in err) == (3, True)


def test_a_restore_that_is_refused_leaves_the_key_as_it_was(
    warmline: Warmline, house: Path, tmp_path: Path
) -> None:
    file, other = tmp_path / "b.tar.gz", tmp_path / "other"
    assert warmline("prepare", "--data", other)[0] == 0
    assert warmline("person", "invite", "c@d.example", "--role", "rep", "--data", other)[0] == 0
    key = (other / "secret.key").read_text()
    assert warmline("backup", file, "--data", house)[0] == 0
    code, _out, err = warmline("restore", file, "--data", other)
    assert (code, "empty database only" in err) == (3, True)
    assert (other / "secret.key").read_text() == key


def test_a_key_that_is_not_the_one_it_was_made_with_is_not_taken(
    warmline: Warmline, house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, other = tmp_path / "b.tar.gz", tmp_path / "other"
    monkeypatch.setattr(making, "fingerprint", lambda _secret: "f" * 64)
    assert warmline("backup", file, "--data", house)[0] == 0
    monkeypatch.undo()
    assert warmline("prepare", "--data", other)[0] == 0
    key = (other / "secret.key").read_text()
    code, _out, err = warmline("restore", file, "--data", other)
    assert (code, "the key in it is not" in err) == (1, True)
    assert (other / "secret.key").read_text() == key
