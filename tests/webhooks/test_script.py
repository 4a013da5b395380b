"""The script in a real browser: what it tells, what it keeps, and that it keeps still where it must."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from app.door import reading
from prospects.rows import ActivityRow, ProspectRow
from tests.support.serving import served
from tests.webhooks.support import Site

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the script does is the same on either database."""
PAGE = """<!doctype html><title>Pricing</title><script async src="{ours}/t.js" data-source="site"></script>
<form data-warmline="demo" onsubmit="return false"><input name="email" value="{email}">
<input name="pin" type="password" value="secret"><input name="file" type="file"><button>Send</button></form>
<form id="plain" action="{ours}/webhooks/site" onsubmit="return false" method="post"><input name="email"></form>"""


class Web:
    """Warmline at one address, and a page of its customer's at another, in one browser."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site, self.browser = site, browser
        # A page that stands on no real address may not ask for anything on this machine.
        self._open = ExitStack()
        self.ours, self.theirs = (
            self._open.enter_context(served(app)) for app in (site.app, self._page)
        )
        site.configure("site", kind="html_form", origins=[self.theirs])

    def close(self) -> None:
        self._open.close()

    def _page(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        email = "leo@suedwind.example" if "leo" in environ["PATH_INFO"] else "mia@nordwind.example"
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [PAGE.format(ours=self.ours, email=email).encode()]

    def open(self, page: Page, path: str, signals: int = 1) -> None:
        """Go there, and wait until the script has told so many signals."""
        before = len(self.site.deliveries())
        page.goto(f"{self.theirs}{path}")
        self.wait(page, before + signals)

    def wait(self, page: Page, deliveries: int) -> None:
        for _ in range(100):
            if len(self.site.deliveries()) >= deliveries:
                return
            page.wait_for_timeout(50)
        pytest.fail("the script told nothing")

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(each.body or b"{}") for each in self.site.deliveries()]

    def history(self) -> dict[str, list[str]]:
        self.site.read()
        with reading(self.site.database) as session:
            rows = session.execute(
                select(ProspectRow.email, ActivityRow.body)
                .join(ActivityRow, ActivityRow.prospect_id == ProspectRow.id)
                .order_by(ActivityRow.happened_at, ActivityRow.id)
            )
            found: dict[str, list[str]] = {}
            for email, body in rows:
                found.setdefault(email, []).append(body.get("page", "hello"))
            return found


@pytest.fixture
def web(site: Site, browser: Browser) -> Iterator[Web]:
    started = Web(site, browser)
    yield started
    started.close()


@ON_SQLITE
@pytest.mark.browser
def test_the_script_tells_what_it_may_and_keeps_what_it_may(web: Web) -> None:
    context = web.browser.new_context()
    page = context.new_page()
    web.open(page, "/pricing?utm_source=google&gclid=Abc&wl=passed-on")
    assert "wl=" not in page.url
    assert "gclid=Abc" in page.url
    assert context.cookies() == []
    page.evaluate("history.pushState({}, '', '/inside')")
    web.wait(page, 2)
    first = web.told()[0]["visitor"]
    assert [each["visitor"] for each in web.told()] == [first, first]

    page.evaluate("warmline('consent', true)")
    web.wait(page, 3)
    (cookie,) = context.cookies()
    assert (cookie["name"], cookie["value"]) == ("_wl", f"{first}.")
    assert web.told()[2]["pass"] == "passed-on"

    page.click("text=Send")
    web.wait(page, 4)
    assert web.told()[3]["fields"] == {"email": ["mia@nordwind.example"]}
    web.open(page, "/leo")
    page.click("text=Send")
    web.wait(page, 6)
    page.evaluate("document.querySelector('#plain').requestSubmit()")
    visitors = [each["visitor"] for each in web.told()]
    assert visitors[:5] == [first] * 5
    assert visitors[5] != first
    assert page.input_value("#plain [name=_visitor]") == visitors[5]
    assert web.history() == {
        "mia@nordwind.example": ["/pricing", "/inside", "hello", "/inside", "/leo"],
        "leo@suedwind.example": ["/leo"],
    }
    page.evaluate("warmline('consent', false)")
    assert context.cookies() == []
    context.close()


@ON_SQLITE
@pytest.mark.browser
def test_who_asks_not_to_be_followed_is_not_but_may_write(web: Web) -> None:
    context = web.browser.new_context()
    context.add_init_script(
        "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
    )
    page = context.new_page()
    page.goto(f"{web.theirs}/pricing")
    page.wait_for_function("typeof warmline === 'function'")
    page.evaluate("warmline('consent', true); warmline('custom', 'Seen', {})")
    page.click("text=Send")
    web.wait(page, 1)
    (told,) = web.told()
    assert told["type"] == "form"
    assert "visitor" not in told
    assert context.cookies() == []
    context.close()
