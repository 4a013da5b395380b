"""In passing: an offer is put off for a while, a quick note is kept once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.pages.asides import later
from prospects.member import Role
from tests.pages import test_rep as reps
from tests.pages.conftest import Visitor
from tests.pages.test_rep import Hire, Visitors, accept

# Ann, and an offer that waits for her.
rep, lead = reps.rep, reps.lead


def put_off(rep: Visitor, lead: str, until: str) -> int:
    return int(rep.send(lead, f"{lead}/snooze", until=until).status_code)


def test_an_offer_is_put_off_once_and_stays_to_be_taken(
    rep: Visitor,
    lead: str,
) -> None:
    assert "Not now" in rep.see(lead)
    assert put_off(rep, lead, "someday") == 400
    assert put_off(rep, lead, "morning") == 303
    assert "You are asked again tomorrow 09:00" in rep.see("/today")
    again = rep.send(lead, f"{lead}/snooze", until="1h")
    assert again.status_code == 409
    assert "put this lead off once already" in again.text
    accept(rep, lead)
    assert "Not now" not in rep.see(lead)


def test_the_same_note_sent_twice_is_one_note(rep: Visitor, lead: str) -> None:
    accept(rep, lead)
    fields = {"text": "Likes <b>blue</b>", "once": "01900000-0000-7000-8000-000000000001"}
    for _ in range(2):
        assert rep.send(lead, f"{lead}/note", **fields).status_code == 303
    assert rep.send(lead, f"{lead}/note", text="  ").status_code == 303
    history = rep.see(f"/people/{lead.split('/')[2]}")
    assert history.count('<p class="quote soft" dir="auto">Likes &lt;b&gt;blue&lt;/b&gt;</p>') == 1


def test_nobody_puts_off_or_writes_on_a_foreign_lead(
    rep: Visitor,
    lead: str,
    hire: Hire,
    visitor: Visitors,
) -> None:
    stranger = visitor().sign_in(hire("bob@us.example", Role.REP))
    assert stranger.send("/you", f"{lead}/snooze", until="1h").status_code == 404
    assert stranger.send("/you", f"{lead}/note", text="x").status_code == 404


def test_tomorrow_morning_is_where_the_rep_is() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    late = datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    assert later("morning", late, berlin) == datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
