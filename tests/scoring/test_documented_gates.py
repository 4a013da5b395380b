"""The gates that the docs show hold as they are written: whom they name is never handed over."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from prospects.kinds import Kind
from prospects.values import Lifecycle, Person, Snapshot
from scoring.assess import assess
from tests.scoring.people import NOW, act, form, somebody, written

DOCS = Path(__file__).parents[2] / "docs" / "scoring.md"


def shown() -> list[dict[str, object]]:
    block = re.search(r"```yaml\n(gates:.*?)```", DOCS.read_text(), re.DOTALL)
    assert block
    found: list[dict[str, object]] = YAML(typ="safe").load(block[1])["gates"]
    return found


ASKED = form("demo")


@pytest.mark.parametrize(
    ("seen", "gate"),
    [
        (somebody(ASKED), None),
        (somebody(ASKED, lifecycle=Lifecycle.WON), "customer"),
        (somebody(ASKED, act(Kind.UNSUBSCRIBED, topic="*")), "unsubscribed"),
        (somebody(ASKED, title="Student of law"), "student"),
        (somebody(ASKED, person=Person(email="ada@uni.edu")), "student"),
    ],
)
def test_whom_a_documented_gate_names_is_kept_out(seen: Snapshot, gate: str | None) -> None:
    found = assess(seen, written(gates=shown()), NOW)
    assert (found.gate, found.warm) == (gate, gate is None)


def test_a_competitor_is_kept_out_by_the_domain() -> None:
    firm = somebody(ASKED).company
    assert firm is not None
    rival = somebody(ASKED, company=replace(firm, domain="rival.example"))
    assert assess(rival, written(gates=shown()), NOW).gate == "competitor"
