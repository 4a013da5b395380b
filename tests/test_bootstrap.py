"""`./warmline` makes its environment once, from hashes alone, and then gets out of the way."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UV = """#!/bin/sh
echo "$@" >> {log}
[ "$1" = venv ] && [ -n "$UV_VENV_CLEAR" ] && rm -rf {home}/.venv
[ "$1" = venv ] && mkdir -p {home}/.venv/bin && cat > {home}/.venv/bin/python <<'END'
#!/bin/sh
exec {python} "$@"
END
[ "$1" = venv ] && chmod +x {home}/.venv/bin/python
exit {code}
"""


class Checkout:
    """A fresh clone with a `uv` that only writes down what it was asked to do."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "clone"
        self.home.mkdir()
        self._tools = folder / "tools"
        self._tools.mkdir()
        self._log = folder / "uv.log"
        for name in ("warmline", "requirements.lock", "requirements-test.lock"):
            shutil.copy(ROOT / name, self.home)
        (self.home / "app").symlink_to(ROOT / "app")
        (self.home / "prospects").symlink_to(ROOT / "prospects")
        self.environment = {"PATH": f"{self._tools}:/bin:/usr/bin"}
        self.give_uv()

    def give_uv(self, *, code: int = 0) -> None:
        text = UV.format(home=self.home, log=self._log, python=sys.executable, code=code)
        (self._tools / "uv").write_text(text)
        (self._tools / "uv").chmod(0o755)

    def take_uv(self) -> None:
        (self._tools / "uv").unlink()

    def prepare_python(self, code: str) -> None:
        """Run `code` when Python starts, to make it another Python."""
        (self._tools / "sitecustomize.py").write_text(code)
        self.environment["PYTHONPATH"] = str(self._tools)

    def call(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, self.home / "warmline", *arguments]
        return subprocess.run(
            line, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=60
        )

    def asked(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []


@pytest.fixture
def clone(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_it_is_short_and_needs_only_the_standard_library() -> None:
    text = (ROOT / "warmline").read_text()
    assert len(text.splitlines()) < 40
    assert os.access(ROOT / "warmline", os.X_OK)
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {getattr(n, "module", None) or n.names[0].name for n in nodes}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
    assert "://" not in text


def test_the_first_call_installs_by_hash_and_the_second_does_not(clone: Checkout) -> None:
    first = clone.call("--help")
    assert first.returncode == 0, first.stderr
    assert "Run everything on this machine." in first.stdout
    assert "about a minute" in first.stderr
    assert len(clone.asked()) == 2
    assert "--require-hashes" in clone.asked()[1]
    assert clone.asked()[1].endswith("/requirements.lock")
    second = clone.call("--help")
    assert second.stderr == ""
    assert len(clone.asked()) == 2


def test_tests_need_more_and_a_new_lock_is_installed(clone: Checkout) -> None:
    clone.call("--help")
    clone.call("test", "--help")
    assert clone.asked()[-1].endswith("/requirements-test.lock")
    with (clone.home / "requirements.lock").open("a") as lock:
        lock.write("# newer\n")
    asked = len(clone.asked())
    clone.call("--help")
    assert len(clone.asked()) == asked + 1, "into the environment there is"


def test_an_environment_whose_python_is_gone_is_made_anew(clone: Checkout) -> None:
    clone.call("--help")
    python = clone.home / ".venv" / "bin" / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    (clone.home / ".venv" / "left over").touch()
    asked = len(clone.asked())
    done = clone.call("--help")
    assert done.returncode == 0, done.stderr
    assert len(clone.asked()) == asked + 2
    assert not (clone.home / ".venv" / "left over").exists()


def test_an_environment_that_uv_made_is_made_anew_where_there_is_no_uv(clone: Checkout) -> None:
    clone.call("--help")
    python = clone.home / ".venv" / "bin" / "python"
    without_pip = python.read_text().replace('"$@"', '-c "$NO_PIP" "$@"')
    clone.environment["NO_PIP"] = "import sys; sys.exit('pip' in sys.argv[-1])"
    clone.take_uv()
    assert clone.call("--help").returncode == 0, "what is whole is left as it is"
    with (clone.home / "requirements.lock").open("a") as lock:
        lock.write("# newer\n")
    python.write_text(without_pip)
    clone.prepare_python("import sys; sys.modules['ensurepip'] = None")
    done = clone.call("--help")
    assert done.stderr.splitlines()[-1].endswith("apt install python3-venv"), "it is made anew"
    assert "No module named pip" not in done.stderr


def test_an_environment_behind_a_link_is_never_emptied(clone: Checkout, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "kept").touch()
    (clone.home / ".venv").symlink_to(shared)
    for prepare in (lambda: None, clone.take_uv):
        prepare()
        refused = clone.call("--help")
        assert refused.returncode == 1
        assert refused.stderr == "warmline: .venv is a link; mend: remove the link\n"
        assert (shared / "kept").exists()
    assert clone.asked() == []


def test_it_runs_from_anywhere_whatever_lies_there(clone: Checkout, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "app").mkdir(parents=True)
    (elsewhere / "app" / "__init__.py").write_text("raise SystemExit('the wrong app')")
    done = clone.call("--help", cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    assert "Run everything" in done.stdout


def test_the_exit_code_is_the_commands(clone: Checkout) -> None:
    assert clone.call("no-such-command").returncode == 2


def test_an_installation_that_fails_is_tried_again(clone: Checkout) -> None:
    clone.give_uv(code=1)
    failed = clone.call("--help")
    assert failed.returncode == 1
    assert "requirements.lock could not be installed" in failed.stderr
    clone.give_uv()
    assert clone.call("--help").returncode == 0


def test_a_python_without_ensurepip_gets_the_line_that_mends_it(clone: Checkout) -> None:
    clone.take_uv()
    clone.prepare_python("import sys; sys.modules['ensurepip'] = None")
    done = clone.call("up")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("apt install python3-venv")
    assert "Traceback" not in done.stderr


def test_an_old_python_is_told_what_is_needed(clone: Checkout) -> None:
    clone.prepare_python("import sys; sys.version_info = (3, 10, 4)")
    done = clone.call("up")
    assert done.returncode == 1
    assert done.stderr.startswith("warmline: needs Python 3.11 or newer")
    assert clone.asked() == []
