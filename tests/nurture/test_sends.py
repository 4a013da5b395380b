"""Each mail leaves at most once, only if nothing forbids it at the last moment, and its fate is known or said to be not."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.database import Database
from app.door import perform, reading, unit_of_work
from app.jobs import mail
from app.jobs.drain import drain
from nurture import settling, switches, unsubscribing
from nurture.sending import AskAgain, Letter, Sent, delay
from nurture.templates import read_mail
from prospects import configuration, consents, erasure, outbox, team
from prospects.ids import new_id
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ConsentRow
from prospects.topics import Queue, Topic
from tests.nurture.mail_server import MailServer, Sink
from tests.nurture.post import SECRET, Post


@pytest.fixture
def post(database: Database, folder: Path) -> Iterator[Post]:
    with MailServer() as (url, sink):
        yield Post(database, folder, url, sink)
        mail.transport.cache_clear()


def test_a_planned_mail_is_rendered_handed_over_and_settled(post: Post) -> None:
    post.live()
    ref = post.planned()
    post.drain()
    send = post.send(ref)
    assert (send.state, send.transport, send.subject) == ("sent", "smtp", "Hello Ada")
    assert send.address == "ada@buyer.example"
    assert post.messages() == []
    (arrived,) = post.sink.mails
    assert arrived["Message-ID"] == send.message_id
    assert arrived["From"] == "Acme <hi@acme.example>"
    way = str(arrived["List-Unsubscribe"]).strip("<>")
    assert way.startswith("https://warm.example/u/")
    with reading(post.database) as session:
        asked = select(ActivityRow).where(ActivityRow.kind == Kind.MAIL_SENT)
        (fact,) = session.execute(asked).scalars()
    assert fact.body == {
        "send": str(ref.send_id),
        "flow": "f",
        "step": "hello",
        "template": "hello",
    }


def test_the_hand_over_is_written_down_before_the_first_byte(post: Post) -> None:
    post.live()
    ref = post.planned()
    letter = perform(post.database, lambda s: mail.prepare(s, str(ref), clock.now(), post.settings))
    assert isinstance(letter, Letter)
    assert post.send(ref).state == "handing_over"
    assert post.sink.raw == []


def test_a_new_workspace_mails_only_its_own_domain_until_go_live(post: Post) -> None:
    stranger, colleague = post.planned(), post.planned("max@acme.example")
    post.drain()
    assert (post.send(stranger).state, post.send(stranger).reason) == ("held", "not_live")
    assert post.send(colleague).state == "sent"
    post.live()
    post.drain()
    assert post.send(stranger).state == "sent"
    assert len(post.sink.raw) == 2


def test_a_colleague_at_a_free_mail_service_does_not_open_it_for_everybody(post: Post) -> None:
    with unit_of_work(post.database) as session:
        team.save(session, [{"email": "boss@gmail.com", "name": "Boss"}], clock.now())
    boss, stranger = post.planned("boss@gmail.com"), post.planned("someone@gmail.com")
    post.drain()
    assert post.send(boss).state == "sent"
    assert post.send(stranger).state == "held"


def test_stop_all_mail_takes_effect_on_the_next_lease(post: Post) -> None:
    post.live()
    ref = post.planned()
    perform(post.database, lambda s: switches.stop_all_mail(s, clock.now(), by="test"))
    post.drain()
    assert (post.send(ref).state, post.send(ref).reason) == ("held", "stopped")
    perform(post.database, lambda s: switches.resume_mail(s, clock.now(), by="test"))
    post.drain()
    assert post.send(ref).state == "sent"


def test_an_unsubscription_between_planning_and_hand_over_wins(post: Post) -> None:
    post.live()
    ref = post.planned()
    token = unsubscribing.token_of(SECRET, ref.prospect_id, "ada@buyer.example", "news")
    way = unsubscribing.way_out(SECRET, token)
    assert way is not None
    perform(post.database, lambda s: unsubscribing.unsubscribe(s, way, clock.now()))
    post.drain()
    assert (post.send(ref).state, post.send(ref).reason) == ("suppressed", "unsubscribed")
    assert post.sink.raw == []


def test_leaving_one_topic_leaves_the_others(post: Post) -> None:
    post.live()
    ref = post.planned()
    token = unsubscribing.token_of(SECRET, ref.prospect_id, "ada@buyer.example", "other")
    way = unsubscribing.way_out(SECRET, token)
    assert way is not None
    perform(post.database, lambda s: unsubscribing.unsubscribe(s, way, clock.now()))
    post.drain()
    assert post.send(ref).state == "sent"


def test_a_withdrawn_consent_stops_a_planned_mail(post: Post) -> None:
    post.live()
    ref = post.planned()
    with unit_of_work(post.database) as session:
        row = ConsentRow(prospect_id=ref.prospect_id, id=new_id(clock.now()), topic="news")
        row.given, row.at, row.source, row.key = False, clock.now(), "test", "1"
        session.add(row)
    post.drain()
    assert (post.send(ref).state, post.send(ref).reason) == ("suppressed", "withdrawn")


def test_an_erased_person_is_not_mailed_and_leaves_no_words(post: Post) -> None:
    post.live()
    sent, planned = post.planned(), post.planned("bob@buyer.example")
    drain(post.database, post.settings, Queue.OUTSIDE)
    again = post.planned("eve@buyer.example")
    for ref in (sent, planned, again):
        perform(
            post.database,
            lambda s, ref=ref: erasure.erase(s, ref.prospect_id, clock.now(), secret=SECRET),  # type: ignore[misc]
        )
    post.drain()
    assert post.send(again).state == "suppressed"
    old = post.send(sent)
    assert [old.subject, old.html, old.plain, old.address, old.sender] == [None] * 5
    assert old.state == "sent"


@pytest.mark.parametrize("trick", ["hang", "reset"])
def test_a_mail_of_unknown_fate_is_never_sent_again(
    post: Post, trick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.mail.DATA_SECONDS", 1.0)
    post.live()
    ref = post.planned()
    post.sink.script["DATA"] = [trick]
    transport = mail.SmtpServer(str(post.settings.smtp_url), data=1.0)
    monkeypatch.setattr("app.jobs.mail.transport", lambda _url: transport)
    post.drain()
    assert post.send(ref).state == "unknown"
    with unit_of_work(post.database) as session:
        outbox.post(session, Topic.MAIL, [ref], clock.now())
    post.drain()
    assert post.send(ref).state == "unknown"
    assert len(post.sink.raw) == 1
    monkeypatch.undo()


def test_a_worker_that_dies_in_the_hand_over_leaves_the_fate_unknown(post: Post) -> None:
    post.live()
    ref = post.planned()
    perform(post.database, lambda s: mail.prepare(s, str(ref), clock.now(), post.settings))
    call = perform(post.database, lambda s: mail.prepare(s, str(ref), clock.now(), post.settings))
    assert isinstance(call, AskAgain)
    post.lease_over(ref)
    post.drain()
    assert post.send(ref).state == "unknown"
    assert post.sink.raw == []
    assert post.messages() == []


def test_a_late_answer_of_a_worker_taken_for_dead_is_kept(post: Post) -> None:
    post.live()
    ref = post.planned()
    letter = perform(post.database, lambda s: mail.prepare(s, str(ref), clock.now(), post.settings))
    assert isinstance(letter, Letter)
    post.lease_over(ref)
    perform(post.database, lambda s: mail.prepare(s, str(ref), clock.now(), post.settings))
    perform(
        post.database, lambda s: settling.settle(s, letter, None, Sent("smtp", "250"), clock.now())
    )
    assert post.send(ref).state == "sent"


def test_a_mail_that_is_put_off_goes_later_with_the_same_message_id(post: Post) -> None:
    post.live()
    ref = post.planned()
    post.sink.script["RCPT"] = ["450 come back"]
    post.drain()
    waiting = post.send(ref)
    assert (waiting.state, waiting.reason, waiting.attempts) == ("planned", "put_off", 1)
    assert len(post.messages()) == 1
    post.lease_over(ref)
    post.drain()
    send = post.send(ref)
    assert (send.state, send.message_id) == ("sent", waiting.message_id)
    assert len(post.sink.raw) == 1


def test_what_is_put_off_waits_longer_each_time_and_two_days_in_all() -> None:
    waits = [delay(attempts) for attempts in range(1, settling.TRIES)]
    assert [wait / timedelta(minutes=1) for wait in waits[:5]] == [1, 4, 16, 64, 256]
    assert set(waits[5:]) == {timedelta(hours=6)}
    assert timedelta(days=1.5) < sum(waits, timedelta()) < timedelta(days=2)


def test_a_refused_mail_is_over(post: Post) -> None:
    post.live()
    ref = post.planned()
    post.sink.script["RCPT"] = ["550 no such user"]
    post.drain()
    assert post.send(ref).state == "refused"
    assert "550" in str(post.send(ref).answer)
    assert post.messages() == []


@pytest.mark.parametrize(
    ("said", "barred"),
    [
        ("550 5.1.1 <ada@buyer.example> user unknown", True),
        ("550 5.7.1 <ada@buyer.example> rejected as spam", False),
        ("550 Helo command rejected: Host not found", False),
        ("550 Host unknown", False),
    ],
)
def test_only_a_refusal_that_says_the_mailbox_is_none_bars_the_address(
    post: Post, said: str, barred: bool
) -> None:
    post.live()
    post.sink.script["RCPT"] = [said]
    ref = post.planned()
    post.drain()
    with reading(post.database) as session:
        who = {ref.prospect_id: "ada@buyer.example"}
        found = consents.barred(session, who, "news", secret=SECRET)
    assert found == ({ref.prospect_id: "bounced"} if barred else {})


def test_a_mail_that_cannot_be_made_waits_for_its_author(post: Post) -> None:
    post.live()
    with unit_of_work(post.database) as session:
        broken = read_mail("---\nsubject: Hi\n---\n{{ fields.size }}")
        configuration.write(session, "mail", "hello", broken, clock.now(), by="test")
    ref = post.planned()
    post.drain()
    send = post.send(ref)
    assert send.state == "held"
    assert "size" in str(send.reason)


def test_a_mail_without_an_address_or_a_template_says_so(post: Post) -> None:
    post.live()
    with unit_of_work(post.database) as session:
        configuration.remove(session, "mail", "hello")
    ref = post.planned()
    post.drain()
    assert (post.send(ref).state, post.send(ref).reason) == ("held", "there is no mail hello")


def test_without_a_mail_server_mail_goes_to_the_outbox(database: Database, folder: Path) -> None:
    quiet = Post(database, folder, None, Sink())
    quiet.live()
    ref = quiet.planned()
    quiet.drain()
    send = quiet.send(ref)
    assert (send.state, send.transport) == ("sent", "outbox")
    assert "Hi Ada Lovelace" in str(send.html)
    assert "Hi Ada Lovelace" in str(send.plain)


def test_a_hand_over_waits_for_an_unsubscription_that_is_being_committed(post: Post) -> None:
    post.live()
    ref = post.planned()
    token = unsubscribing.token_of(SECRET, ref.prospect_id, "ada@buyer.example", "news")
    way = unsubscribing.way_out(SECRET, token)
    assert way is not None
    worker = threading.Thread(target=post.drain)
    with unit_of_work(post.database) as session:
        unsubscribing.unsubscribe(session, way, clock.now())
        session.flush()
        worker.start()
        worker.join(0.3)
        assert worker.is_alive()
    worker.join()
    assert post.send(ref).state == "suppressed"
    assert post.sink.raw == []


def test_an_unsubscription_waits_for_a_hand_over_that_is_being_committed(post: Post) -> None:
    post.live()
    ref = post.planned()
    token = unsubscribing.token_of(SECRET, ref.prospect_id, "ada@buyer.example", "news")
    way = unsubscribing.way_out(SECRET, token)
    assert way is not None
    done: list[str] = []

    def leave() -> None:
        perform(post.database, lambda s: unsubscribing.unsubscribe(s, way, clock.now()))
        done.append("left")

    buyer = threading.Thread(target=leave)
    with unit_of_work(post.database) as session:
        mail.prepare(session, str(ref), clock.now(), post.settings)
        session.flush()
        buyer.start()
        buyer.join(0.3)
        assert done == []
    buyer.join()
    assert done == ["left"]
    assert post.send(ref).state == "handing_over"


def test_eight_workers_hand_each_mail_over_once(post: Post) -> None:
    post.live()
    refs = [post.planned(f"q{turn}@buyer.example") for turn in range(24)]
    with unit_of_work(post.database) as session:
        for _ in range(3):
            outbox.post(session, Topic.MAIL, refs, clock.now())
    threads = [threading.Thread(target=post.drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    post.lease_over(refs[0])
    post.drain()
    assert sorted(post.sink.recipients) == sorted(f"q{turn}@buyer.example" for turn in range(24))
    assert {post.send(ref).state for ref in refs} == {"sent"}
