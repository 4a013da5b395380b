"""Every act that the code writes into the audit has words there, and no words wait for an act that is gone."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.pages.audit_words import ACTS
from nurture.switches import COPY, Switch
from routing.interventions import Intervention

ROOT = Path(__file__).parents[2]
FLOORS = ("app", "nurture", "prospects", "routing", "scoring", "webhooks")
# Where an act's name is put together; what comes out of each stands beside it.
PUT_TOGETHER = {
    "app/api/enrollments.py": {"paused in a flow", "resumed in a flow", "taken out of a flow"},
    "nurture/switches.py": {
        *(f"switch {each} {way}" for each in Switch for way in ("on", "off")),
        f"switch {COPY} off",
    },
    "scoring/learning/trainings.py": {f"training {each}" for each in ("done", "held", "failed")},
    "routing/interventions.py": {f"handoff: {each}" for each in Intervention},
}


def notes(module: ast.Module) -> Iterator[ast.expr]:
    """The name of the act in each call of `audit.note`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.note":
            yield node.args[1]


def constants(module: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def test_every_act_has_words_and_all_words_have_an_act() -> None:
    written: set[str] = set()
    put_together = set()
    for path in (path for floor in FLOORS for path in (ROOT / floor).rglob("*.py")):
        text = path.read_text()
        if "audit.note" not in text:
            continue
        module = ast.parse(text)
        known = constants(module)
        for act in notes(module):
            said = known.get(act.id, act) if isinstance(act, ast.Name) else act
            if isinstance(said, ast.Constant):
                written.add(str(said.value))
            else:
                put_together.add(path.relative_to(ROOT).as_posix())
    assert put_together == set(PUT_TOGETHER), "say above which names come out"
    assert written.union(*PUT_TOGETHER.values()) == set(ACTS)
