"""The account team, the rep, the manager and the desk in a real browser: each one's five minutes, by clicking."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from app.auth import passwords
from app.clock import now as present
from app.database import Database
from app.door import perform
from prospects import team
from prospects.member import Role
from tests.pages import conftest as office_people
from tests.pages.test_browser import DESK, PHONE, database_url, served, watch
from tests.routing import customers, office

pytestmark = pytest.mark.browser
__all__ = ["database_url", "served"]  # fixtures

PEOPLE = {
    "ann": ("Ann Arber", Role.REP),
    "eva": ("Eva Lind", Role.ACCOUNT_MANAGER),
    "max": ("Max Mayer", Role.MANAGER),
    "dana": ("Dana Roth", Role.DESK),
}


@pytest.fixture
def base(served: tuple[str, Database]) -> str:
    """The site, with a customer for Eva and a promise of Ann's that is late."""
    address, database = served
    at = present()

    def fill(session: Session) -> None:
        before = at - timedelta(days=3)
        people = [
            {"email": f"{key}@us.example", "name": name, "roles": [str(role)]}
            for key, (name, role) in PEOPLE.items()
        ]
        team.save(session, people, before)
        for each in team.members(session):
            passwords.keep(session, each.id, office_people.PASSWORD, at)
        rule = {"rules": [{"name": "all", "to": "person:ann@us.example"}]}
        office.rules(session, before, fallback="max@us.example", **rule)
        customers.won(session, at, "ida@won.example")
        customers.checked(session, before, "lea@late.example")

    perform(database, fill)
    return address


@contextmanager
def at_work(browser: Browser, base: str, who: str, *, phone: bool, js: bool) -> Iterator[Page]:
    """Somebody's browser, signed in on their own page; nothing may be complained of."""
    size = PHONE if phone else DESK
    context = browser.new_context(viewport=size, java_script_enabled=js)  # type: ignore[arg-type]
    page = context.new_page()
    complaints = watch(page)
    page.goto(f"{base}/login")
    page.get_by_label("E-mail").fill(f"{who}@us.example")
    page.get_by_label("Password", exact=True).fill(office_people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    yield page
    assert complaints == []
    context.close()


@pytest.mark.parametrize("js", [True, False], ids=["with javascript", "without"])
def test_a_customer_is_asked_about_answered_and_taken(
    base: str, browser: Browser, *, js: bool
) -> None:
    with (
        at_work(browser, base, "eva", phone=True, js=js) as eva,
        at_work(browser, base, "ann", phone=True, js=js) as ann,
    ):
        eva.get_by_role("link", name="Ida").click()
        expect(eva.get_by_text("the security paper")).to_be_visible()
        eva.get_by_label("What do you need to know?").fill("Which delivery day?")
        eva.get_by_role("button", name="Ask", exact=True).click()
        expect(eva.get_by_text("no answer yet")).to_be_visible()
        ann.goto(f"{base}/today")
        expect(ann.get_by_text("Which delivery day?")).to_be_visible()
        ann.get_by_role("link", name="Ida").first.click()
        ann.get_by_label("Your answer").fill("Thursday")
        ann.get_by_role("button", name="Answer").click()
        expect(ann.get_by_text("Answered.")).to_be_visible()
        eva.reload()
        expect(eva.get_by_text("Thursday")).to_be_visible()
        eva.get_by_role("button", name="Take this customer").click()
        expect(eva.get_by_text("Eva Lind looks after them.")).to_be_visible()


def test_a_late_promise_is_given_to_the_desk_and_its_row_is_gone(
    base: str, browser: Browser
) -> None:
    with (
        at_work(browser, base, "max", phone=False, js=True) as boss,
        at_work(browser, base, "dana", phone=True, js=True) as dana,
    ):
        expect(boss.get_by_role("heading", name="Promises overdue")).to_be_visible()
        boss.get_by_role("link", name="Give to the desk: Lea").click()
        boss.get_by_label("Why?").fill("Ann is at a fair")
        boss.get_by_role("button", name="Give to the desk: 1 lead").click()
        expect(boss.get_by_text("1 lead was given to the desk.").first).to_be_visible()
        expect(boss.get_by_role("heading", name="Promises overdue")).to_have_count(0)
        dana.reload()
        dana.get_by_role("link", name="Lea").click()
        dana.get_by_role("button", name="Take it").click()
        dana.get_by_label("Write it up").fill("Here is the paper.")
        dana.get_by_role("button", name="Hand it in").click()
        expect(dana.get_by_text("Here is the paper.")).to_be_visible()
