"""The set-up page tries the outside: mail, DNS and the way in are looked at by a job, an offer is taken."""

from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_network

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app.checkup import asking
from app.checkup.rows import CheckRow, Kind, State
from app.door import perform, reading
from prospects.member import Role
from prospects.rows import ProspectRow
from routing.rows import HandoffRow
from tests.pages.conftest import Installed, Office, Visitor
from tests.support.names import NameServer
from tests.support.ports import free_port
from tests.support.serving import serving
from tests.support.smtp import MailSink

Hire = Callable[..., str]
RECORDS = {
    "acme.example": ["v=spf1 mx ~all"],
    "s1._domainkey.acme.example": ["v=DKIM1; p=abc"],
    "_dmarc.acme.example": ["v=DMARC1; p=none"],
}


def state(here: Office, kind: Kind) -> str:
    with reading(here.database) as session:
        return asking.latest(session)[kind].state


def test_a_page_with_nothing_set_says_what_to_do_about_each_check(
    installed: Installed,
) -> None:
    here = installed()
    page = here.ada.see("/setup")
    assert "0 of 9 ready" in page
    for name in ("WARMLINE_SMTP_URL", "WARMLINE_MAIL_FROM", "WARMLINE_BASE_URL", "sources.yaml"):
        assert name in page
    assert "WARMLINE_MAIL_FROM" in here.ada.see("/setup/sender")
    for kind in ("mail", "sender", "site", "nonsense"):
        assert here.ada.send("/setup", f"/setup/checks/{kind}").status_code == 404


def test_a_test_mail_goes_to_who_asked_and_ticks_when_it_was_handed_over(
    installed: Installed, mail_sink: MailSink
) -> None:
    here = installed(smtp_url=mail_sink.url, mail_from="Acme <hello@acme.example>")
    here.ada.send("/setup", "/setup/checks/mail")
    assert "Being looked at since" in here.ada.see("/setup")
    assert mail_sink.all() == [], "nothing is sent in the request"
    here.work()
    assert "250 kept" in here.ada.see("/setup")
    (mail,) = mail_sink.to("ada@acme.example")
    assert mail["Subject"] == "A test mail from Warmline"
    assert state(here, Kind.MAIL) == State.PASSED


def test_a_refusal_is_shown_in_the_servers_words_and_a_new_look_may_tick(
    installed: Installed, mail_sink: MailSink
) -> None:
    here = installed(smtp_url=mail_sink.url, mail_from="hello@acme.example")
    mail_sink.answer = "554 not today"
    assert "554 not today" in here.look("mail")
    assert state(here, Kind.MAIL) == State.FAILED
    mail_sink.answer = "250 kept"
    assert "554 not today" not in here.look("mail")
    assert state(here, Kind.MAIL) == State.PASSED


def test_a_look_whose_worker_died_sends_no_second_mail(
    installed: Installed, mail_sink: MailSink, now: datetime
) -> None:
    here = installed(smtp_url=mail_sink.url, mail_from="hello@acme.example")
    here.ada.send("/setup", "/setup/checks/mail")

    def die(session) -> None:  # type: ignore[no-untyped-def]
        session.get(CheckRow, Kind.MAIL).state = State.UNDER_WAY

    perform(here.database, die)
    here.work()
    assert mail_sink.all() == []
    assert "It may have arrived" in here.ada.see("/setup")


def test_what_was_found_about_another_server_counts_for_nothing(
    installed: Installed, mail_sink: MailSink
) -> None:
    before = installed(smtp_url=mail_sink.url, mail_from="hello@acme.example")
    assert "250 kept" in before.look("mail")
    after = installed(smtp_url="smtp://127.0.0.1:9", mail_from="hello@acme.example")
    assert "250 kept" not in after.ada.see("/setup")


def test_dns_is_asked_by_the_job_and_the_page_shows_the_records_to_add(
    installed: Installed,
) -> None:
    with NameServer({"acme.example": ["hello"]}) as server:
        here = installed(mail_from="hello@acme.example", dns=server.address)
        here.ada.send("/setup", "/setup/checks/sender")
        assert server.asked == []
        here.work()
    page = here.ada.see("/setup/sender")
    assert "v=spf1 mx ~all" in page
    assert "_dmarc.acme.example" in page
    assert state(here, Kind.SENDER) == State.FAILED


def test_a_selector_is_kept_and_a_wrong_one_is_told(installed: Installed) -> None:
    named = {**RECORDS, "own7._domainkey.acme.example": ["v=DKIM1; p=abc"]}
    del named["s1._domainkey.acme.example"]
    with NameServer(named) as server:
        here = installed(mail_from="hello@acme.example", dns=server.address)
        wrong = here.ada.send("/setup/sender", "/setup/sender", selector="not a name")
        assert wrong.status_code == 422
        assert "not a name" in wrong.text
        here.ada.send("/setup/sender", "/setup/sender", selector="own7")
        here.work()
        assert state(here, Kind.SENDER) == State.PASSED
        here.look("sender")
        assert state(here, Kind.SENDER) == State.PASSED
    assert 'value="own7"' in here.ada.see("/setup/sender")


@pytest.fixture
def port() -> int:
    return free_port()


def test_a_site_in_the_clear_is_not_tried(installed: Installed) -> None:
    assert "https alone" in installed(base_url="http://warmline.acme.example").ada.see("/setup")


def test_our_own_request_proves_that_it_is_us(
    installed: Installed, port: int, now: datetime
) -> None:
    here = installed(base_url=f"http://127.0.0.1:{port}", egress_allow=(ip_network("127.0.0.0/8"),))
    other = installed(secret_key="o" * 40)
    here.ada.send("/setup", "/setup/checks/site")
    server = make_server("127.0.0.1", port, other.app, threaded=True)
    with serving(server):
        here.work()
        assert "not this Warmline" in str(_parts(here))
        server.app = here.app
        here.ada.send("/setup", "/setup/checks/site")
        here.work()
    assert "it is this Warmline" in str(_parts(here))
    assert state(here, Kind.SITE) == State.FAILED, "http is not enough, whoever answers"


def test_a_visit_by_the_public_address_ticks_though_our_own_request_fails(
    installed: Installed,
) -> None:
    here = installed(base_url="https://localhost")
    assert "no platform can post" in here.look("site")
    assert state(here, Kind.SITE) == State.PASSED


def _parts(here: Office) -> list[object]:
    with reading(here.database) as session:
        return asking.latest(session)[Kind.SITE].parts


def test_a_test_offer_goes_nowhere_and_ticks_when_it_is_taken(
    installed: Installed, mail_sink: MailSink, hire: Hire
) -> None:
    here = installed(smtp_url=mail_sink.url, mail_from="hello@acme.example")
    here.ada.see("/setup/offer", 404)
    answer = here.ada.send("/setup", "/setup/checks/offer")
    assert answer.headers["Location"] == "/setup/offer"
    page = here.ada.see("/setup/offer")
    assert "a test" in page
    assert "Tess Trial" in page
    other = Visitor(here.app.test_client()).sign_in(hire("mia@acme.example", Role.MARKETER))
    other.see("/setup/offer", 404)
    assert other.send("/setup", "/setup/offer/acceptance").status_code == 404
    here.work()
    here.work()
    assert [mail["Subject"] for mail in mail_sink.all()] == ["Test: a lead for you"]
    here.ada.send("/setup/offer", "/setup/offer/acceptance")
    assert "Somebody took one" in here.ada.see("/setup")
    with reading(here.database) as session:
        for row in (ProspectRow, HandoffRow):
            assert session.execute(select(func.count()).select_from(row)).scalar_one() == 0
