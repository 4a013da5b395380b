"""Every form of every page takes naughty strings in every field: kept, or given back as typed, and never more than text."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app import clock
from app.auth.rows import PasswordRow
from app.database import open_database
from app.demo.linkedin import LinkedIn
from app.door import perform
from prospects import team
from prospects.member import Role
from tests.pages.conftest import PASSWORD, Visitor
from tests.pages.test_hostile import OWN, harmless
from tests.support.house import RITA, House, filled
from tests.support.stores import SqliteStores
from tests.support.suites import suite

MOST_PAGES = 400
MOST_ALIKE = 4
"""Pages looked at that differ in nothing but whose they are."""
ENDS = ("/logout", "/logout/everywhere", "/login")
"""Forms that end the visit."""
KNOWN = (200, 302, 303, 400, 403, 404, 409, 413, 422, 429)
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass
class Form:
    """A form as it stands on a page: where it goes, what is in its fields, which of them people see
    and how much each holds."""

    page: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    shown: dict[str, int] = field(default_factory=dict)
    values: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, ...]:
        return (ID.sub("ID", self.action.partition("?")[0]), *sorted(self.fields))


class Page(HTMLParser):
    """Its forms that are posted, and where its links lead."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(here.get("href", ""))
        if tag == "form" and here.get("method", "").lower() == "post":
            self._form = Form(self.path, here.get("action") or self.path)
            self.forms.append(self._form)
        if self._form is None or not (name := here.get("name")):
            return
        kind = here.get("type", "text")
        if tag == "textarea" or (tag == "input" and kind not in ("checkbox", "radio", "submit")):
            self._form.fields[name] = here.get("value", "")
            self._form.values.append((name, here.get("value", "")))
            self._form.typed += [name] if name != "csrf_token" else []
            if kind not in ("hidden", "password", "file") and "readonly" not in here:
                self._form.shown[name] = int(here.get("maxlength") or 1_000_000)
            self._area = name if tag == "textarea" else ""
        elif tag in ("input", "select", "button"):
            self._form.fields.setdefault(name, here.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._form and self._area:
            self._form.fields[self._area] += data
            self._form.values.append((self._area, self._form.fields[self._area]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "form":
            self._form = None


@pytest.fixture(scope="module")
def rita(
    sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """Somebody with every role, signed in to a house with one of everything."""
    url = sqlite_stores.fresh()
    database = open_database(url)
    house = House(database, url, tmp_path_factory.mktemp("house"))
    with LinkedIn(secret="a-client-secret-of-some-length", access_token="a-token") as linkedin:
        house.furnish(linkedin)
    filled(house, house.colleague(Role.REP, RITA))

    def promote(session: Session) -> None:
        now = clock.now()
        team.save(session, [{"email": RITA, "roles": [str(role) for role in Role]}], now)
        member = team.by_email(session, RITA)
        assert member
        hashed = generate_password_hash(PASSWORD)
        session.merge(PasswordRow(member_id=member.id, hash=hashed, changed_at=now))

    perform(database, promote)
    yield Visitor(house.app.test_client()).sign_in(RITA)
    house.app.extensions["intake"].flush()
    database.close()


@pytest.fixture(scope="module")
def forms(rita: Visitor) -> list[Form]:
    """One of each form that can be reached from the first page."""
    found: dict[tuple[str, ...], Form] = {}
    waiting, seen = ["/", "/you", "/today", "/people", "/setup"], Counter[str]()
    while waiting and seen.total() < MOST_PAGES:
        path = waiting.pop(0)
        alike = ID.sub("ID", path)
        if path in seen or seen[alike] == MOST_ALIKE:
            continue
        seen.update({path, alike})
        page = read(rita.client, path)
        for form in page.forms:
            found.setdefault(form.key, form)
        waiting += [link for link in page.links if link.startswith("/") and link[:2] != "//"]
    return [each for each in found.values() if each.action not in ENDS]


def read(client: FlaskClient, path: str) -> Page:
    page = Page(path)
    answer = client.get(path, follow_redirects=True)
    if answer.mimetype == "text/html":
        page.feed(answer.text)
    return page


def test_forms_are_found(forms: list[Form]) -> None:
    assert len(forms) > 25, [form.action for form in forms]
    assert sum(len(form.typed) for form in forms) > 40


def test_naughty_strings_in_every_field_are_taken_or_given_back_as_typed(
    rita: Visitor, forms: list[Form], request: pytest.FixtureRequest
) -> None:
    naughty = [*OWN, *suite("04-blns/blns.json")]
    step = 1 if request.config.getoption("--soak") else 120
    given_back = 0
    every = [(form, name) for form in forms for name in form.typed]
    for turn, (form, name) in enumerate(every):
        for text in naughty[turn % step :: step]:
            given_back += sent(rita, form, name, text)
    assert given_back > 10


def sent(rita: Visitor, form: Form, name: str, text: str) -> bool:
    """Whether the form came back, with this text in this field as it was typed."""
    answer = rita.client.post(form.action, data={**form.fields, name: text})
    assert answer.status_code in KNOWN, (form.action, name, text, answer.status_code)
    if answer.mimetype != "text/html":
        return False
    harmless(answer.text)
    page = Page(form.action)
    page.feed(answer.text)
    again = next((f for f in page.forms if f.key == form.key), None)
    if again is None or answer.status_code != 422 or len(text) > again.shown.get(name, -1):
        return False
    kept = {lines(value) for one, value in again.values if one == name}
    assert lines(text) in kept, (form.action, name, text, kept)
    return True


def lines(text: str) -> str:
    """A browser sends line ends of its own, and leaves the first one of a text area out."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n").strip()
