"""Scoring: other points are tried before they are saved, and whom they would take over the line waits for a person."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.pages.rules_change_views import RulesChange
from app.what_if import points
from prospects import configuration
from prospects.audit import AuditRow
from prospects.member import Role
from scoring import current
from scoring.changes.rows import State
from tests.app.test_releases import POINTS, came, looked_at_all, ruled
from tests.pages.conftest import Visitor
from tests.pages.test_flow_editor import field

HOUR = timedelta(hours=1)
PAGE, CHANGES = "/scoring", "/scoring/changes"


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


def three(database: Database, now: datetime, *, owner: str = "browser") -> None:
    """Three people with 40 points each, under rules that ask for 60."""

    def fill(session: Session) -> None:
        warm = {"points": 60, "leave_points": 30}
        body = {**POINTS, "warm": warm}
        configuration.write(
            session, "scoring", "scoring", body, now - HOUR, by="mia@us.example", owner=owner
        )
        came(session, now - HOUR, "ann", "bob", "cleo")

    perform(database, fill)


def body_of(database: Database) -> Any:
    with reading(database) as session:
        found = list(configuration.read(session, "scoring").values())
        return found[0].body if found else None


def test_lower_points_are_tried_then_saved_and_only_what_changed_is_written(
    mia: Visitor, database: Database, now: datetime
) -> None:
    three(database, now)
    before = body_of(database)
    sent = {"since": field(mia.see(PAGE), "since"), "warm-points": "38"}
    page = mia.send(PAGE, PAGE, **sent, act="look").text
    assert re.search(r'<span class="number">3</span> would become warm', page)
    assert "all who have a grade" in page
    assert "40 points" in page, "only the line moves"
    assert body_of(database) == before
    assert mia.send(PAGE, PAGE, **sent, act="save").status_code == 200, "first a look"
    answer = mia.send(PAGE, PAGE, **sent, act="save", seen=field(page, "seen"))
    assert (answer.status_code, answer.location) == (303, CHANGES)
    assert "begins within a minute" in mia.see(CHANGES)
    assert body_of(database) == {**before, "warm": {"points": 38, "leave_points": 30}}
    with reading(database) as session:
        assert "scoring changed" in session.execute(select(AuditRow.act)).scalars().all()
    again = mia.send(
        PAGE, PAGE, **sent | {"warm-points": "20", "warm-leave": "10"}, act="look"
    ).text
    late = mia.send(PAGE, PAGE, **sent | {"warm-points": "20", "warm-leave": "10"}, act="save", seen=field(again, "seen"))  # fmt: skip
    assert (late.status_code, "somebody else meanwhile" in late.text) == (409, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_would_cool_is_told_and_grades_that_shift(
    mia: Visitor, database: Database, now: datetime
) -> None:
    three(database, now)
    perform(database, lambda session: ruled(session, now, 30))
    perform(database, lambda session: came(session, now, "dora"))
    page = mia.send(PAGE, PAGE, **{"act-0": "2"}, act="look").text
    assert re.search(r'<span class="number">1</span> would be warm no longer', page)
    assert "would have another grade" in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_files_own_is_tried_here_and_written_there(
    mia: Visitor, database: Database, now: datetime
) -> None:
    three(database, now, owner="files")
    before = body_of(database)
    assert "belong to the workspace’s files" in mia.see(PAGE)
    page = mia.send(PAGE, PAGE, **{"warm-points": "38"}, act="look").text
    assert "points: 38" in page
    assert "Save these points" not in page
    refused = mia.send(PAGE, PAGE, **{"warm-points": "38"}, act="save", seen=field(page, "seen"))
    assert refused.status_code == 409
    assert body_of(database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"fit-cap": "viel"}, "“viel” is no number"),
        ({"act-0": "0"}, "greater than 0"),
        ({"act-1-cap": "101"}, "equal to 100"),
        ({"warm-leave": "70"}, "must not be above “Warm from”"),
        ({"engagement-half-life": "soon"}, "is not a duration"),
        ({"warm-stage": "nowhere"}, "there is no stage"),
        ({"warm-points": "nan"}, "“nan” is no number"),
    ],
)
def test_a_slip_is_told_beside_its_field(
    mia: Visitor, database: Database, typed: dict[str, str], said: str
) -> None:
    answer = mia.send(PAGE, PAGE, **typed, act="look")
    (name,) = typed
    assert answer.status_code == 422
    told = re.search(f'id="{name}-wrong">([^<]+)<', unescape(answer.text))
    assert told
    assert said.lower() in told[1].lower()
    assert body_of(database) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_built_in_is_written_down_where_it_is_changed(
    mia: Visitor, database: Database
) -> None:
    sent = {"fit-0": "27,5", "act-0-cap": "", "since": "0"}
    seen = field(mia.send(PAGE, PAGE, **sent, act="look").text, "seen")
    assert mia.send(PAGE, PAGE, **sent, act="save", seen=seen).status_code == 303
    body = body_of(database)
    assert set(body) == {"fit", "engagement"}
    assert body["fit"]["rules"][0]["points"] == 27.5
    assert "cap" not in body["engagement"]["rules"][0]
    assert "These are the points as they stand" in mia.send(PAGE, PAGE, act="look").text


def test_of_many_those_nearest_the_line_are_looked_at(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(database, now)
    monkeypatch.setattr(points, "MOST", 2)
    with reading(database) as session:
        rules = current.current(session)
        found = points.foresee(session, rules, rules, now)
    assert (found.looked, found.everybody, found.moved) == (2, False, 0)


def test_a_change_is_seen_in_pages_and_released_by_who_may(
    mia: Visitor, hire: Callable[..., str], visitor: Callable[[], Visitor], database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    assert "have not changed yet" in mia.see(CHANGES)
    three(database, now)
    perform(database, lambda session: ruled(session, now, 30))
    version = perform(database, lambda session: looked_at_all(session, now).version)
    monkeypatch.setattr("app.pages.turning.PAGE", 2)
    page = mia.see(CHANGES)
    assert "3 people would become warm" in page
    assert page.count('href="/people/') == 2
    onward = re.search(r'href="([^"]+)">More people', page)
    assert onward
    assert mia.see(unescape(onward[1])).count('href="/people/') == 1
    assert "The last change: waiting for your word" in mia.see(PAGE)
    max_ = visitor().sign_in(hire("max@us.example", Role.MANAGER))
    assert "Release all" not in max_.see(CHANGES)
    assert mia.send(CHANGES, f"{CHANGES}/{version}/keep").status_code == 303
    assert "after all" in mia.see(CHANGES)
    assert mia.send(CHANGES, f"{CHANGES}/{version}/release", pace="20").status_code == 303
    assert "20 an hour" in mia.see(CHANGES)
    mia.send(CHANGES, f"{CHANGES}/{version}/keep")
    assert "a colleague has decided meanwhile" in mia.see(CHANGES)
    assert mia.send(CHANGES, f"{CHANGES}/{version}/stop").status_code == 303
    assert "Release all" in mia.see(CHANGES)
    mia.send(CHANGES, f"{CHANGES}/{version}/stop")
    assert "nothing left to stop" in mia.see(CHANGES)
    mia.see(f"{CHANGES}?version=99", 404)
    mia.see(f"{CHANGES}?before=%00&points=nan&way=x")


@pytest.mark.parametrize("state", list(State))
def test_every_state_says_what_comes_next(state: State, now: datetime) -> None:
    shown = RulesChange(version=1, state=state, at=now, by="", people=2, looked=1, up=1, down=0)
    assert shown.title
    assert shown.says.endswith(".")
    assert shown.decidable == (state in (State.WAITING, State.KEPT))
