"""The pages of marketing and administration: people, what was received, mails, the set-up."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from nurture.rows import EnrollmentRow, FlowVersionRow, SendRow
from nurture.switches import Switch, switched_on
from prospects.ids import ProspectId, new_id
from prospects.member import Role
from prospects.message import MessageRow
from prospects.store import table_of
from tests.pages.conftest import PASSWORD, Visitor
from tests.routing import office
from webhooks.rows import CaptureRow, DeliveryRow

Visitors = Callable[[], Visitor]
Hire = Callable[..., str]


@pytest.fixture
def admin(hire: Hire, visitor: Visitors) -> Visitor:
    return visitor().sign_in(hire("ada@us.example", Role.ADMIN, name="Ada"))


@pytest.fixture
def ida(database: Database, now: datetime) -> ProspectId:
    """Somebody who sent a form."""
    (found,) = perform(
        database, lambda s: office.arrive(s, now, "ida@firm.example", phone="+49 40 1")
    )
    return found


def deliver(database: Database, now: datetime, body: bytes, **changes: object) -> UUID:
    row = {
        "id": new_id(now),
        "source": "site",
        "state": "ingested",
        "received_at": now,
        "sha256": "0" * 64,
        "bytes": len(body),
        "headers": {},
        "body": body,
    }
    perform(database, lambda s: s.execute(insert(table_of(DeliveryRow)), [{**row, **changes}]))
    return row["id"]  # type: ignore[return-value]


def test_empty_pages_say_what_to_do(admin: Visitor) -> None:
    assert "Nobody yet" in admin.see("/people")
    assert "Nothing has arrived yet" in admin.see("/received")
    assert "No mail yet" in admin.see("/outbox")


def test_people_are_found_by_name_and_nobody_by_nonsense(admin: Visitor, ida: ProspectId) -> None:
    assert f"/people/{ida}" in admin.see("/people?q=iDa")
    assert "Nobody like that" in admin.see("/people?q=%25")
    assert "Nobody like that" in admin.see("/people?stage=decision")
    admin.see("/people?q=%00%ED%A0%80&before=nonsense")


def test_a_person_is_shown_in_three_voices(
    admin: Visitor, ida: ProspectId, database: Database, now: datetime
) -> None:
    perform(database, lambda s: office.act(s, now, ida))
    page = admin.see(f"/people/{ida}")
    for voice in ("Marketing says", "The rep found", "In their own words"):
        assert voice in page
    assert "Sent the form: demo" in page
    assert "ida@firm.example" in page


def test_a_rep_sees_a_person_who_is_theirs_and_reaches_them_only_after_accepting(
    hire: Hire, visitor: Visitors, ida: ProspectId, database: Database, now: datetime
) -> None:
    ann = visitor().sign_in(hire("ann@us.example", Role.REP))
    ann.see(f"/people/{ida}", 404)
    perform(database, lambda s: office.look(s, now, ida))
    page = ann.see(f"/people/{ida}")
    assert "ida@firm.example" not in page
    assert "+49" not in page
    ann.see("/people", 403)


def test_a_delivery_is_shown_as_it_arrived_and_read_again(
    admin: Visitor, database: Database, now: datetime
) -> None:
    body = json.dumps({"name": "</pre><script>alert(1)</script>"}).encode() + b"\x00\xff"
    delivery = deliver(database, now, body, state="unreadable", reason="no JSON")
    assert "unreadable" in admin.see("/received")
    page = admin.see(f"/received/{delivery}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "no JSON" in page
    done = admin.send(f"/received/{delivery}", f"/received/{delivery}/replay")
    assert done.status_code == 303
    with reading(database) as session:
        topics = session.execute(select(MessageRow.topic)).scalars().all()
        assert "ingest" in topics
    admin.see(f"/received/{new_id(now)}", 404)


def test_what_a_delivery_was_understood_as_leads_to_the_person(
    admin: Visitor, database: Database, now: datetime, ida: ProspectId
) -> None:
    delivery = deliver(database, now, b"{}")
    capture = {
        "id": new_id(now),
        "delivery_id": delivery,
        "n": 0,
        "source": "site",
        "space": "lead",
    }
    fate = {"key": "lead-7", "state": "recorded", "prospect_id": ida}
    perform(database, lambda s: s.execute(insert(table_of(CaptureRow)), [{**capture, **fate}]))
    page = admin.see(f"/received/{delivery}")
    assert f"/people/{ida}" in page
    assert "Read it again" not in page


def mail_to(session: Session, ida: ProspectId, now: datetime) -> str:
    flow = {"flow": "hello", "version": 1, "definition": {}, "published_at": now}
    session.add(FlowVersionRow(**flow, entering_since=now))
    session.flush()
    entry = {"flow": "hello", "version": 1, "state": "active", "entry": "x", "entered_at": now}
    place = {"step": "hi", "visit": 1, "visits": {}, "since": now, "known": []}
    enrollment = EnrollmentRow(prospect_id=ida, id=new_id(now), **entry, **place)
    session.add(enrollment)
    session.flush()
    send = SendRow(
        prospect_id=ida,
        id=new_id(now),
        enrollment_id=enrollment.id,
        flow="hello",
        step="hi",
        visit=1,
        template="hello",
        topic="news",
        state="sent",
        transport="outbox",
        planned_at=now,
        subject="Hi <Ida>",
        html="<h1>Hi</h1><script>alert(1)</script>",
        plain="Hi",
    )
    session.add(send)
    session.flush()
    return f"/outbox/{ida}/{send.id}"


def test_a_mail_is_shown_in_a_sandbox(
    admin: Visitor, database: Database, now: datetime, ida: ProspectId
) -> None:
    url = perform(database, lambda s: mail_to(s, ida, now))
    assert "Hi &lt;Ida&gt;" in admin.see("/outbox")
    page = admin.see(url)
    assert 'sandbox=""' in page
    assert "kept here" in page
    picture = admin.client.get(f"{url}/picture")
    assert picture.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "hello" in admin.see(f"/people/{ida}")


def test_going_live_and_stopping_ask_first_and_need_the_role(
    admin: Visitor, hire: Hire, visitor: Visitors, database: Database
) -> None:
    assert "Rehearsal" in admin.see("/setup")
    assert "every prospect" in admin.see("/setup/mail/live")
    admin.send("/setup/mail/live", "/setup/mail/live")
    assert "Live: flows write" in admin.see("/setup")
    marketer = visitor().sign_in(hire("mia@us.example", Role.MARKETER))
    assert marketer.send("/setup", "/setup/mail/stop").status_code == 303
    with reading(database) as session:
        assert switched_on(session) == {Switch.LIVE, Switch.MAIL_STOPPED}
    assert marketer.send("/setup", "/setup/mail/resume").status_code == 403
    admin.send("/setup", "/setup/mail/resume")
    with reading(database) as session:
        assert switched_on(session) == {Switch.LIVE}
    admin.see("/setup/mail/nonsense", 404)


def test_an_invitation_is_a_link_that_lets_somebody_in(admin: Visitor, visitor: Visitors) -> None:
    wrong = admin.send("/setup", "/setup/invitation", email="nonsense", role="rep")
    assert wrong.status_code == 422
    assert 'value="nonsense"' in wrong.text
    page = admin.send("/setup", "/setup/invitation", email="Rita@us.example", role="rep").text
    path = "/welcome/" + page.split("/welcome/")[1].split('"')[0]
    guest = visitor()
    guest.send(path, path, name="Rita", password=PASSWORD)
    guest.see("/today")


def test_checks_tick_when_things_are_there(
    admin: Visitor, hire: Hire, database: Database, now: datetime
) -> None:
    assert "0 of 9 ready" in admin.see("/setup")
    hire("ann@us.example", Role.REP)
    perform(database, lambda s: office.rules(s, now, fallback="ada@us.example"))
    assert "2 of 9 ready" in admin.see("/setup")
