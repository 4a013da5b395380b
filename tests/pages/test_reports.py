"""The report pages: numbers that open, a table for spreadsheets without formulas, costs."""

import csv
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html import unescape
from io import StringIO

import pytest

from app.database import Database
from app.door import perform
from app.pages import reports
from app.reports.table import guarded
from prospects.member import Role
from tests.pages.conftest import Visitor
from tests.reports.crowd import Made, crowd, person, touch

Visitors = Callable[[], Visitor]
Hire = Callable[..., str]
NUMBER = re.compile(r'<a href="(/reports/people\?[^"]+)">(\d+)<')


@pytest.fixture
def marketer(hire: Hire, visitor: Visitors) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


@pytest.fixture
def made(database: Database, now: datetime) -> Sequence[Made]:
    return perform(database, lambda session: crowd(session, now, size=25))


def test_before_the_first_lead_the_page_says_what_will_fill_it(marketer: Visitor) -> None:
    assert "Nothing to count yet" in marketer.see("/reports/sources")
    assert "Nobody came that way" in marketer.see("/reports/sources?source=nowhere")


def test_every_number_on_the_page_opens_that_many_people(
    marketer: Visitor, made: Sequence[Made]
) -> None:
    for page in ("/reports/sources", "/reports/sources?source=site&since=2026-01"):
        numbers = set(NUMBER.findall(marketer.see(page)))
        assert len(numbers) > 10
        for url, number in numbers:
            opened = marketer.see(unescape(url))
            assert f": {number}</h1>" in opened, url
            assert len(re.findall(r'class="strong" href="/people/', opened)) == int(number), url


def test_a_cell_that_is_none_is_absent(marketer: Visitor) -> None:
    marketer.see("/reports/people?measure=everything", 404)
    marketer.see("/reports/people?source=%00", 404)
    assert "Nobody came this far" in marketer.see("/reports/people?verdict=odd&claimed=x")


def test_a_cost_is_written_down_and_shown_by_buyer(
    marketer: Visitor, database: Database, now: datetime
) -> None:
    at = {"source": "site", "campaign": "spring", "month": "2026-03"}
    sent = marketer.send(
        "/reports/sources", "/reports/costs", **at, amount="1200,50", currency="eur"
    )
    assert sent.status_code == 303
    perform(database, lambda s: touch(s, person(s, now), now, "site", "spring"))

    assert "1,200.50 EUR" in marketer.see("/reports/sources")
    marketer.send("/reports/sources", "/reports/costs", **at, amount="", currency="")
    assert "1,200.50 EUR" not in marketer.see("/reports/sources")


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("amount", "-5", "This is no amount."),
        ("amount", "1e5", "This is no amount."),
        ("currency", "euro", "This is no currency."),
        ("month", "March", "This is no month."),
        ("source", "", "The source is missing."),
        ("campaign", "x" * 201, "No campaign is called so."),
    ],
)
def test_a_wrong_cost_is_refused_beside_its_field(
    marketer: Visitor, name: str, typed: str, said: str
) -> None:
    fields = {"source": "site", "month": "2026-03", "amount": "5", "currency": "EUR", name: typed}

    answer = marketer.send("/reports/sources", "/reports/costs", **fields)

    assert answer.status_code == 422
    assert said in answer.text


def test_the_table_for_spreadsheets_holds_no_formula(
    marketer: Visitor, database: Database, now: datetime, made: Sequence[Made]
) -> None:
    evil = '=HYPERLINK("http://evil.example","x")'
    perform(database, lambda s: touch(s, person(s, now), now, "site", evil))

    answer = marketer.client.get("/reports/sources.csv")

    rows = list(csv.DictReader(StringIO(answer.text)))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sources.csv"'
    assert f"'{evil}" in {row["campaign"] for row in rows}
    assert sum(int(row["leads"]) for row in rows) == len(made) + 1
    assert sum(int(row["found decision"]) for row in rows) == sum(
        each.found == "decision" for each in made
    )


@pytest.mark.parametrize("start", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_guarded(start: str) -> None:
    assert guarded(start) == f"'{start}"
    assert guarded("spring = 1") == "spring = 1"


def test_the_lines_are_turned_page_by_page_and_what_is_said_of_all_stands_on_the_first(
    marketer: Visitor, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform(database, lambda session: crowd(session, now, size=40))
    whole = re.findall(r'<th scope="row">(.*?)</th>', marketer.see("/reports/sources"), re.S)
    monkeypatch.setattr(reports, "LINES", 3)
    url, lines, pages = "/reports/sources", list[str](), 0
    while url:
        page = marketer.see(url)
        assert (
            ("How far they come" in page)
            == ("How often marketing was right" in page)
            == (not pages)
        )
        listed = page.partition('id="lines"')[2].partition("</table>")[0]
        lines += re.findall(r'<th scope="row">(.*?)</th>', listed, re.S)
        found = re.search(r'href="([^"]*before=[^"]*)"', page)
        url, pages = unescape(found[1]) if found else "", pages + 1
    assert lines == [each for each in whole if "figures__more" in each][: len(lines)]
    assert len(set(lines)) == len(lines) > 9
    assert pages == -(-len(lines) // 3)
    marketer.see("/reports/sources?before=nonsense")
    marketer.see("/reports/sources?before=2026-03%20a%00")
