"""Two taps set when to call again, and two taps and the words make a note."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.pages.calling import instant, times
from prospects.hours_written import parse_hours
from prospects.kinds import Kind
from prospects.member import Role
from prospects.public_holidays import holidays_of
from prospects.rows import ActivityRow
from routing.call_back_rows import CallBackRow
from routing.finding_rows import ContactAttemptRow
from tests.pages.conftest import Visitor
from tests.routing import office

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


@pytest.fixture
def rep(
    database: Database, now: datetime, hire: Callable[..., str], visitor: Callable[[], Visitor]
) -> Visitor:
    """Ann, in Berlin, who is offered a lead."""
    perform(database, lambda session: office.three_reps(session, now))
    return visitor().sign_in(hire("ann@us.example", Role.REP, name="Ann Arber"))


@pytest.fixture
def lead(rep: Visitor, database: Database, now: datetime) -> str:
    """The address of a lead she has taken."""
    ref = perform(database, lambda s: str(office.ref(office.offered(s, now))))
    assert rep.send("/today", f"/handoffs/{ref}/acceptance").status_code == 303
    return f"/handoffs/{ref}"


def test_the_times_are_the_reps_next_working_days() -> None:
    hours = parse_hours(
        {"mon-fri": ["09:00-17:00"]}, "Europe/Berlin", holidays=holidays_of(["DE"], "Europe/Berlin")
    )
    maundy_thursday = datetime(2026, 4, 2, 10, tzinfo=UTC)
    assert [words for _, words in times(maundy_thursday, BERLIN, hours)] == [
        "In an hour", "In four hours",
        "Tue 9:00", "Tue 14:00", "Wed 9:00", "Wed 14:00",
        "9 Apr 9:00", "9 Apr 14:00", "10 Apr 9:00", "10 Apr 14:00",
    ]  # fmt: skip
    assert instant("2026-04-07T14:00", maundy_thursday, BERLIN) == datetime(
        2026, 4, 7, 12, tzinfo=UTC
    )
    assert instant("nonsense", maundy_thursday, BERLIN) is None
    never = parse_hours({"mon-sun": []}, "UTC")
    assert len(times(maundy_thursday, BERLIN, never)) == 2


def test_two_taps_set_it_and_it_stands_on_top_when_it_is_due(
    rep: Visitor, lead: str, database: Database, site: Flask, now: datetime
) -> None:
    page = rep.see(lead)
    assert 'value="2026-03-05T14:00"' in page
    answer = rep.send(lead, f"{lead}/call-back", at="1h")
    assert answer.headers["Location"] == "/today"
    today = rep.see("/today")
    assert "Call them: it is time" in today
    assert "today 12:00" in today
    assert "Call them again" in rep.see(lead)
    rep.send(lead, f"{lead}/call-back", at="2026-03-05T14:00")
    today = rep.see("/today")
    assert "Call them: it is time" not in today
    assert "Thu 14:00" in today
    with reading(database) as session:
        due = select(CallBackRow.at).where(CallBackRow.ended_at.is_(None))
        assert session.execute(due).scalar_one() == datetime(2026, 3, 5, 13, tzinfo=UTC)
    rep.send(lead, f"{lead}/call-back/end")
    assert "Thu 14:00" not in rep.see("/today")


def test_with_a_tick_the_call_just_now_counts_as_a_try(
    rep: Visitor, lead: str, database: Database
) -> None:
    rep.send(lead, f"{lead}/call-back", other="2026-03-04T10:30", tried="1")
    assert "You tried" in rep.see(lead)
    rep.send(lead, f"{lead}/call-back", at="4h")
    with reading(database) as session:
        assert len(session.execute(select(ContactAttemptRow.id)).all()) == 1


@pytest.mark.parametrize("at", ["", "2026-01-01T10:00", "2027-01-01T10:00", "soon"])
def test_a_time_that_will_not_do_is_said_and_nothing_is_set(
    rep: Visitor, lead: str, at: str, database: Database
) -> None:
    rep.send(lead, f"{lead}/call-back", at=at, tried="1")
    assert "That time will not do" in rep.see(lead)
    with reading(database) as session:
        assert session.execute(select(CallBackRow)).first() is None
        assert session.execute(select(ContactAttemptRow)).first() is None


def test_a_note_is_written_from_the_day_and_leads_back_to_it(
    rep: Visitor, lead: str, database: Database
) -> None:
    assert f'href="{lead}/note"' in rep.see("/today")
    page = rep.see(f"{lead}/note")
    assert "autofocus" in page
    once = page.split('name="once" value="')[1].split('"')[0]
    for _ in range(2):
        sent = {"text": "she is at the fair", "once": once, "from": "today"}
        assert rep.send(f"{lead}/note", f"{lead}/note", **sent).headers["Location"] == "/today"

    def notes(session: Session) -> list[str]:
        kept = select(ActivityRow.body).where(ActivityRow.kind == Kind.NOTE)
        return [body["text"] for body in session.execute(kept).scalars()]

    with reading(database) as session:
        assert notes(session) == ["she is at the fair"]


def test_an_offer_has_no_note_and_no_call_before_it_is_taken(
    rep: Visitor, database: Database, now: datetime
) -> None:
    ref = perform(database, lambda s: str(office.ref(office.offered(s, now))))
    assert f"/handoffs/{ref}/note" not in rep.see("/today")
    assert rep.send("/today", f"/handoffs/{ref}/call-back", at="1h").status_code == 409


def test_a_rep_writes_with_a_copy_to_the_leads_own_address_once_there_is_a_host_for_it(
    rep: Visitor, lead: str, site: Flask
) -> None:
    assert 'href="mailto:ida%40firm.example"' in rep.see(lead)
    settings = site.extensions["settings"]
    site.extensions["settings"] = replace(settings, capture_domain="in.acme.example")
    page = rep.see(lead)
    handoff = lead.rpartition("/")[2].replace("-", "")
    assert f'href="mailto:ida%40firm.example?bcc=lead-{handoff}' in page
    assert "stands in the history" in page
