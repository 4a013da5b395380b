"""The pages of mail templates: previews in a sandbox, what is wrong, and held mails let go again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from nurture.rows import SendRow
from prospects import configuration
from prospects.ids import ProspectId
from prospects.member import Role
from prospects.message import MessageRow
from tests.pages.conftest import Visitor
from tests.pages.test_office import mail_to
from tests.routing import office

FAULT = "it cannot be made: 'first_name' is undefined"


@pytest.fixture
def mia(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("mia@us.example", Role.MARKETER, name="Mia Marker"))


@pytest.fixture
def ida(database: Database, now: datetime) -> ProspectId:
    (found,) = perform(
        database, lambda s: office.arrive(s, now, "ida@firm.example", name="Ida <b>Real</b>")
    )
    return found


def write(database: Database, now: datetime, slug: str = "hello", **mail: Any) -> None:
    body = {"subject": "Hi {{ first_name }}", "html": "<h1>Hi {{ name }}</h1><script>alert(1)</script>", **mail}  # fmt: skip
    perform(database, lambda s: configuration.write(s, "mail", slug, body, now, by="test"))


def test_an_empty_page_says_what_to_do(mia: Visitor) -> None:
    assert "No template yet" in mia.see("/mails/templates")
    mia.see("/mails/templates/nothing", 404)
    mia.see("/mails/templates/nothing/picture", 404)


def test_a_template_is_shown_as_a_sample_and_as_a_known_person_would_read_it(
    mia: Visitor, database: Database, now: datetime, ida: ProspectId
) -> None:
    write(database, now, text="Your {{ owner.name | default('team') }}")
    assert "Hi {{ first_name }}" in mia.see("/mails/templates")
    page = mia.see("/mails/templates/hello")
    assert "Hi Ida" in page
    assert "Ida Sample, made up" in page
    assert "Your Mia Marker" in page
    assert 'sandbox=""' in page
    known = mia.see("/mails/templates/hello?email=IDA@firm.example")
    assert "Ida &lt;b&gt;Real&lt;/b&gt;" in known
    picture = mia.client.get("/mails/templates/hello/picture?email=ida@firm.example")
    assert picture.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "Hi Ida &lt;b&gt;Real" in picture.text
    assert "Nobody with this address" in mia.see("/mails/templates/hello?email=no@firm.example")
    mia.see("/mails/templates/hello?email=%00%ED")


def test_what_is_wrong_is_said_instead(
    mia: Visitor, database: Database, now: datetime, ida: ProspectId
) -> None:
    write(database, now, html="{{ fields.budget }} {{ unsubscribe_url }}")
    page = mia.see("/mails/templates/hello?email=ida@firm.example")
    assert "It cannot be made for them" in page
    assert "budget" in page
    picture = mia.client.get("/mails/templates/hello/picture")
    assert picture.content_type.startswith("text/plain")


def hold(session: Session, ida: ProspectId, now: datetime, reason: str) -> str:
    url = mail_to(session, ida, now)
    row = session.execute(select(SendRow)).scalar_one()
    row.state, row.reason, row.html = "held", reason, None
    return url


@pytest.mark.parametrize("page", ["its own", "the template's"])
def test_a_mail_held_by_its_template_is_let_go_again(
    page: str, mia: Visitor, database: Database, now: datetime, ida: ProspectId
) -> None:
    write(database, now)
    url = perform(database, lambda s: hold(s, ida, now, FAULT))
    assert "1 held by a fault" in mia.see("/mails/templates")
    assert "1 mail is" in mia.see("/mails/templates/hello")
    assert "Let it go again" in mia.see(url)
    place = url if page == "its own" else "/mails/templates/hello"
    for _ in range(2):
        assert mia.send(place, f"{place}/release").status_code == 303
    with reading(database) as session:
        assert session.execute(select(SendRow.state)).scalar_one() == "planned"
        mail = select(MessageRow.ref).where(MessageRow.topic == "mail")
        assert len(session.execute(mail).scalars().all()) == 1
    assert "Let it go again" not in mia.see(url)


def test_a_mail_held_until_going_live_is_not_let_go_so(
    mia: Visitor, database: Database, now: datetime, ida: ProspectId
) -> None:
    write(database, now)
    url = perform(database, lambda s: hold(s, ida, now, "not_live"))
    assert "Let it go again" not in mia.see(url)
    mia.send(url, f"{url}/release")
    mia.send(url, "/mails/templates/hello/release")
    with reading(database) as session:
        assert session.execute(select(SendRow.state)).scalar_one() == "held"
