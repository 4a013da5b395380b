"""The marketer's own rules give points to the rows of a file."""

from pathlib import Path

import pytest

from app.labelled.asked import Asked, WrongAskError
from app.labelled.labelled import labelled
from tests.labelled.files import text, write

HEADER = ["Job Title", "Employees", "Lead source", "won"]
ROWS = [
    ["CEO", "1,200", "Fair", "yes"],
    ["Intern", "1,200", "Web", "no"],
    ["CEO", "12", "fair", "no"],
    ["", "", "Select", "yes"],
]
RULES = """
fit:
  cap: 30
  rules:
    - {name: large, if: {field: Employees, op: gte, value: 200}, points: 15}
    - {name: fair, if: {field: Lead source, op: eq, value: fair}, points: 10}
    - {name: chief, if: {field: seniority, op: eq, value: c_level}, points: 10}
    - {name: nowhere, if: {field: fields.Lead_source, op: not_set}, points: -5}
"""


def test_rules_ask_for_columns_and_for_what_they_mean(tmp_path: Path) -> None:
    asked = Asked(path=write(tmp_path / "x.csv", HEADER, ROWS), label="won")
    found = labelled(asked, text(tmp_path / "rules.yaml", RULES))
    assert found.table.points is not None
    assert list(found.table.points.fit) == [30.0, 15.0, 20.0, 0.0]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (RULES.replace("field: Employees", "field: Employes"), "did you mean `Employees`"),
        (
            RULES.replace("fields.Lead_source", "fields.Lead_sorce"),
            "did you mean `fields.Lead_source`",
        ),
        (RULES.replace("fields.Lead_source", "fields.budget"), "no column `fields.budget`"),
        (RULES.replace("field: Employees", "field: won"), "the outcome itself"),
        ("warm: {points: 60}", "has no rules"),
        (RULES.replace("op: gte", "op: more"), "does not compare"),
    ],
)
def test_a_rule_that_cannot_be_is_said_in_one_line(tmp_path: Path, rules: str, said: str) -> None:
    asked = Asked(path=write(tmp_path / "x.csv", HEADER, ROWS), label="won")
    with pytest.raises(WrongAskError) as caught:
        labelled(asked, text(tmp_path / "rules.yaml", rules))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
