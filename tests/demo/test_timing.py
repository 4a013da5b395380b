"""`warmline bench pages --demo` asks for the demo's pages as its own colleagues do."""

import shutil
from pathlib import Path

from bench import demo, pages


def test_the_demos_pages_are_timed_for_each_of_its_roles(demo_file: Path, tmp_path: Path) -> None:
    own = tmp_path / "demo.db"
    shutil.copyfile(demo_file, own)
    kept = demo.at(tmp_path, f"sqlite:///{own}")

    measured = pages.pages_of(kept, 50, rounds=1, only="person", plans=False)

    assert measured.size.prospects > 100
    assert {each.name for each in measured.timed} >= {"person", "person, long history"}
    assert all(each.goal_ms == 50 and each.statements > 3 for each in measured.timed)
