"""The file of a backup is read in pieces of a known size, whoever wrote it."""

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.backup import archive
from app.backup.archive import LONGEST, About
from app.endings import FailedError

ABOUT = About(
    format=archive.FORMAT,
    warmline="1",
    revision="0001",
    made_at=datetime(2026, 3, 3, tzinfo=UTC),
    database="sqlite",
    key="k",
    key_inside=False,
    never_again="",
    tables={"member": {}},
)
ENDLESS = b"x" * (LONGEST + 1)


def written(file: Path, **members: bytes) -> Path:
    with tarfile.open(file, "w:gz", compresslevel=1) as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    about = ABOUT.model_dump_json().encode()
    members = {archive.ABOUT: about, "tables/member/00000.jsonl": ENDLESS}
    with archive.reading(written(tmp_path / "b", **members)) as reader:
        ((_table, rows),) = [next(reader.rows())]
        with pytest.raises(FailedError, match="a line over 64 MB"):
            list(rows)


def test_so_is_a_first_member_that_is_larger_than_any_of_ours(tmp_path: Path) -> None:
    file = written(tmp_path / "b", **{archive.ABOUT: ENDLESS})
    with pytest.raises(FailedError, match=r"about\.json has a line over"), archive.reading(file):
        pass


def test_a_row_that_no_restore_would_read_is_not_backed_up(tmp_path: Path) -> None:
    with (
        pytest.raises(FailedError, match="a row of member is longer"),
        archive.writing(tmp_path / "b", ABOUT) as writer,
    ):
        writer.table("member", [[ENDLESS.decode()]])
    assert list(tmp_path.iterdir()) == []
