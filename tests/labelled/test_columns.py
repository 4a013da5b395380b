"""Columns become features that live people have too, or are left out with the reason."""

from pathlib import Path

import pytest

from app.endings import FailedError
from app.labelled.asked import WrongAskError
from scoring.training.table import Numbers, Words
from tests.labelled.files import read, text, write

OUTCOMES = ["yes", "no", "no"]


def test_columns_feed_the_features_that_imported_people_have(tmp_path: Path) -> None:
    header = ["id", "Job Title", "Land", "account.employees", "Budget", "Quelle", "won"]
    titles, sources = ["CEO", "Head of Marketing", "Intern"], ["Messe", "Google", "Select"]
    rows = [
        [
            n,
            titles[n % 3],
            ["DE", "AT"][n % 2],
            n % 5 * 100,
            n % 11,
            sources[n % 3],
            OUTCOMES[n % 7 % 3],
        ]
        for n in range(120)
    ]
    found = read(write(tmp_path / "x.csv", header, rows), id="id")
    columns = found.table.columns
    assert set(columns) == {
        *("person.seniority", "person.function", "person.country", "account.employees"),
        *("fields.Budget", "fields.Quelle"),
    }
    seniority, source = columns["person.seniority"], columns["fields.Quelle"]
    assert isinstance(seniority, Words)
    assert set(seniority.levels) == {"c_level", "director", "entry"}
    assert isinstance(source, Words)
    assert set(source.levels) == {"Messe", "Google"}
    assert found.of["person.seniority"] == "Job Title"


def test_a_german_export_is_read(tmp_path: Path) -> None:
    lines = [
        f"{10000 + n};{n % 28 + 1:02}.03.2026;{n % 9}.{n:03},50;Größe;{'ja' if n % 7 % 2 else 'nein'}"
        for n in range(100)
    ]
    path = text(
        tmp_path / "x.csv",
        *("Kundennr;Datum;Umsatz;Öffnung;gewonnen", *lines),
        encoding="cp1252",
    )
    found = read(path, "gewonnen", time="Datum", id="Kundennr")
    turnover = found.table.columns["fields.Umsatz"]
    assert isinstance(turnover, Numbers)
    assert turnover.values[11] == 2011.5
    assert found.table.instants is not None
    assert "no UTF-8" in found.remarks[0]


def test_what_teaches_nothing_is_left_out_with_the_reason(tmp_path: Path) -> None:
    header = [
        "id",
        "same",
        "empty",
        "who",
        "text",
        "first name",
        "owner",
        "closed on",
        "size",
        "won",
    ]
    rows = [
        [n, "x", "", f"u{n}-{n * 7}", f"word {n} " * 20, "Ada", "Rita", "", n % 4, OUTCOMES[n % 3]]
        for n in range(60)
    ]
    found = read(write(tmp_path / "x.csv", header, rows))
    assert set(found.table.columns) == {"fields.size"}
    why = found.left_out
    assert "numbers the rows" in why["id"]
    assert "same in every row" in why["same"]
    assert "nothing in any row" in why["empty"]
    assert "its own" in why["who"]
    assert "prose" in why["text"]
    assert "--because" in why["first name"]
    assert "who of us" in why["owner"]


def test_a_recorded_decision_lets_a_protected_column_in(tmp_path: Path) -> None:
    rows = [[n % 50 + 18, n % 2, OUTCOMES[n % 3]] for n in range(60)]
    path = write(tmp_path / "x.csv", ["age", "size", "won"], rows)
    assert "fields.age" not in read(path).table.columns
    assert "fields.age" in read(path, allow={"age": "the law asks for it"}).table.columns


def test_a_time_is_an_age_at_the_rows_instant(tmp_path: Path) -> None:
    rows = [
        [f"2026-03-{n % 20 + 5:02}", f"2026-03-{n % 20 + 1:02}", OUTCOMES[n % 3]] for n in range(60)
    ]
    path = write(tmp_path / "x.csv", ["came", "founded", "won"], rows)
    age = read(path, time="came").table.columns["fields.founded.days_ago"]
    assert isinstance(age, Numbers)
    assert set(age.values) == {4.0}
    assert "--time COL" in read(path).left_out["founded"]


