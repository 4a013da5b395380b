"""The pages in a real browser: nothing refused by the policy, nobody shut out, no word lost."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy.orm import Session

from app.auth import passwords
from app.database import Database, open_database
from app.door import perform
from app.settings import read_settings
from app.web import create_app
from prospects import team
from prospects.member import Role
from tests.pages import conftest as office_people
from tests.pages.gallery import PAGES, blueprint
from tests.routing import office
from tests.support import serving
from tests.support.open_to_all import barriers
from tests.support.stores import SqliteStores

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
TARGET = 44
PARTS = 4
"""The gallery is long; each part is a test of its own, so that whoever is free takes one."""
NAME = "Dr. Ida Charlotte von Hohenfels-Waldburg"
PHONE_NUMBER = "+49 40 123456"
# What a finger must hit; a link inside a sentence may be as small as its words.
TARGETS = "button:not(.link), a.btn, summary, .choice, .pill, .nav__link, .input, .select, .area"


@pytest.fixture
def database_url(sqlite_stores: SqliteStores) -> Iterator[str]:
    """One database is enough here: the pages are the same on both."""
    url = sqlite_stores.fresh()
    yield url
    sqlite_stores.drop(url)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Database]]:
    """The site on a loopback port by the real clock, with its database."""
    database = open_database(database_url)
    settings = read_settings({"DATABASE_URL": database_url}, data=tmp_path / "data")
    site: Flask = create_app(settings, database=database)
    site.register_blueprint(blueprint)
    with serving.served(site) as address:
        yield address, database
    database.close()


@pytest.fixture
def lead(served: tuple[str, Database]) -> str:
    """The path of an offer that waits for Ann, by the real clock."""
    from app.clock import now as present

    _, database = served
    at = present()

    def arrive(session: Session) -> str:
        _hire(session, at)
        office.rules(session, at, fallback="ann@us.example")
        (ida,) = office.arrive(session, at, "ida@firm.example", name=NAME, phone=PHONE_NUMBER)
        office.look(session, at, ida)
        return str(office.ref(office.handoff(session, ida)))

    return f"/handoffs/{perform(database, arrive)}"


def _hire(session: Session, at: datetime) -> None:
    person = {"email": "ann@us.example", "name": "Ann Arber", "roles": [str(Role.REP)]}
    team.save(session, [person], at)
    member = team.by_email(session, "ann@us.example")
    assert member
    passwords.keep(session, member.id, office_people.PASSWORD, at)


def watch(page: Page) -> list[str]:
    """Everything the browser complains of: refused by policy, failed, thrown."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    return complaints


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label("E-mail").fill("ann@us.example")
    page.get_by_label("Password", exact=True).fill(office_people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_open_to_everybody_on_a_phone_and_fits_a_desk(
    served: tuple[str, Database], browser: Browser, part: int, request: pytest.FixtureRequest
) -> None:
    # The tokens are the same everywhere: a quarter of the pages wears nearly all of them.
    dark = part == 0 or request.config.getoption("--soak")
    context = browser.new_context(viewport=PHONE, has_touch=True)
    page = context.new_page()
    complaints = watch(page)
    wrong: dict[str, list[object]] = {}
    for name in sorted(PAGES)[part::PARTS]:
        page.goto(f"{served[0]}/gallery/{name}")
        wrong[name] = [*_on_a_phone(page), *(_in_the_dark(page) if dark else []), *_on_a_desk(page)]
    context.close()
    assert {name: said for name, said in wrong.items() if said} == {}
    assert [each for each in complaints if not _mail_picture(each)] == []


def _on_a_phone(page: Page) -> Iterator[object]:
    page.set_viewport_size(PHONE)
    yield from barriers(page)
    if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
        yield "wider than the phone"
    yield from _small_targets(page)


def _in_the_dark(page: Page) -> Iterator[object]:
    page.emulate_media(color_scheme="dark")
    yield from barriers(page, only_colours=True)
    page.emulate_media(color_scheme="light")


def _on_a_desk(page: Page) -> Iterator[object]:
    page.set_viewport_size(DESK)
    if page.evaluate("document.documentElement.scrollWidth") > DESK["width"]:
        yield "wider than the desk"


def _small_targets(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        TARGETS,
        """(all, least) => all
            .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(".unseen"))
            .filter((one) => one.getBoundingClientRect().height < least)
            .map((one) => one.outerHTML.slice(0, 120))""",
        TARGET - 0.5,
    )
    return [each for each in found if "unseen" not in each]


def _mail_picture(complaint: str) -> bool:
    """The gallery has no mail to show in its sandbox, and is told so."""
    return "404" in complaint or "frame-ancestors" in complaint


def test_the_whole_way_works_without_javascript(
    served: tuple[str, Database], lead: str, browser: Browser
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served[0])
    page.get_by_role("link", name="Ida").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_role("link", name="Call +49 40 123456")).to_be_visible()
    page.get_by_role("link", name="Say what you found").click()
    page.get_by_role("button", name="Save what you found").click()
    expect(page.get_by_text("Nothing you typed is lost")).to_be_visible()
    page.get_by_label("One thing they told you").fill("They need it by May.")
    page.get_by_role("button", name="Save what you found").click()
    expect(page.get_by_text("Nothing you typed is lost")).to_be_visible()
    page.locator("label", has_text="As marketing says").click()
    page.get_by_role("button", name="Save what you found").click()
    expect(page.get_by_text("Thank you. Marketing goes on from what you found.")).to_be_visible()
    context.close()


