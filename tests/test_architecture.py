"""The house's walls: who may import whom, who reads the clock, who commits, how long things get."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("app", "nurture", "prospects", "routing", "scoring", "webhooks")
DECISIONS = ("advance", "assess", "choose", "compose", "parse", "verify", "predicate", "values")
TOP_LEVEL = {
    *FLOORS,
    *("bench", "docs", "templates", "tests"),
    *("warmline", "pyproject.toml", "requirements.lock", "requirements-test.lock"),
    *("README.md", "CHANGELOG.md", "LICENSE"),
}
LONGEST_FUNCTION = 40
LONGEST_FILE = 250
LONGEST_TEST_FILE = 400
DEEPEST = 2
# Wherever a wall clock can be read; time.monotonic measures durations and is no such place.
CLOCKS = re.compile(
    r"(datetime|date)\.(now|utcnow|today)$|time\.(time|time_ns|localtime|gmtime|ctime)$"
    r"|func\.(now|current_timestamp|current_date|localtimestamp)$"
)
ENDS_A_TRANSACTION = re.compile(r"\.(commit|rollback)$")
# The door; migrations and their command, which run before there are sessions; measurements.
MAY_COMMIT = ("app/door.py", "app/migrate.py", "app/migrations/", "bench/")
# They wait, for the child they render in or for an answer from outside, and give up on it.
MAY_WAIT = ("nurture/render.py", "webhooks/looking_in.py", "webhooks/outbound.py")
SECRETS = ("token", "secret", "password", "signature")
# Not `with` and `try`: they frame what is done, and decide nothing.
BLOCKS = (ast.If, ast.For, ast.While, ast.Match)


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True, slots=True)
class Function:
    """`blocks` is how deep its deepest statement stands."""

    name: str
    line: int
    lines: int
    blocks: int


@dataclass(frozen=True, slots=True)
class Told:
    """What is asked of one file: its tree is large, and read once for all tests.

    `names` are the last two parts of every dotted name that is called or handed on, `times` where the
    module `time` is imported, `secrets` where one is compared: each with its line.
    """

    opens: str
    lines: int
    names: tuple[tuple[str, int], ...]
    times: tuple[int, ...]
    secrets: tuple[tuple[str, int], ...]
    functions: tuple[Function, ...]


@cache
def told(path: Path) -> Told:
    text = path.read_text()
    module = ast.parse(text, name(path))
    nodes = list(ast.walk(module))
    return Told(
        opens=ast.get_docstring(module) or "",
        lines=len(text.splitlines()),
        names=tuple(
            (f"{last_name(node.value)}.{node.attr}", node.lineno)
            for node in nodes
            if isinstance(node, ast.Attribute)
        ),
        times=tuple(node.lineno for node in nodes if brings_time(node)),
        secrets=tuple(
            (ast.unparse(node), node.lineno)
            for node in nodes
            if isinstance(node, ast.Compare) and compares_a_secret(node)
        ),
        functions=tuple(
            Function(node.name, node.lineno, (node.end_lineno or 0) - node.lineno, depth(node))
            for node in nodes
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ),
    )


def brings_time(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" or (
            node.module != "datetime" and any(each.name == "time" for each in node.names)
        )
    return isinstance(node, ast.Import) and any(each.name == "time" for each in node.names)


def compares_a_secret(node: ast.Compare) -> bool:
    alike = any(isinstance(how, ast.Eq | ast.NotEq) for how in node.ops)
    return alike and any(last_name(side) in SECRETS for side in (node.left, *node.comparators))


def test_the_floors_import_only_downwards_and_decisions_are_pure() -> None:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stdout


def test_every_decision_and_all_that_says_so_is_held_to_be_pure() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    pure = next(c for c in contracts["contracts"] if c["type"] == "forbidden")["source_modules"]
    missing = [
        module
        for path in sources(*FLOORS)
        if (path.stem in DECISIONS and not name(path).startswith("app/"))
        or "Pure." in told(path).opens
        if not any((module := dotted(path)) == p or module.startswith(f"{p}.") for p in pure)
    ]
    assert missing == [], "add them to the contract in pyproject.toml"


def dotted(path: Path) -> str:
    return name(path).removesuffix(".py").replace("/", ".")


def test_nothing_but_what_the_plan_names_lies_at_the_root() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {entry for entry in top if not entry.startswith(".")} <= TOP_LEVEL


def test_the_ground_floor_has_no_front_door() -> None:
    assert (ROOT / "prospects" / "__init__.py").read_text() == ""


def test_only_the_clock_reads_the_clock() -> None:
    found = [
        f"{name(path)}:{line} {call}"
        for path in sources(*FLOORS)
        if name(path) != "app/clock.py"
        for call, line in told(path).names
        if CLOCKS.search(call)
    ]
    assert found == [], "take `now` as an argument"


def test_only_the_roof_measures_time() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in sources(*FLOORS[1:])
        if name(path) not in MAY_WAIT
        for line in told(path).times
    ]
    assert found == [], "a room neither waits nor measures"


def test_only_the_door_ends_a_transaction() -> None:
    found = [
        f"{name(path)}:{line} {call}"
        for path in sources(*FLOORS, "bench")
        if not name(path).startswith(MAY_COMMIT)
        for call, line in told(path).names
        if ENDS_A_TRANSACTION.search(call)
    ]
    assert found == [], "a function that takes a session never ends it"


def test_a_secret_is_compared_in_a_time_that_tells_nothing() -> None:
    found = [
        f"{name(path)}:{line} {compared}"
        for path in sources(*FLOORS)
        for compared, line in told(path).secrets
    ]
    assert found == [], "ask `webhooks.signatures.same` or `hmac.compare_digest`"


def last_name(side: ast.expr) -> str:
    return str(getattr(side, "attr", getattr(side, "id", "")))


def test_functions_fit_on_a_screen() -> None:
    long = [
        f"{name(path)}:{each.line} {each.name}"
        for path in sources(*FLOORS, "bench", "tests")
        if not name(path).startswith("app/migrations/versions/")
        for each in told(path).functions
        if each.lines >= LONGEST_FUNCTION
    ]
    assert long == []


def test_files_stay_short() -> None:
    long = [
        f"{name(path)} {lines}"
        for path in sources(*FLOORS, "bench", "tests")
        if not name(path).startswith("app/migrations/versions/")
        and (lines := told(path).lines)
        > (LONGEST_TEST_FILE if name(path).startswith("tests/") else LONGEST_FILE)
    ]
    assert long == []


def test_functions_do_not_nest_deeply() -> None:
    deep = [
        f"{name(path)}:{each.line} {each.name}"
        for path in sources(*FLOORS, "bench")
        for each in told(path).functions
        if each.blocks > DEEPEST
    ]
    assert deep == []


def depth(node: ast.AST) -> int:
    """How many blocks deep the deepest statement stands; an `elif` stands beside its `if`."""
    return max((one_deeper(node, child) for child in ast.iter_child_nodes(node)), default=0)


def one_deeper(node: ast.AST, child: ast.AST) -> int:
    if isinstance(child, ast.FunctionDef | ast.ClassDef):
        return 0
    is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
    return depth(child) + (isinstance(child, BLOCKS) and not is_elif)


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        name(path)
        for path in sources(*FLOORS, "bench", "tests")
        if told(path).lines and not told(path).opens
    ]
    assert silent == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_locks_pin_every_package_by_hash_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip())
    assert len(entries) > 30
    for entry in entries:
        assert re.match(
            r"[a-z0-9-]+(\[[a-z,]+\])?==\S+( ; .+?)? +--hash=sha256:[0-9a-f]{64}", entry
        )


def test_what_runs_is_a_part_of_what_is_tested() -> None:
    pins = {
        lock: set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-test.lock")
    }
    assert pins["requirements.lock"] < pins["requirements-test.lock"]
