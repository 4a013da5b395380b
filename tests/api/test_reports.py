"""`reports`: numbers that programs can add up, and the people behind each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from app.database import Database
from app.door import perform
from app.reports.costs import set_cost
from prospects.member import Role
from tests.api.conftest import Program
from tests.reports.crowd import crowd

MEASURES = ("leads", "offered", "taken", "checked", "buyers", "won")


@pytest.fixture
def marketer(program: Callable[..., Program], database: Database, now: datetime) -> Program:
    perform(database, lambda session: crowd(session, now, size=40))
    return program(Role.MARKETER)


def whole(somebody: Program, path: str, **asked: str) -> list[Any]:
    found, cursor = [], ""
    while cursor is not None:
        query = {**asked, "limit": "7", **({"cursor": cursor} if cursor else {})}
        page = somebody.get(f"{path}?{urlencode(query)}")
        found += page["items"]
        cursor = page["next"]
    return found


def test_lines_add_up_to_the_funnel(marketer: Program) -> None:
    lines = whole(marketer, "/reports/sources")
    funnel = marketer.get("/reports/funnel")

    assert funnel["leads"] == 40
    assert {each: sum(line[each] for line in lines) for each in MEASURES} == funnel
    assert sum(found["buyers"] for line in lines for found in line["found"]) == funnel["buyers"]
    site = marketer.get("/reports/funnel?source=site")
    assert site["leads"] == sum(line["leads"] for line in lines if line["source"] == "site")


def test_each_number_opens_its_people(marketer: Program) -> None:
    line = max(whole(marketer, "/reports/sources"), key=lambda line: line["checked"])
    shared = {name: line[name] for name in ("source", "campaign", "month")}

    for measure in MEASURES:
        people = whole(marketer, "/reports/people", measure=measure, **shared)
        assert len({each["prospect"] for each in people}) == line[measure]


def test_claims_stand_beside_findings(marketer: Program) -> None:
    lines = whole(marketer, "/reports/claims")

    assert sum(line["checked"] for line in lines) == marketer.get("/reports/funnel")["checked"]
    for line in lines:
        wrong = line["earlier"] + line["wrong_person"] + line["not_a_buyer"]
        assert line["over"] == pytest.approx(wrong / line["checked"], abs=1e-4)


def test_a_cost_is_shown_with_what_one_buyer_cost(
    marketer: Program, database: Database, now: datetime
) -> None:
    line = max(whole(marketer, "/reports/sources"), key=lambda line: line["buyers"])
    key = {name: line[name] for name in ("source", "campaign", "month")}
    typed = {**key, "amount": str(100 * line["buyers"]), "currency": "EUR"}
    perform(database, lambda session: set_cost(session, typed, now, by="test"))

    (told,) = [each for each in whole(marketer, "/reports/sources") if {**each, **key} == each]

    assert told["cost_per_buyer"] == {"amount": "100.00", "currency": "EUR"}


@pytest.mark.parametrize(
    "path",
    [
        "/reports/people?measure=all",
        "/reports/people?cursor=WyJ4Il0",
        "/reports/sources?cursor=WyJ4Il0",
        "/reports/funnel?campaign=x",
        "/reports/claims?source=%00",
    ],
)
def test_what_is_none_is_refused(marketer: Program, path: str) -> None:
    marketer.get(path, 422)
