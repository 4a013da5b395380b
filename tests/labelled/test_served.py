"""A card made of a file says of people imported from that file what it said of their rows."""

from pathlib import Path

import pytest

from app.importing.columns import columns_of, item_of
from app.labelled.labelled import only_what_people_have
from app.labelled.serving import rows as as_people
from scoring.features.facts import employees_of
from scoring.features.values import value_of, word_of
from tests.labelled.files import DRAWN, chance, read, write

HEADER = [
    "email",
    "Job Title",
    "Country",
    "Lead source",
    "account.employees",
    "Score",
    "Rate",
    "won",
]


@pytest.fixture(scope="module")
def cells() -> list[list[str]]:
    return [
        [
            f"a{n}@firm{n}.example",
            DRAWN.choice(["CEO", "Sales Manager", "poet", ""]),
            DRAWN.choice(["DE", "unknown", "AT"]),
            DRAWN.choice(["Fair ", "Web  site", "n/a", "12"]),
            DRAWN.choice(["11-50", "1,200", "7"]),
            DRAWN.choice(["1,250.50", "3", "-", "0.5"]),
            DRAWN.choice(["12 %", "7.5 %", ""]),
            "yes" if chance(0.4) else "no",
        ]
        for n in range(200)
    ]


def test_a_row_and_the_person_imported_from_it_have_the_same_features(
    tmp_path: Path, cells: list[list[str]]
) -> None:
    found = only_what_people_have(read(write(tmp_path / "x.csv", HEADER, cells)))
    columns = columns_of(HEADER, {}, {})
    told = list(as_people(found.table, len(cells)))
    for row, features in zip(cells, told, strict=True):
        item = item_of(columns, row)
        for name, value in features.items():
            group, _, field = name.partition(".")
            if group == "fields":
                lived = value_of(item.get("fields", {}).get(field))
                # A number among words is none of the words, on both ways.
                assert (lived if isinstance(lived, type(value)) else None) == value
            elif name == "person.country":
                assert word_of(item.get("country")) == value
            elif name == "account.employees":
                assert employees_of(item["account"]["employees"]) == value
    assert {each.partition(".")[0] for each in told[0]} == {"fields", "person", "account"}
