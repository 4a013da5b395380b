"""The list of people: searched and filtered, page by page, never reading more than a window of rows."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.pages import people_search, turning
from prospects import configuration, segments, team
from prospects.member import Role
from prospects.rows import ProspectRow
from tests.pages.conftest import Visitor
from tests.routing import office


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER))


def arrivals(session: Session, now: datetime, count: int) -> None:
    for n in range(count):
        office.arrive(session, now + timedelta(seconds=n), f"p{n}@firm.example", name=f"Person {n}x", warm=n % 2 == 0)  # fmt: skip


def names(page: str, count: int) -> list[int]:
    return [n for n in range(count) if f"Person {n}x" in page]


def test_people_are_filtered_by_where_they_stand(
    mia: Visitor, database: Database, now: datetime
) -> None:
    def fill(session: Session) -> str:
        arrivals(session, now, 4)
        source = {"kind": "generic_json", "token": "a-long-token"}
        configuration.write(session, "source", "test", source, now, by="test")
        mia_ = team.by_email(session, "mia@us.example")
        assert mia_
        third = update(ProspectRow).where(ProspectRow.email == "p2@firm.example")
        session.execute(third.values(owner_id=mia_.id, stage="evaluation", lifecycle="warm"))
        return str(mia_.id)

    owner = perform(database, fill)
    assert names(mia.see("/people"), 4) == [0, 1, 2, 3]
    assert names(mia.see("/people?warm=yes"), 4) == [0, 2]
    assert names(mia.see(f"/people?owner={owner}"), 4) == [2]
    assert names(mia.see("/people?stage=evaluation&lifecycle=warm&q=firm"), 4) == [2]
    assert names(mia.see("/people?source=site"), 4) == [0, 1, 2, 3]
    assert "Nobody like that" in mia.see("/people?source=other")
    assert names(mia.see("/people?q=P3@Firm.example"), 4) == [3]
    assert names(mia.see("/people?q=p3@firm"), 4) == [3]
    mia.see("/people?owner=nonsense&lifecycle=%00&warm=perhaps&source=%ED%A0%80")


def test_a_search_stops_after_its_window_and_goes_on_when_told(
    mia: Visitor, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform(database, lambda session: arrivals(session, now, 7))
    monkeypatch.setattr(people_search, "WINDOW", 3)
    page, seen = mia.see("/people?q=0X"), 1
    while "Look further back" in page:
        assert names(page, 7) == []
        page = mia.see(further(page))
        seen += 1
    assert names(page, 7) == [0]
    assert seen == 3


def test_turning_pages_shows_everybody_once(
    mia: Visitor, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform(database, lambda session: arrivals(session, now, 7))
    monkeypatch.setattr(turning, "PAGE", 2)
    monkeypatch.setattr(people_search, "WINDOW", 3)
    url, shown = "/people?q=person", list[int]()
    while url:
        page = mia.see(url)
        shown += names(page, 7)
        url = further(page)
    assert sorted(shown) == list(range(7))


def further(page: str) -> str:
    """Where the next page is; empty on the last one."""
    links = [each.split('"')[0] for each in page.split('href="')[1:]]
    return next((each.replace("&amp;", "&") for each in links if "before=" in each), "")


def test_people_are_filtered_by_a_segment_and_by_words_at_once(
    mia: Visitor, database: Database, now: datetime
) -> None:
    def fill(session: Session) -> None:
        arrivals(session, now, 6)
        condition = {"field": "email", "op": "in", "value": ["p1@firm.example", "p4@firm.example"]}
        segments.name(session, "chosen", "The chosen ones", condition, now, by="test")

    perform(database, fill)
    assert "The chosen ones" in mia.see("/people")
    assert names(mia.see("/people?segment=chosen"), 6) == [1, 4]
    assert names(mia.see("/people?segment=chosen&q=p4"), 6) == [4]
    assert names(mia.see("/people?segment=chosen&source=site&warm=yes"), 6) == [4]
    assert names(mia.see("/people?segment=nonsense"), 6) == list(range(6))
