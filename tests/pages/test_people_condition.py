"""The list of people by any condition: put together in lines or typed, counted, and each slip beside its field."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.pages.condition_form import MOST_LINES, Typed, read, typed_of, understand
from app.pages.condition_line import Known, Line
from prospects import segments
from prospects.conditions import Tree, to_plain
from prospects.member import Role
from prospects.rows import ProspectRow
from tests.nurture.world import World
from tests.pages.conftest import Visitor
from tests.pages.test_people_search import arrivals, further, names
from tests.prospects.trees import trees


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


def by(**asked: str) -> str:
    named = {"text": "if"}
    return f"/people?{urlencode({named.get(name, name): value for name, value in asked.items()})}"


def arrive(session: Session, now: datetime) -> None:
    arrivals(session, now, 6)
    third = update(ProspectRow).where(ProspectRow.email == "p2@firm.example")
    session.execute(
        third.values(lifecycle="recycled", country="DE", points=10.0, fields={"size": "12"})
    )
    fourth = update(ProspectRow).where(ProspectRow.email == "p3@firm.example")
    session.execute(fourth.values(country="AT", points=95.0))


def test_lines_are_put_together_and_the_people_counted(
    mia: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda session: arrive(session, now))
    page = mia.see(by(f1="country", o1="in", v1="de, at"))
    assert names(page, 6) == [2, 3]
    assert ">2 people.<" in page
    assert "size</option>" in page
    both = {"f1": "country", "o1": "eq", "v1": "DE", "f2": "points", "o2": "gte", "v2": "90"}
    assert names(mia.see(by(**both)), 6) == []
    assert names(mia.see(by(**both, match="any")), 6) == [2, 3]
    assert names(mia.see(by(**both, match="any", lifecycle="recycled", warm="yes")), 6) == [2]
    assert names(mia.see(by(f1="lifecycle", v1="Back in nurture")), 6) == [2]
    assert names(mia.see(by(f1="fields.size", o1="gt", v1="9")), 6) == [2]
    assert names(mia.see(by(f1="warm", v1="No")), 6) == [1, 3, 5]
    assert names(mia.see(by(f1="warm", v1="no", text="{field: country, op: is_set}")), 6) == [3]
    assert len(names(mia.see(by(text="# a remark alone")), 6)) == 6


def test_people_are_found_by_what_they_did_and_did_not(
    mia: Visitor, database: Database, now: datetime
) -> None:
    def fill(session: Session) -> None:
        for name, days in (("Ada", 40), ("Ida", 3)):
            world = World(session, now - timedelta(days=days))
            world.happens(world.somebody(name=name), "click", url="https://us.example/a")

    perform(database, fill)
    lately = mia.see(by(f1="did:click", o1="happened", v1="2 weeks"))
    assert ("Ida<" in lately, "Ada<" in lately) == (True, False)
    not_so = mia.see(by(f1="did:click", o1="never", v1="14"))
    assert ("Ida<" in not_so, "Ada<" in not_so) == (False, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"f1": "contry", "v1": "DE"}, "Did you mean “country”?"),
        ({"f1": "stage", "v1": "evaluatoin"}, "Did you mean “evaluation”?"),
        ({"f1": "did:clicks"}, "Did you mean “click”?"),
        ({"f1": "did:click", "v1": "2 moons"}, "“2 moons” is not a duration"),
        ({"f1": "did:click", "o1": "gte"}, "either happened or did not"),
        ({"f1": "country", "o1": "happened"}, "A field does not happen"),
        ({"f1": "country", "o1": "equals", "v1": "DE"}, "“equals” does not compare this"),
        ({"f1": "country"}, "What to compare it with is missing"),
        ({"f1": "points", "o1": "gte", "v1": "many"}, "“many” is no number"),
        ({"f1": "warm", "v1": "perhaps"}, "neither yes nor no"),
        ({"v1": "DE"}, "What to look at is missing"),
        ({"text": "{field: country, op: eqq, value: DE}"}, "Line 1, column 22"),
        ({"text": "{field: country, op: eqq, value: DE}"}, "did you mean `eq`?"),
        ({"text": "[a: &b 1"}, "Line 1"),
        ({"text": "country"}, "is not a condition"),
    ],
)
def test_a_slip_stands_beside_its_field_with_the_nearest_good_name(
    mia: Visitor, asked: dict[str, str], said: str
) -> None:
    page = unescape(mia.see(by(**asked), 422))
    assert said in page
    assert 'aria-invalid="true"' in page
    assert "Nobody is listed yet" in page
    assert all(value in page for value in asked.values())


def test_where_no_index_leads_the_count_says_how_far_it_looked(
    mia: Visitor, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform(database, lambda session: arrivals(session, now, 7))
    monkeypatch.setattr(segments, "REACH", 3)
    page = mia.see(by(f1="country", o1="not_set"))
    assert "At least 3 people, among the newest 3 looked through." in page
    shown = names(page, 7)
    while url := further(page):
        page = mia.see(url)
        shown += names(page, 7)
    assert sorted(shown) == list(range(7))


KNOWN = Known(names={"owner": {"ida@us.example": "00000000-0000-0000-0000-000000000001"}})


@given(trees)
def test_what_was_saved_is_typed_again_and_never_means_something_else(condition: Tree) -> None:
    plain = to_plain(condition)
    again = understand(typed_of(plain, KNOWN), KNOWN)
    if again.wrong:  # what YAML takes from nobody, and a program may have saved all the same
        told = {each.reason.rpartition("` ")[2] for each in again.mistakes}
        assert told <= {"is too large", "this character cannot stand in YAML"}
    else:
        assert again.condition == plain


def test_what_lines_can_say_is_shown_in_lines() -> None:
    plain = {
        "any": [
            {"field": "owner", "op": "eq", "value": "00000000-0000-0000-0000-000000000001"},
            {"not": {"activity": "click", "within": "2w"}},
            {"field": "warm", "op": "eq", "value": True},
        ]
    }
    lines = (Line("owner", "eq", "ida@us.example"), Line("did:click", "never", "2w"), Line("warm", "eq", "yes"))  # fmt: skip
    assert typed_of(plain, KNOWN) == Typed(lines=lines, match="any")
    assert typed_of({"all": [{"not": plain}]}, KNOWN).lines == ()


@given(st.dictionaries(st.sampled_from(["f1", "o1", "v1", "f6", "v6", "match", "if"]), st.text()))
def test_whatever_an_address_holds_is_understood_or_told(args: dict[str, str]) -> None:
    typed = read(args)
    assert len(typed.lines) <= MOST_LINES
    understand(typed, KNOWN)
