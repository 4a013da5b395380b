"""The set-up and the navigation in a real browser: checks tick by themselves, More opens without JavaScript."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from app.clock import now as present
from tests.pages.conftest import PASSWORD, Installed, Office
from tests.support import serving
from tests.support.smtp import MailSink
from tests.support.stores import SqliteStores

pytestmark = pytest.mark.browser

EMAIL = "ada@acme.example"


@pytest.fixture
def database_url(sqlite_stores: SqliteStores) -> Iterator[str]:
    """One database is enough here: the pages are the same on both."""
    url = sqlite_stores.fresh()
    yield url
    sqlite_stores.drop(url)


@pytest.fixture
def now() -> datetime:
    """The jobs go by the real clock, so the pages do too."""
    return present()


@pytest.fixture
def served(installed: Installed, mail_sink: MailSink) -> Iterator[tuple[str, Office]]:
    """The site on a loopback port."""
    office = installed(smtp_url=mail_sink.url, mail_from="hello@acme.example")
    with serving.served(office.app) as address:
        yield address, office


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/setup")


def test_a_check_ticks_by_itself_while_one_looks(served: tuple[str, Office], phone: Page) -> None:
    sign_in(phone, served[0])
    mail = phone.locator("#check-mail")
    mail.get_by_role("button", name="Send yourself a test mail").tap()
    expect(mail.get_by_text("Being looked at since")).to_be_visible()
    expect(mail.get_by_text("Mail sent: missing")).to_be_attached()
    served[1].work()
    expect(mail.get_by_text("Mail sent: ready")).to_be_attached()
    expect(mail.get_by_text("“250 kept”")).to_be_visible()


@pytest.mark.parametrize("width", [390, 800])
def test_what_does_not_fit_into_the_bar_is_reached_without_javascript(
    served: tuple[str, Office], browser: Browser, width: int
) -> None:
    viewport = {"width": width, "height": 844}
    context = browser.new_context(viewport=viewport, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(page, served[0])
    box = page.locator("html").bounding_box()
    assert box
    assert box["width"] <= width
    page.locator("details.menu--more > summary:visible").click()
    page.get_by_role("link", name="Mails").locator("visible=true").click()
    expect(page.get_by_role("heading", name="Mails")).to_be_visible()
    expect(page.locator("summary.nav__link--inside:visible")).to_be_visible()
    context.close()
