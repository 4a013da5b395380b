"""While findings contradict a model's percentages people see the grade, and why; what stands on paper stays there."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import pipeline
from app.database import Database
from app.door import perform, reading
from prospects import percentages
from prospects.member import Role
from prospects.rows import ProspectRow
from routing.rows import HandoffRow
from tests.app.test_pipeline import arrive
from tests.pages.conftest import Signed
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.test_by_card import DID, SENIOR, SIZE
from tests.support.in_force import put_in_force

CARD = a_card(SENIOR, DID, SIZE)
FOUND = {"slope": 1.0, "move": -1.0, "words": ["Of 60 leads 12 were found; 18 were foreseen."]}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_show_the_grade_and_say_why(
    crew: Callable[..., Signed], database: Database, now: datetime
) -> None:
    people = crew(mia=("Mia", Role.MARKETER), ann=("Ann", Role.REP), max=("Max", Role.MANAGER))

    def work(session: Session) -> UUID:
        put_in_force(session, CARD, now)
        (who,) = arrive(session, now, "ida", form="demo")
        pipeline.react(session, [who], now)
        return who

    ida = perform(database, work)
    with reading(database) as session:
        score = session.execute(select(ProspectRow.score)).scalar_one()
        handed = session.execute(select(HandoffRow)).scalar_one()
        assert score is not None
        offer = f"/handoffs/{ida}/{handed.id}"
        assert handed.brief["standing"]["score"] == round(score, 2)
    shown = f"{round(100 * score)} %"
    mia, rep, manager = people["mia"], people["ann"], people["max"]
    assert shown in mia.see("/people")
    assert shown in mia.see(f"/people/{ida}")
    perform(database, lambda session: percentages.hide(session, CARD.id, FOUND, now))
    for somebody in (mia, manager):
        assert shown not in somebody.see("/people")
        page = somebody.see(f"/people/{ida}")
        assert shown not in page
        assert "The percentage is hidden since" in page
        for place in ("/scoring/models", f"/scoring/models/{CARD.id}"):
            assert "12 were found; 18 were foreseen" in somebody.see(place)
    assert "Of 100 leads like this one" not in rep.see(offer)
    with reading(database) as session:
        # What a rep was shown is stored as shown.
        assert session.execute(select(HandoffRow)).scalar_one().brief == handed.brief
