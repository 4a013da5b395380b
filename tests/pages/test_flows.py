"""The pages of flows: live counts, the drawing with who is where, and the people at a step."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.pages.flow_words import picture
from nurture.rows import SendRow
from nurture.wiring import read_flow
from prospects.member import Role
from prospects.rows import ProspectRow
from tests.nurture.flows_for_tests import CONSIDERED
from tests.nurture.world import World
from tests.pages.conftest import Visitor


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


def three_inside(session: Session, now: datetime) -> None:
    """Three wait at `pause`; one of them was mailed, one has left by the flow's exit."""
    world = World(session, now - timedelta(days=1))
    world.flow(CONSIDERED)
    people = [world.somebody(name=f"Ida {n} <b>", company="Firm") for n in range(4)]
    for who in people:
        world.happens(who, "form", form="guide")
    world.react(*people)
    mailed = session.query(SendRow).first()
    assert mailed
    mailed.state = "sent"
    leaver = world.enrollment(people[0])
    leaver.state, leaver.reason, leaver.left_at = "exited", "bought", now


def test_an_empty_workspace_is_told_how_to_begin(mia: Visitor) -> None:
    assert "No flow yet" in mia.see("/flows")
    mia.see("/flows/nothing", 404)
    mia.see("/flows/nothing/steps/pause", 404)


def test_the_list_counts_who_is_inside_mailed_and_gone(
    mia: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda session: three_inside(session, now))
    page = " ".join(mia.see("/flows").split())
    assert '3 <span class="soft">in it</span>' in page
    assert '1 <span class="soft">mailed in 7 days</span>' in page
    assert '1</span> <span class="soft"><bdi>bought</bdi>' in page
    assert "from the files" in page


def test_a_flow_is_drawn_with_who_is_where_and_leads_to_them(
    mia: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda session: three_inside(session, now))
    page = mia.see("/flows/considered")
    assert "pause, wait: 2 days. 3 here." in page
    assert "look → deep: click" in page
    assert "form where form is “guide”" in page
    assert "Version 1" in page
    people = mia.see("/flows/considered/steps/pause")
    assert people.count("/people/") == 3 + people.count('href="/people/"')
    assert "Ida 1 &lt;b&gt;" in people
    assert "Nobody is here now" in mia.see("/flows/considered/steps/nudge")


def test_one_person_is_marked_where_they_are(
    mia: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda session: three_inside(session, now))
    with reading(database) as session:
        found = {row.name: row.id for row in session.execute(select(ProspectRow)).scalars()}
    person = mia.see(f"/people/{found['Ida 1 <b>']}")
    assert f'href="/flows/considered?person={found["Ida 1 <b>"]}"' in person
    page = " ".join(mia.see(f"/flows/considered?person={found['Ida 1 <b>']}").split())
    assert 'is at <bdi class="strong">pause</bdi>: on the way' in page
    assert page.count('class="flow__dot"') == 1
    gone = " ".join(mia.see(f"/flows/considered?person={found['Ida 0 <b>']}").split())
    assert "left: bought." in gone
    assert "flow__dot" not in gone
    assert "flow__dot" not in mia.see("/flows/considered?person=nobody")


def test_an_earlier_version_is_shown_with_those_who_are_still_in_it(
    mia: Visitor, database: Database, now: datetime
) -> None:
    def change(session: Session) -> None:
        three_inside(session, now)
        shorter = [step for step in CONSIDERED["steps"] if step["id"] not in ("pause", "deep")]
        shorter[1] = {"id": "look", "wait": "1d"}
        World(session, now).flow({**CONSIDERED, "steps": shorter})

    perform(database, change)
    page = mia.see("/flows/considered")
    assert "3 more wait at steps of earlier versions" in page
    earlier = mia.see("/flows/considered?version=1")
    assert "3 here" in earlier
    assert "An earlier version" in earlier
    mia.see("/flows/considered?version=9", 404)


def test_every_step_and_every_way_is_in_the_drawing() -> None:
    flow = read_flow(CONSIDERED)
    drawn = picture(flow, {"look": 7}, "/flows/considered")
    assert [box.id for box in drawn.boxes] == list(flow.by_id)
    assert len(drawn.wires) == sum(len(flow.ways(step)) for step in flow.steps)
    assert {box.id: box.here for box in drawn.boxes}["look"] == 7
    assert drawn.words == "8 steps, 7 people in them."


@pytest.mark.parametrize("path", ["/flows/%00", "/flows/%00/steps/%00", "/api/v1/flows/%00"])
def test_an_address_with_a_nul_in_it_names_nothing(mia: Visitor, path: str) -> None:
    mia.see(path, 404)
