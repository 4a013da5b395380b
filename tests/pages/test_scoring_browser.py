"""Other points are tried in a real browser: by every change with JavaScript, by a button without."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from app.auth import passwords
from app.clock import now as present
from app.database import Database
from app.door import perform
from prospects import team
from prospects.member import Role
from tests.pages import conftest as office_people
from tests.pages.test_account_browser import at_work
from tests.pages.test_browser import database_url, served
from tests.pages.test_scoring import three

pytestmark = pytest.mark.browser
__all__ = ["database_url", "served"]  # fixtures


@pytest.fixture
def base(served: tuple[str, Database]) -> str:
    """The site, with three people below the warm line, and Mia."""
    address, database = served
    at = present()

    def hire(session: Session) -> None:
        roles = [str(Role.MARKETER)]
        team.save(session, [{"email": "mia@us.example", "name": "Mia", "roles": roles}], at)
        mia = team.by_email(session, "mia@us.example")
        assert mia
        passwords.keep(session, mia.id, office_people.PASSWORD, at)

    perform(database, hire)
    three(database, at)
    return address


@pytest.mark.parametrize("js", [True, False], ids=["with javascript", "without"])
def test_what_other_points_would_change_stands_beside_them_before_they_are_saved(
    base: str, browser: Browser, *, js: bool
) -> None:
    with at_work(browser, base, "mia", phone=not js, js=js) as mia:
        mia.goto(f"{base}/scoring")
        ahead = mia.get_by_role("region", name="What it would change")
        expect(ahead.get_by_text("Nothing was changed yet.")).to_be_visible()
        for points, crossing in (("39", "3 would become warm"), ("41", "0 would become warm")):
            mia.get_by_label("Warm from").fill(points)
            if js:
                mia.keyboard.press("Tab")
            else:
                mia.get_by_role("button", name="Look what it changes").first.click()
            expect(ahead.get_by_text(crossing)).to_be_visible()
        ahead.get_by_role("button", name="Save these points").click()
        expect(mia.get_by_role("heading", name="Changed rules")).to_be_visible()
        mia.goto(f"{base}/scoring")
        expect(mia.get_by_label("Warm from")).to_have_value("41")
