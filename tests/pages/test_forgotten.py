"""Forgotten passwords and invitations: who is mailed what, what a link opens, and what nobody learns."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from app.auth import links
from app.auth.rows import LinkRow, Purpose, WayInRow
from app.door import perform, reading
from app.jobs.way_in import State
from prospects import team
from prospects.member import Role
from prospects.message import MessageRow
from tests.pages.conftest import PASSWORD, Installed, Office, Visitor
from tests.support.smtp import MailSink

Hire = Callable[..., str]
ANOTHER = "a lantern in the orchard"
SITE = "https://warmline.acme.example"


@pytest.fixture
def here(installed: Installed, mail_sink: MailSink) -> Office:
    """An installation that can mail."""
    found = installed(smtp_url=mail_sink.url, mail_from="hello@acme.example")
    # What the workers are told; the pages of the tests are asked in the clear.
    found.settings = replace(found.settings, base_url=SITE)
    return found


def guest(here: Office) -> Visitor:
    return Visitor(here.app.test_client())


def forget(here: Office, email: str) -> str:
    answer = guest(here).send("/forgot", "/forgot", email=email)
    assert answer.status_code == 200
    here.work()
    return re.sub(r'value="[^"]*"', "", answer.text)


def link_in(mail: EmailMessage) -> str:
    found = re.search(rf"{SITE}(/\S+)", mail.get_content())
    assert found
    return found[1]


def test_everybody_gets_the_same_answer_and_only_a_colleague_gets_a_mail(
    here: Office, mail_sink: MailSink, hire: Hire, now: datetime
) -> None:
    hire("kim@acme.example", Role.REP)
    gone = hire("left@acme.example", Role.REP)
    perform(here.database, lambda s: team.save(s, [{"email": gone, "active": False}], now))
    asked = ["KIM@acme.example", "nobody@acme.example", gone, "no address", "\0", ""]
    assert len({forget(here, email) for email in asked}) == 1
    assert [mail["To"] for mail in mail_sink.all()] == ["kim@acme.example"]
    with reading(here.database) as session:
        assert session.execute(select(MessageRow)).first() is None
        assert len(session.execute(select(WayInRow)).all()) == 1


def test_the_link_works_once_and_ends_every_sign_in(
    here: Office, mail_sink: MailSink, hire: Hire
) -> None:
    kim = hire("kim@acme.example", Role.REP)
    elsewhere = guest(here).sign_in(kim)
    forget(here, kim)
    path = link_in(mail_sink.to(kim)[0])
    somebody = guest(here)
    assert kim in somebody.see(path)
    weak = somebody.send(path, path, password="too short")
    assert weak.status_code == 422
    assert somebody.send(path, path, password=ANOTHER).headers["Location"] == "/login"
    assert elsewhere.client.get("/you").status_code == 302
    somebody.see(path, 410)
    assert somebody.send("/login", path, password=ANOTHER).status_code == 410
    guest(here).sign_in(kim, ANOTHER)
    refused = guest(here).send("/login", "/login", email=kim, password=PASSWORD)
    assert refused.status_code == 401
    here.work()
    assert "was changed" in mail_sink.to(kim)[1]["Subject"]


def test_a_link_ends_after_an_hour_with_a_newer_one_and_with_its_colleague(
    here: Office, hire: Hire, now: datetime
) -> None:
    kim = hire("kim@acme.example", Role.REP)

    def fresh() -> str:
        def make(session) -> str:  # type: ignore[no-untyped-def]
            member = team.by_email(session, kim)
            assert member
            return links.reset(session, member.id, now)

        return perform(here.database, make)

    old, new = fresh(), fresh()
    guest(here).see(f"/reset/{old}", 410)
    guest(here).see(f"/reset/{new}")
    guest(here).see(f"/welcome/{new}", 410)
    with reading(here.database) as session, pytest.raises(links.SpentLinkError):
        links.look(session, new, now + timedelta(hours=1), purpose=Purpose.RESET)
    perform(here.database, lambda s: team.save(s, [{"email": kim, "active": False}], now))
    guest(here).see(f"/reset/{new}", 410)


def test_the_host_of_a_request_decides_no_link(
    here: Office, mail_sink: MailSink, hire: Hire
) -> None:
    kim = hire("kim@acme.example", Role.REP)
    here.app.config["SERVER_NAME"] = "evil.example"
    assert "localhost" not in guest(here).client.get("/login").request.url
    forget(here, kim)
    ada = guest(here).sign_in("ada@acme.example")
    ada.send("/setup", "/setup/invitation", email="new@acme.example", role="rep")
    shown = ada.send("/setup", "/setup/invitation", email="by@acme.example", role="rep", how="link")
    assert "http://127.0.0.1:8080/welcome/" in shown.text
    assert "evil.example" not in shown.text
    here.work()
    assert len(mail_sink.all()) == 2
    assert not any("evil" in mail.get_content() for mail in mail_sink.all())


def test_asking_over_and_over_is_slowed_down_without_telling_who_is_known(
    here: Office, mail_sink: MailSink, hire: Hire
) -> None:
    kim = hire("kim@acme.example", Role.REP)
    for _ in range(5):
        forget(here, kim)
    assert len(mail_sink.to(kim)) == 3
    for n in range(5):
        forget(here, f"{n}@acme.example")
    assert guest(here).send("/forgot", "/forgot", email=kim).status_code == 429


def test_a_killed_worker_mails_no_second_link(
    here: Office, mail_sink: MailSink, hire: Hire
) -> None:
    kim = hire("kim@acme.example", Role.REP)
    guest(here).send("/forgot", "/forgot", email=kim)
    perform(here.database, lambda s: s.execute(update(WayInRow).values(state=State.HANDING_OVER)))
    here.work()
    assert mail_sink.all() == []


def test_no_link_is_kept_anywhere_but_as_a_hash(
    here: Office, mail_sink: MailSink, hire: Hire
) -> None:
    kim = hire("kim@acme.example", Role.REP)
    forget(here, kim)
    token = link_in(mail_sink.to(kim)[0]).rpartition("/")[2]
    with reading(here.database) as session:
        rows = [
            vars(row)
            for each in (LinkRow, WayInRow)
            for row in session.execute(select(each)).scalars()
        ]
    assert rows
    assert token not in str(rows)


def test_without_a_mail_server_an_administrator_sees_it_and_hands_a_link_on(
    installed: Installed,
    hire: Hire,
) -> None:
    here = installed()
    kim = hire("kim@acme.example", Role.REP)
    assert "no mail server" in guest(here).see("/forgot")
    assert "administrators now see" in forget(here, kim)
    page = here.ada.see("/setup")
    assert "forgot their password" in page
    url = re.findall(r'action="(/setup/colleagues/[^"]+/link)"', page)[-1]
    shown = here.ada.send("/setup", url).text
    path = re.search(r"http://127.0.0.1:8080(/reset/[^<\x22]+)", shown)
    assert path
    assert guest(here).send(path[1], path[1], password=ANOTHER).status_code == 303
    guest(here).sign_in(kim, ANOTHER)


def test_an_invitation_by_mail_lets_in_and_can_be_sent_again(
    here: Office, mail_sink: MailSink
) -> None:
    answer = here.ada.send("/setup", "/setup/invitation", email="Rita@acme.example", role="rep")
    assert answer.status_code == 303
    assert "invitation on its way" in here.ada.see("/setup")
    here.work()
    page = here.ada.see("/setup")
    assert ">invited<" in page
    (again,) = re.findall(r'action="(/setup/colleagues/[^"]+/invitation)"', page)
    here.ada.send("/setup", again)
    here.work()
    first, second = mail_sink.to("rita@acme.example")
    assert "Ada invites you" in first.get_content()
    guest(here).see(link_in(first), 410)
    path = link_in(second)
    joined = guest(here)
    joined.send(path, path, name="Rita", password=PASSWORD)
    joined.see("/today")
    assert (
        re.findall(r'action="(/setup/colleagues/[^"]+/invitation)"', here.ada.see("/setup")) == []
    )


def test_an_invitation_that_was_not_taken_or_ran_out_is_shown_with_what_to_do(
    here: Office, mail_sink: MailSink, now: datetime
) -> None:
    mail_sink.answer = "550 no such user"
    here.ada.send("/setup", "/setup/invitation", email="rita@acme.example", role="rep")
    here.work()
    page = here.ada.see("/setup")
    assert "550 no such user" in page
    assert "Send again" in page
    mail_sink.answer = "250 kept"
    (again,) = re.findall(r'action="(/setup/colleagues/[^"]+/invitation)"', page)
    here.ada.send("/setup", again)
    here.work()
    past = {"expires_at": now - timedelta(minutes=1)}
    perform(here.database, lambda s: s.execute(update(LinkRow).values(**past)))
    assert "invitation ran out" in here.ada.see("/setup")


def test_who_changes_their_password_is_told_so(
    here: Office, mail_sink: MailSink, hire: Hire
) -> None:
    kim = hire("kim@acme.example", Role.REP)
    inside = guest(here).sign_in(kim)
    assert (
        inside.send("/you", "/you/password", current=PASSWORD, password=ANOTHER).status_code == 303
    )
    here.work()
    (mail,) = mail_sink.to(kim)
    assert "was changed" in mail["Subject"]