def accepted(page: Page, base: str, lead: str) -> str:
    sign_in(page, base)
    page.goto(f"{base}{lead}")
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("link", name="Say what you found").click()
    return page.url


def test_what_must_be_answered_is_on_the_first_screen(
    served: tuple[str, Database], lead: str, phone: Page
) -> None:
    phone.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    accepted(phone, served[0], lead)
    button = phone.get_by_role("button", name="Save what you found").bounding_box()
    fact = phone.get_by_label("One thing they told you").bounding_box()
    assert button
    assert fact
    assert fact["y"] + fact["height"] <= button["y"]
    assert button["y"] + button["height"] <= PHONE["height"]


def test_not_reached_takes_two_taps(served: tuple[str, Database], lead: str, phone: Page) -> None:
    accepted(phone, served[0], lead)
    phone.get_by_text("Not reached").tap()
    phone.get_by_role("button", name="Call").tap()
    expect(phone.get_by_text("The lead stays with you")).to_be_visible()


def test_a_note_and_a_call_back_take_two_taps_each_from_the_day(
    served: tuple[str, Database], lead: str, phone: Page
) -> None:
    accepted(phone, served[0], lead)
    phone.goto(f"{served[0]}/today")
    phone.get_by_role("link", name="Note on").tap()
    expect(phone.get_by_label("For the history")).to_be_focused()
    phone.keyboard.type("at the fair until Thursday")
    phone.get_by_role("button", name="Keep the note").tap()
    expect(phone.get_by_text("Noted.")).to_be_visible()
    expect(phone.get_by_role("heading", name="Today", level=1)).to_be_visible()
    phone.goto(f"{served[0]}{lead}")
    phone.get_by_text("Call them again later").tap()
    phone.get_by_role("button", name="In an hour").tap()
    expect(phone.get_by_text("Until then nobody asks what you found")).to_be_visible()
    expect(phone.get_by_role("heading", name="Call them: it is time")).to_be_visible()


def test_the_back_key_brings_every_word_back(
    served: tuple[str, Database], lead: str, phone: Page
) -> None:
    accepted(phone, served[0], lead)
    phone.get_by_label("One thing they told you").fill("Half a sentence")
    phone.get_by_text("Earlier").tap()
    phone.get_by_role("link", name="Brief").click()
    phone.go_back()
    expect(phone.get_by_label("One thing they told you")).to_have_value("Half a sentence")
    expect(phone.get_by_role("radio", name="Earlier")).to_be_checked()
    expect(phone.get_by_label("Which stage did you find?")).to_be_visible()


def test_a_dead_signal_loses_no_word(served: tuple[str, Database], lead: str, phone: Page) -> None:
    form = accepted(phone, served[0], lead)
    phone.context.set_offline(True)
    phone.get_by_label("One thing they told you").fill("Said in the lift")
    expect(phone.get_by_text("No signal")).to_be_visible()
    phone.get_by_role("button", name="Save what you found").tap()
    expect(phone.get_by_text("press again when you have signal")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_text("Draft kept.")).to_be_visible()
    phone.goto(served[0])
    phone.goto(form)
    expect(phone.get_by_label("One thing they told you")).to_have_value("Said in the lift")


def test_an_expired_sign_in_loses_no_word(
    served: tuple[str, Database], lead: str, phone: Page
) -> None:
    accepted(phone, served[0], lead)
    phone.get_by_label("One thing they told you").fill("Not this one")
    phone.context.clear_cookies(name="warmline")
    phone.get_by_role("button", name="Save what you found").tap()
    expect(phone.get_by_text("What you wrote is kept")).to_be_visible()
    phone.get_by_label("E-mail").fill("ann@us.example")
    phone.get_by_label("Password", exact=True).fill(office_people.PASSWORD)
    phone.get_by_role("button", name="Sign in").tap()
    expect(phone.get_by_label("One thing they told you")).to_have_value("Not this one")
    phone.locator("label", has_text="As marketing says").tap()
    phone.get_by_role("button", name="Save what you found").tap()
    phone.wait_for_url(re.compile("/handoffs/[^/]+/[^/]+$"))
    expect(phone.get_by_text("Not this one")).to_be_visible()
    left = phone.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('warmline:'))")
    assert left == []


def test_everything_can_be_done_from_the_keyboard(
    served: tuple[str, Database], lead: str, phone: Page
) -> None:
    phone.goto(f"{served[0]}/login")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Tab")
    phone.keyboard.type("ann@us.example")
    phone.keyboard.press("Tab")
    phone.keyboard.type(office_people.PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/today")
    _tab_to(phone, "Ida")
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("Lead for you")).to_be_visible()
    _tab_to(phone, "Take it")
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("It is yours")).to_be_visible()
    _tab_to(phone, "Say what you found")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="What did you find?")).to_be_visible()


def _tab_to(page: Page, name: str) -> None:
    on_it = """(name) => ["A", "BUTTON"].includes(document.activeElement.tagName)
        && document.activeElement.textContent.includes(name)"""
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate(on_it, name):
            return
    pytest.fail(f"no way to {name} by keyboard")


def test_the_day_keeps_itself_fresh(served: tuple[str, Database], lead: str, phone: Page) -> None:
    sign_in(phone, served[0])
    complaints = watch(phone)
    with phone.expect_response("**/today"):
        phone.evaluate("htmx.trigger('#today', 'every')")
    expect(phone.get_by_role("link", name="Ida")).to_be_visible()
    assert complaints == []
