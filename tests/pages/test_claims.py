"""The pages of claim accuracy: numbers that open, by rep only for who may, and first for the rep."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.pages import claim_views
from prospects import team
from prospects.member import Role
from routing.finding_rows import ConfirmationRow
from scoring import models
from tests.pages.conftest import Visitor
from tests.reports.crowd import Made, crowd
from tests.reports.test_answers import DAY, lead
from tests.scoring.card.test_adding_up import a_card

Visitors = Callable[[], Visitor]
Hire = Callable[..., str]
NUMBER = re.compile(r'<a href="(/reports/people\?[^"]+)">(\d+)<')


@pytest.fixture
def made(database: Database, now: datetime) -> Sequence[Made]:
    return perform(database, lambda session: crowd(session, now, size=20))


def test_every_number_opens_that_many_people(
    hire: Hire, visitor: Visitors, made: Sequence[Made]
) -> None:
    manager = visitor().sign_in(hire("max@us.example", Role.MANAGER))
    for by in ("signal", "flow", "rep"):
        numbers = set(NUMBER.findall(manager.see(f"/reports/claims?by={by}")))
        assert numbers, by
        for url, number in list(numbers)[:3]:
            assert f": {number}</h1>" in manager.see(unescape(url)), url
    assert manager.see("/reports/claims.csv?by=rep").startswith("by,value,checked")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_points_and_models_that_claimed_are_called_by_what_they_are(
    hire: Hire, visitor: Visitors, database: Database, made: Sequence[Made], now: datetime
) -> None:
    card = a_card()
    makers = [card.id, "points/3", "card-of-elsewhere"]

    def claimed(session: Session) -> None:
        models.keep(session, card, {}, now, origin=models.Origin.RECORD, by=models.By("mia"))
        for n, row in enumerate(session.execute(select(ConfirmationRow)).scalars()):
            row.claimed_model = makers[n // 2 % 3]

    perform(database, claimed)
    page = visitor().sign_in(hire("mia@us.example", Role.MARKETER)).see("/reports/claims?by=model")
    assert f"Scorecard on top of your points ({card.id})" in page
    assert "Your points (points/3)" in page
    assert ">card-of-elsewhere<" in page


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        ("evaluation.form", "Form, speaking for Evaluation"),
        ("verdict.later", "What a rep found before: further"),
        ("stage.did.page_view", "Learned: page view"),
        ("stage.did.any", "Learned: whatever they did"),
        ("stage.came.last_form", "Learned: The last form they sent"),
        ("of.old", "of.old"),
    ],
)
def test_what_a_claim_rested_on_is_told_in_words(signal: str, said: str) -> None:
    assert claim_views.signal(signal, {"evaluation": "Evaluation"}) == said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_marketer_sees_everything_but_who_of_sales_found_what(
    hire: Hire, visitor: Visitors, made: Sequence[Made]
) -> None:
    marketer = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    page = marketer.see("/reports/claims")
    assert "By stage claimed" in page
    assert "by=rep" not in page
    marketer.see("/reports/claims?by=rep", 404)
    marketer.see("/reports/claims.csv?by=rep", 404)
    marketer.see("/reports/claims?by=colour", 404)
    marketer.see("/reports/people?measure=checked&rep=00000000-0000-0000-0000-000000000001", 404)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_rep_sees_their_own_answers_from_the_day_on(hire: Hire, visitor: Visitors) -> None:
    rep = visitor().sign_in(hire("ann@us.example", Role.REP))
    assert 'href="/you/answers"' in rep.see("/today")
    assert "You have not answered yet" in rep.see("/you/answers")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_stands_out_is_fetched_onto_today_with_what_to_do(
    hire: Hire, visitor: Visitors, database: Database, now: datetime
) -> None:
    rep = visitor().sign_in(hire("ann@us.example", Role.REP))

    def never_a_word(session: Session) -> None:
        ann = team.by_email(session, "ann@us.example")
        assert ann is not None
        lead(session, ann.id, now - 9 * DAY, [None] * 6)

    assert 'id="signs"' not in rep.see("/you/answers")
    perform(database, never_a_word)
    page = rep.see("/you/answers")
    assert 'id="signs"' in page
    assert "Open the brief and say what you found" in page
    assert 'hx-get="/you/answers" hx-trigger="load" hx-select="#signs"' in rep.see("/today")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_team_that_confirms_everything_reads_so_and_its_manager_a_fortnight_later(
    hire: Hire, visitor: Visitors, database: Database, now: datetime
) -> None:
    rep = visitor().sign_in(hire("ann@us.example", Role.REP))
    manager = visitor().sign_in(hire("max@us.example", Role.MANAGER))

    def all_confirmed(session: Session, at: datetime) -> None:
        ann = team.by_email(session, "ann@us.example")
        assert ann is not None
        lead(session, ann.id, at, ["confirmed"] * 40, state="lost")

    perform(database, lambda session: all_confirmed(session, now - 9 * DAY))
    page = rep.see("/you/answers")
    assert "All of you together" in page
    assert "Nothing stands out" not in page
    assert "by everybody" not in manager.see("/reports/claims?by=rep")
    perform(database, lambda session: all_confirmed(session, now - 20 * DAY))
    page = manager.see("/reports/claims?by=rep")
    assert "Nearly every claim is confirmed, by everybody" in page
    assert "40 came to an end: 0 ordered" in page
