"""Files as spreadsheets write them: encodings, separators, quotes; and what columns mean."""

from pathlib import Path

import pytest

from app.endings import FailedError
from app.importing.columns import ColumnsError, columns_of, guessed, item_of
from app.importing.sheet import open_sheet, rows
from tests.support.suites import SUITES, suite

TABLE = "E-Mail{0}Name{0}Note\r\nana@nord.example{0}Ána Çelik{0}ok\r\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_it_is_read_however_it_was_saved(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "leads.csv"
    more = "bo@nord.example{0}Bö Grün{0}Straße\r\n" * 20
    path.write_bytes((TABLE + more).format(separator).encode(encoding))

    sheet = open_sheet(path, "cp1252" if encoding == "cp1252" else None)

    assert sheet.separator == separator
    assert sheet.header == ("E-Mail", "Name", "Note")
    first, second, *_ = rows(sheet)
    assert first == (2, ["ana@nord.example", "Ána Çelik", "ok"])
    assert second[1][1:] == ["Bö Grün", "Straße"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Née Müller", "cp1252"),
        ("Łukasz Żółć", "cp1250"),
        ("Иван Петров", "cp1251"),
        ("山田太郎", "cp932"),
        ("محمد علي", "cp1256"),
    ],
)
def test_an_older_encoding_is_asked_for_with_a_look_at_what_it_would_read(
    tmp_path: Path, text: str, encoding: str
) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(f"email,name\na@x.example,Ada\nb@x.example,{text}\n".encode(encoding))
    with pytest.raises(FailedError) as caught:
        open_sheet(path)
    said = str(caught.value)
    assert "is no UTF-8; say what it is. Line 3 would read:" in said
    assert f"--encoding {encoding}: `b@x.example,{text}`" in said


def test_zero_bytes_in_its_first_line_are_no_names_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(b"email\0,name\na@x.example,Ada\n")
    with pytest.raises(FailedError, match="zero bytes"):
        open_sheet(path)


def test_a_row_is_known_by_the_line_it_begins_at(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text('sep=;\nemail;name\n"a@x.example";"two\nlines"\n\nb@x.example;Bo\n')

    sheet = open_sheet(path)

    assert sheet.header == ("email", "name")
    assert list(rows(sheet)) == [(3, ["a@x.example", "two\nlines"]), (6, ["b@x.example", "Bo"])]


@pytest.mark.parametrize("body", [b"", b"\n\n", b"PK\x03\x04\x00\x00\xff\xfe\x81"])
def test_what_is_no_table_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(body)
    with pytest.raises((FailedError, ColumnsError)):
        columns_of(open_sheet(path).header, {}, {})


def test_columns_mean_what_is_said_else_what_the_source_says_else_their_name() -> None:
    header = ("E-Mail", "First", "Last", "Job title", "Size", "account.town", "body.page", "skip")
    said = {"First": "name", "Last": "name", "skip": "-"}
    columns = columns_of(header, said, {"Size": "account.employees"})

    item = item_of(columns, ["a@x.example", "Ada", "Byron", "Head", "12", "", "/pricing", "x"])

    assert item == {
        "email": "a@x.example",
        "name": "Ada Byron",
        "title": "Head",
        "account": {"employees": "12"},
        "body": {"page": "/pricing"},
    }


def test_what_spreadsheets_call_things_is_understood_but_no_time_is_guessed_at() -> None:
    header = ("Vorname", "Last name", "Courriel", "Work e-mail", "Date", "Team size", "", "")
    found = {each.heading: each.target for each in columns_of(header, {}, {})}
    assert found == {
        "Vorname": "name",
        "Last name": "name",
        "Courriel": "email",
        "Work e-mail": "fields.Work_e-mail",
        "Date": "fields.Date",
        "Team size": "fields.Team_size",
        "": "-",
    }
    assert guessed(header, {}, {})["Date"] == "at"
    assert guessed(("Mail", "email"), {}, {}) == {"email": "email", "Mail": "fields.Mail_1"}


@pytest.mark.parametrize(
    ("header", "said", "fault"),
    [
        (
            ("email", "name"),
            {"nmae": "name"},
            "nmae: there is no such column; did you mean `name`?",
        ),
        (("email",), {"email": "what?!"}, "`what?!` is no field"),
        (("email", "email"), {}, "this heading stands twice"),
        (("email", "mail"), {"mail": "email"}, "is filled by another column already"),
        (("name", "company"), {}, "no column holds an e-mail address or a phone number"),
    ],
)
def test_columns_that_cannot_be_used_are_told(
    header: tuple[str, ...], said: dict[str, str], fault: str
) -> None:
    with pytest.raises(ColumnsError) as caught:
        columns_of(header, said, {})
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (["a@x.example", "03/04/2025", ""], "at: `03/04/2025` is no time"),
        (["a@x.example", "", "perhaps"], "consent.news: `perhaps` is neither yes nor no"),
        (["a@x.example", "", "", "more"], "4 cells stand under 3 headings"),
        (["a\0@x.example", "", ""], "email: this holds a character that no text here has"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_told_by_its_column(cells: list[str], fault: str) -> None:
    columns = columns_of(("email", "at", "consent.news"), {}, {})
    with pytest.raises(ColumnsError) as caught:
        item_of(columns, cells)
    assert fault in str(caught.value)


SPECTRUM = (
    *("comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines"),
    *("newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8"),
)


@pytest.mark.parametrize("name", SPECTRUM)
def test_the_spectrum_of_tables_is_read_as_its_authors_read_it(tmp_path: Path, name: str) -> None:
    """The public suite 17: a table in many writings, each beside what it says."""
    said = suite(f"17-csv-spectrum/json/{name}.json")
    body = (SUITES / "17-csv-spectrum" / "csvs" / f"{name}.csv").read_bytes()
    if name.endswith("_crlf"):
        # On its way here the suite lost the line ends that these are about.
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    path = tmp_path / "table.csv"
    path.write_bytes(body)
    sheet = open_sheet(path)
    found = [dict(zip(sheet.header, cells, strict=True)) for _, cells in rows(sheet)]
    assert found == said
