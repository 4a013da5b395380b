"""Naughty strings everywhere somebody outside may write, looked at in a real browser: none of them runs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app import clock
from app.auth.rows import PasswordRow
from app.database import open_database
from app.demo.linkedin import LinkedIn
from app.door import perform
from prospects import team
from prospects.ids import ProspectId, parse_id
from prospects.kinds import Kind
from prospects.member import Role
from prospects.rows import ProspectRow
from prospects.texts import replace_unstorable
from prospects.timeline import Fact, record
from tests.pages.conftest import PASSWORD
from tests.pages.test_hostile import OWN
from tests.support import serving
from tests.support.house import RITA, House
from tests.support.stores import SqliteStores
from tests.support.suites import suite
from webhooks.adapter import Came
from webhooks.importing import take

pytestmark = pytest.mark.browser

TRAP = """
window.caught = [];
document.addEventListener('securitypolicyviolation', e => caught.push(e.violatedDirective + ' ' + e.blockedURI));
for (const name of ['alert', 'confirm', 'prompt']) window[name] = said => caught.push(name + ' ' + said);
"""
IDA = "ida@firm.example"


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    found = [*OWN, *suite("04-blns/blns.json")]
    return [str(replace_unstorable(each)) for each in found if each.strip()]


@pytest.fixture
def served(
    sqlite_stores: SqliteStores, tmp_path: Path, naughty: list[str]
) -> Iterator[tuple[str, House]]:
    """A house full of them, on a loopback port; Rita has every role."""
    url = sqlite_stores.fresh()
    database = open_database(url)
    house = House(database, url, tmp_path)
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token") as linkedin:
        house.furnish(linkedin)
    items = [said_by(f"p{n}@firm.example", text) for n, text in enumerate(naughty)]
    perform(database, lambda session: brought_in(session, house, items))
    house.tell({"email": IDA, "name": OWN[0]})
    perform(database, lambda session: written_down(session, house, naughty))
    with serving.served(house.app) as address:
        yield address, house
    house.app.extensions["intake"].flush()
    database.close()


def brought_in(session: Session, house: House, items: list[dict[str, object]]) -> None:
    """As by a file, so that no flow mails any of them."""
    secret = house.settings.secret_key
    take(session, items, "site", clock.now(), came=Came.QUIETLY, secret=secret)


def said_by(email: str, text: str) -> dict[str, object]:
    texts = dict.fromkeys(("name", "company", "title", "form", "campaign"), text[:1000])
    return {"email": email, **texts, "fields": {text[:100] or "x": text}}


def written_down(session: Session, house: House, naughty: list[str]) -> None:
    """One history with all of them, a person whose every word is one, and Rita with every role."""
    now = clock.now()
    ida = ProspectId(parse_id(house.person(IDA)["id"]))  # type: ignore[arg-type]
    facts = [
        Fact(
            prospect_id=ida,
            kind=[Kind.FORM, Kind.PAGE_VIEW, Kind.NOTE, Kind.CHAT][turn % 4],
            happened_at=now - timedelta(minutes=turn),
            source="site",
            key=f"k{turn}",
            body=dict.fromkeys(("form", "page", "text", "topic", "message"), text),
        )
        for turn, text in enumerate(naughty)
    ]
    record(session, facts, now, ring=False)
    session.execute(update(ProspectRow).where(ProspectRow.id == ida).values(company=OWN[1]))
    team.save(
        session, [{"email": RITA, "name": OWN[0], "roles": [str(role) for role in Role]}], now
    )
    member = team.by_email(session, RITA)
    assert member
    hashed = generate_password_hash(PASSWORD)
    session.merge(PasswordRow(member_id=member.id, hash=hashed, changed_at=now))


def test_none_of_them_runs_on_any_page(
    served: tuple[str, House], browser: Browser, naughty: list[str]
) -> None:
    address, house = served
    page = browser.new_page()
    page.add_init_script(TRAP)
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(f"{address}/login")
    page.get_by_label("E-mail").fill(RITA)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    ida = house.person(IDA)["id"]
    (_, received) = house.admin.get("/deliveries?limit=2")["items"]
    seen = 0
    for start in ("/people", f"/people/{ida}", f"/received/{received['id']}", "/reports/sources"):
        seen += looked_through(page, f"{address}{start}")
    assert seen > len(naughty) / 50
    page.close()


def looked_through(page: Page, address: str) -> int:
    """Look at a page and all that follow it; the number of pages."""
    pages, following = 0, address
    while following and pages < 40:
        answer = page.goto(following, wait_until="domcontentloaded")
        assert answer
        assert answer.status == 200, following
        assert page.evaluate("caught") == [], following
        assert page.evaluate("document.querySelectorAll('main script, main [onerror]').length") == 0
        pages += 1
        on = page.locator(".pages a.btn").last
        following = on.evaluate("a => a.href") if on.count() else ""
    return pages
