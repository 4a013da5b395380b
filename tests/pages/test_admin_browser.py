"""The pages of administrators in a real browser: fresh by themselves, copied by keyboard, whole without JavaScript."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from app import signs_of_life
from app.auth import passwords
from app.clock import now as present
from app.database import Database
from app.door import perform
from app.signs_of_life import Sign
from prospects import team
from prospects.member import Role
from prospects.topics import Queue
from tests.pages import conftest as office_people
from tests.pages.test_browser import DESK, PHONE, _tab_to, database_url, served, watch

pytestmark = pytest.mark.browser
__all__ = ["database_url", "served"]  # fixtures


@pytest.fixture
def base(served: tuple[str, Database]) -> str:
    """The site, with Olu who runs it and a worker that lives."""
    address, database = served
    at = present()

    def fill(session: Session) -> None:
        roles = [str(Role.ADMIN)]
        team.save(session, [{"email": "olu@us.example", "name": "Olu", "roles": roles}], at)
        olu = team.by_email(session, "olu@us.example")
        assert olu
        passwords.keep(session, olu.id, office_people.PASSWORD, at)
        signs_of_life.give(session, worker(4100))

    perform(database, fill)
    return address


def worker(pid: int) -> Sign:
    at = present()
    return Sign(
        host="box-7",
        folder="/srv",
        part="inside worker 1",
        queue=Queue.INSIDE,
        pid=pid,
        started_at=at,
        seen_at=at + timedelta(minutes=5),
    )


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label("E-mail").fill("olu@us.example")
    page.get_by_label("Password", exact=True).fill(office_people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/setup")


def test_a_killed_worker_is_seen_to_be_replaced_without_a_hand(
    base: str,
    served: tuple[str, Database],
    phone: Page,
) -> None:
    complaints = watch(phone)
    sign_in(phone, base)
    phone.goto(f"{base}/ops")
    expect(phone.get_by_text("process 4100")).to_be_visible()
    perform(served[1], lambda s: signs_of_life.first(s, worker(4200)))
    expect(phone.get_by_text("process 4200")).to_be_visible(timeout=10_000)
    expect(phone.get_by_text("from process 4100")).to_be_visible()
    assert complaints == []


def test_a_token_is_made_and_copied_from_the_keyboard(base: str, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    sign_in(page, base)
    page.goto(f"{base}/tokens")
    page.get_by_label("What is it for?").focus()
    page.keyboard.type("crm")
    page.keyboard.press("Tab")
    page.keyboard.type("Man")
    _tab_to(page, "Make the token")
    page.keyboard.press("Enter")
    shown = page.get_by_label("The token").input_value()
    assert shown.startswith("wl_")
    _tab_to(page, "Copy it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    context.close()


def test_somebody_is_invited_and_let_go_without_javascript(base: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, base)
    page.goto(f"{base}/team")
    page.get_by_label("E-mail", exact=True).fill("rita@us.example")
    page.get_by_label("Name", exact=True).fill("Rita Okoye")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("alert")).to_contain_text("A role is missing.")
    page.get_by_label("Rep", exact=True).check()
    page.get_by_role("button", name="Make a link").click()
    assert "/welcome/" in page.get_by_label("The link").input_value()
    expect(page.get_by_role("button", name="Copy it")).to_be_hidden()
    page.get_by_role("link", name="Rita Okoye").click()
    page.get_by_role("link", name="Deactivate").click()
    expect(page.get_by_text("No lead is in their hands.")).to_be_visible()
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("They have left")).to_be_visible()
    context.close()
