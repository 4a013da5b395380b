"""What comes back by mail, from the door or the mailbox to the send, the history and who is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.door import perform, reading
from app.jobs.drain import drain
from app.pages.sentences import sentence
from prospects import team
from prospects.ids import ProspectId
from prospects.mail_names import message_id
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots
from prospects.topics import Queue
from routing.answers import WHO_NOW
from routing.compose import history
from routing.rows import NoticeRow
from routing.write_up_rows import WriteUpRow
from tests.webhooks.mail_services import form
from tests.webhooks.mailbox_server import MailboxServer
from tests.webhooks.support import SECRET_KEY, Site
from tests.webhooks.test_feedback import barred, kinds, mailed, post, somebody, state, work
from tests.webhooks.test_inbound import complaint, failed, mail, returned
from webhooks import asking, health

INBOUND = {"kind": "sendgrid_inbound", "token": "a-secret-last-part"}


def comes(site: Site, *mails: bytes) -> None:
    for each in mails:
        assert post(site, "in/a-secret-last-part", form({"email": each})) == 200
    work(site)


def test_a_mail_that_came_back_is_bounced_once_and_its_address_barred(site: Site) -> None:
    who = somebody(site)
    site.configure("in", **INBOUND)
    ref = mailed(site, who)
    raw = returned(failed(), original=message_id(ref.name, "acme.example"))
    comes(site, raw, raw)
    assert state(site, ref)[0] == "bounced"
    assert barred(site) == {who: "bounced"}
    assert kinds(site) == ["bounced", "form"]


def test_a_complaint_without_an_address_bars_the_one_the_mail_went_to(site: Site) -> None:
    who = somebody(site)
    site.configure("in", **INBOUND)
    ref = mailed(site, who)
    comes(site, complaint(message_id(ref.name, "acme.example")))
    assert (state(site, ref)[0], barred(site)) == ("complained", {who: "complained"})


def test_whoever_names_an_address_that_we_did_not_mail_lately_bars_nobody(site: Site) -> None:
    who = somebody(site)
    site.configure("in", **INBOUND)
    ref = mailed(site, who, ago=timedelta(days=40))
    now = clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000")
    forged = returned(failed(), original="<somebody@else.example>")
    comes(site, forged.replace(b"MIME-Version", f"Date: {now}\nMIME-Version".encode(), 1))
    assert (state(site, ref)[0], barred(site)) == ("sent", {})
    (told,) = [each for each in site.activities() if each.kind == "bounced"]
    assert told.body["unproved"] is True


def test_an_answer_stands_in_the_history_and_is_told_apart_from_a_colleagues(site: Site) -> None:
    who = somebody(site)
    site.configure("in", **INBOUND)
    ref = mailed(site, who)
    perform(
        site.database,
        lambda s: team.save(s, [{"email": "rita@acme.example", "name": "Rita"}], clock.now()),
    )
    name = message_id(ref.name, "acme.example")
    comes(site, mail("Yes, please.", In_Reply_To=name))
    comes(
        site,
        mail("Noted", From="rita@acme.example", Message_ID="<2@acme.example>", In_Reply_To=name),
    )
    comes(site, mail("Hello?", From="stranger@x.example", Message_ID="<3@x.example>"))
    (answered,) = [each for each in site.activities() if each.kind == "reply"]
    assert (answered.prospect_id, answered.body["text"]) == (who, "Yes, please.")
    assert site.states()[-2:] == ["quarantined", "quarantined"]
    assert len(site.people()) == 1


def test_an_answer_known_by_its_address_alone_says_so_and_waits_for_one_that_names_our_mail(
    site: Site,
) -> None:
    who = somebody(site)
    site.configure("in", **INBOUND)
    ref = mailed(site, who)
    comes(site, mail("It is me.", Message_ID="<2@buyer.example>"))
    (alone,) = [each for each in site.activities() if each.kind == "reply"]
    assert (alone.prospect_id, alone.body["unproved"]) == (who, True)
    name = message_id(ref.name, "acme.example")
    comes(site, mail("Yes.", Message_ID="<3@buyer.example>", References=name))
    proved = [each for each in site.activities() if each.body.get("text") == "Yes."]
    assert ["unproved" in each.body for each in proved] == [False]


def known(site: Site, who: ProspectId, *people: dict[str, Any]) -> None:
    """Colleagues, the first of whom Ada belongs to."""

    def write(session: Any) -> None:
        team.save(session, list(people), clock.now())
        row = session.get_one(ProspectRow, who)
        row.owner_id = team.by_email(session, people[0]["email"]).id

    perform(site.database, write)


def test_whoever_they_belong_to_is_told_once_that_they_answered(site: Site) -> None:
    who = somebody(site)
    known(site, who, {"email": "rita@acme.example", "name": "Rita", "roles": ["rep"]})
    site.configure("in", **INBOUND)
    comes(site, mail("Yes.", Date=""), mail("Yes.", Date=""))
    drain(site.database, site.settings, Queue.OUTSIDE)
    with reading(site.database) as session:
        notices = select(NoticeRow).where(NoticeRow.kind == "answered")
        (notice,) = session.execute(notices).scalars()
        assert notice.state == "sent"


def test_the_desk_is_asked_who_comes_after_somebody_who_has_left(site: Site) -> None:
    who = somebody(site)
    known(site, who, {"email": "dan@acme.example", "name": "Dan", "roles": ["desk"]})
    site.configure("in", **INBOUND)
    gone = mail(
        "Ada no longer works here, write to bo@buyer.example", Subject="Automatic reply: Hello"
    )
    comes(site, gone, gone)
    with reading(site.database) as session:
        (asked,) = session.execute(select(WriteUpRow)).scalars()
        assert (asked.what, asked.state) == (WHO_NOW, "asked")
        assert "bo@buyer.example" in (asked.note or "")
        assert not list(session.execute(select(NoticeRow)).scalars())


def test_a_mailboxs_own_answer_says_in_history_and_brief_when_they_are_back(site: Site) -> None:
    who = somebody(site)
    site.configure("in", **INBOUND)
    back = (clock.now() + timedelta(days=5)).date().isoformat()
    comes(site, mail(f"I am away until {back}.", Subject="Automatic reply: Hello", Date=""))
    with reading(site.database) as session:
        (seen,) = snapshots(session, [session.get_one(ProspectRow, who)], clock.now())
    told = f"Their mailbox says that they are away until {back}"
    assert told in [sentence(each, reps={}, stages={}) for each in seen.activities]
    assert history(seen.activities)[0]["text"] == told


@pytest.fixture
def server() -> Iterator[MailboxServer]:
    running = MailboxServer([mail("First"), mail("Second", Message_ID="<2@buyer.example>")])
    yield running
    running.close()


def look(site: Site, *, later: timedelta = timedelta(0)) -> None:
    def plan(session: Any) -> None:
        asking.hasten(session, clock.now())
        asking.plan(session, clock.now() + later, secret=SECRET_KEY)

    perform(site.database, plan)
    drain(site.database, site.settings, Queue.OUTSIDE)
    work(site)


def test_a_mailbox_is_read_once_and_goes_on_where_it_was(site: Site, server: MailboxServer) -> None:
    somebody(site)
    site.configure("box", kind="imap", mailbox=server.url)
    look(site)
    assert [each.body["text"] for each in site.activities() if each.kind == "reply"] == [
        "First",
        "Second",
    ]
    server.mails.append(mail("Third", Message_ID="<3@buyer.example>"))
    look(site)
    look(site)
    assert kinds(site) == ["form", "reply", "reply", "reply"]
    assert len(site.deliveries()) == 4
    asked = [each for each in server.said if "FETCH" in each]
    assert len(asked) == 3
    assert all("PEEK" in each for each in asked)
    assert not any(each.startswith("SELECT") for each in server.said)


def test_a_mailbox_that_refuses_us_is_said_at_its_source_and_asked_again(
    site: Site, server: MailboxServer
) -> None:
    server.password = "another"
    site.configure("box", kind="imap", mailbox=server.url)
    look(site)
    with reading(site.database) as session:
        assert (
            health.of(session, ["box"])["box"].trouble
            == "the mailbox refuses the name or the password"
        )
        assert not list(session.execute(select(MessageRow)).scalars())
    server.password = "right"
    look(site)
    assert len(site.deliveries()) == 2