def test_rows_are_taken_in_time(tmp_path: Path) -> None:
    rows = [[f"L{1000 - n}", 1000 - n, n % 5, OUTCOMES[n % 3]] for n in range(60)]
    path = write(tmp_path / "x.csv", ["key", "number", "size", "won"], rows)
    guessed, said = read(path), read(path, time="number")
    assert guessed.table.instants is not None
    assert said.table.instants is not None
    assert list(guessed.table.instants.argsort()) == list(said.table.instants.argsort())
    assert any("newest first" in each for each in guessed.remarks)


def test_a_row_told_twice_is_one_and_rows_of_one_id_stay_together(tmp_path: Path) -> None:
    rows = [[f"a-{n}", n % 5, OUTCOMES[n % 3]] for n in range(60)]
    found = read(write(tmp_path / "x.csv", ["key", "size", "won"], [*rows, *rows[:9]]), id="key")
    assert len(found.table) == 60
    assert found.table.groups is None
    again = [[f"a-{n}", 9, "no"] for n in range(5)]
    found = read(write(tmp_path / "y.csv", ["key", "size", "won"], [*rows, *again]), id="key")
    assert found.table.groups is not None
    assert len(set(found.table.groups)) == 60


def test_a_number_that_stands_at_wins_only_makes_no_loss_a_row_told_twice(tmp_path: Path) -> None:
    rows = [[n % 5, f"D-{n}" if n % 3 == 0 else ""] for n in range(60)]
    found = read(write(tmp_path / "x.csv", ["size", "won"], [*rows, *rows[:1]]), positive="*")
    assert len(found.table) == 60


def test_columns_are_known_in_other_letters_several_at_once_and_where_they_stand_twice(
    tmp_path: Path,
) -> None:
    rows = [[n % 4, n % 7, n % 5, n % 3, "A" if n % 2 else "B", "yn"[n % 2]] for n in range(80)]
    path = write(tmp_path / "x.csv", ["Size", "size2", "Note", "Note", "a,b", "Won"], rows)
    found = read(path, "won", drop=(" note ", "size2,Size", "a,b"), positive="Y")
    assert {each for each, why in found.left_out.items() if why == "dropped, as asked"} == {
        *("Size", "size2", "Note", "Note (2)", "a,b"),
    }


def test_an_encoding_is_guessed_in_which_the_named_columns_stand_there(tmp_path: Path) -> None:
    lines = ["Succès;Größe;Où", *(f"{'Oui' if n % 3 else 'Non'};{n % 9};Köln" for n in range(90))]
    found = read(text(tmp_path / "x.csv", *lines, encoding="cp1252"), "Succès")
    assert any("read as cp1252" in each for each in found.remarks)
    (tmp_path / "y.csv").write_bytes(bytes(range(256)) * 9)
    with pytest.raises(FailedError, match="is no text: save it as CSV"):
        read(tmp_path / "y.csv")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"label": "wun"}, "did you mean `won`"),
        ({"time": "nope"}, "no column `nope`"),
        ({"drop": ("sise",)}, "did you mean `size`"),
        ({"time": "won"}, "cannot be the time"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_the_nearest(
    tmp_path: Path, asked: dict[str, str], said: str
) -> None:
    path = write(tmp_path / "x.csv", ["size", "won"], [[1, "yes"], [2, "no"]])
    with pytest.raises(WrongAskError, match=said):
        read(path, **asked)


@pytest.mark.parametrize(
    ("lines", "asked", "said"),
    [
        (["size,won"], {}, "no row below"),
        (["size,won", "1,yes,3", "2,no"], {}, "line 2: 3 cells stand under 2 headings"),
        (["size,won", "1,yes", "2,yes"], {}, "nothing can be learned from one outcome"),
        (["at,won", "2026-01-01,yes", "soon,no"], {"time": "at"}, "line 3: `soon` is no time"),
    ],
)
def test_what_cannot_be_read_names_its_line_and_the_mend(
    tmp_path: Path, lines: list[str], asked: dict[str, str], said: str
) -> None:
    with pytest.raises(FailedError, match=said):
        read(text(tmp_path / "x.csv", *lines), **asked)
