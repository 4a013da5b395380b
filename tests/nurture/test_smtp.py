"""A mail is handed over to a real server, and every way that can go wrong gets its right name."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.letters import Content, Headers, pack
from app.mail import Outbox, Parcel, SmtpServer
from nurture.headers import HeaderError
from nurture.sending import PutBack, Refused, Sent, Unknown
from tests.nurture.mail_server import MailServer, Sink

AT = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
URL = "https://warm.example/u/" + "t" * 220
EVIL = [
    "Hi\r\nBcc: evil@x.example",
    "Hi\nBcc: evil@x.example",
    "Hi\rBcc: evil@x.example",
    "=?utf-8?q?Hi=0ABcc:_evil@x.example?=",
    "=?utf-8?q?Hi=0D=0ABcc:_evil@x.example?=",
    "=?UTF-8?B?SGkKQmNjOiBldmlsQHgudGVzdA==?=",
    "Hi\x00",
    "Hi\u2028Bcc: x",
]


@pytest.fixture
def server() -> Iterator[tuple[str, Sink]]:
    with MailServer() as found:
        yield found


def parcel(subject: str = "Grüße", **more: str | None) -> Parcel:
    sender = more.pop("sender", None) or "Ann Ö <ann@acme.example>"
    content = Content(subject=subject, text="Hello\n.hidden dot\n", html="<p>Grüße</p>")
    return pack(
        content,
        Headers(
            sender=sender,
            recipient=more.get("recipient") or "ada@buyer.example",
            message_id="<1.2@acme.example>",
            at=AT,
            reply_to=more.get("reply_to"),
            unsubscribe_url=URL,
        ),
    )


def test_a_mail_arrives_whole_with_both_ways_out(server: tuple[str, Sink]) -> None:
    url, sink = server
    answer = SmtpServer(url).hand_over(parcel(reply_to="help@acme.example"))
    assert isinstance(answer, Sent)
    (mail,) = sink.mails
    assert mail["Subject"] == "Grüße"
    assert mail["From"] == "Ann Ö <ann@acme.example>"
    assert mail["Reply-To"] == "help@acme.example"
    assert mail["Message-ID"] == "<1.2@acme.example>"
    assert mail["List-Unsubscribe"] == f"<{URL}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"List-Unsubscribe: <{URL}>".encode() in sink.raw[0]
    parts = [part.get_content() for part in mail.iter_parts()]  # type: ignore[attr-defined]
    assert ".hidden dot" in parts[0]
    assert "Grüße" in parts[1]
    assert sink.recipients == ["ada@buyer.example"]


@pytest.mark.parametrize("text", EVIL)
def test_no_header_can_be_added_by_a_value(text: str) -> None:
    for field in ("subject", "sender", "reply_to", "recipient"):
        value = text if field == "subject" else f"{text} <a@b.example>"
        with pytest.raises(HeaderError):
            parcel(**{field: value})


def test_many_mails_use_one_connection(server: tuple[str, Sink]) -> None:
    url, sink = server
    way = SmtpServer(url)
    assert all(isinstance(way.hand_over(parcel()), Sent) for _ in range(5))
    assert (len(sink.raw), sink.connections) == (5, 1)


def test_a_connection_that_went_stale_is_replaced_and_the_mail_goes_once(
    server: tuple[str, Sink],
) -> None:
    url, sink = server
    way = SmtpServer(url)
    way.hand_over(parcel())
    connection = way._idle.queue[0]
    assert connection.sock is not None
    connection.sock.shutdown(socket.SHUT_RDWR)
    assert isinstance(way.hand_over(parcel()), Sent)
    assert (len(sink.raw), sink.connections) == (2, 2)


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        ("RCPT", "450 greylisted, come back", PutBack),
        ("RCPT", "550 no such user", Refused),
        ("RCPT", "530 sign in first", PutBack),
        ("DATA", "451 later", PutBack),
        ("DATA", "554 spam", Refused),
    ],
)
def test_a_no_is_for_now_or_for_ever(
    server: tuple[str, Sink], command: str, answer: str, expected: type
) -> None:
    url, sink = server
    sink.script[command] = [answer]
    assert isinstance(SmtpServer(url).hand_over(parcel()), expected)
    assert sink.raw == []


@pytest.mark.parametrize("trick", ["hang", "reset"])
def test_a_mail_that_was_taken_without_an_answer_has_an_unknown_fate(
    server: tuple[str, Sink], trick: str
) -> None:
    url, sink = server
    sink.script["DATA"] = [trick]
    assert isinstance(SmtpServer(url, data=1.0).hand_over(parcel()), Unknown)
    assert len(sink.raw) == 1


def test_a_server_that_is_not_there_puts_the_mail_back() -> None:
    assert isinstance(SmtpServer("smtp://127.0.0.1:1").hand_over(parcel()), PutBack)


def test_no_password_is_sent_in_the_clear_to_another_machine(
    server: tuple[str, Sink], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, sink = server
    monkeypatch.setattr("app.mail._is_loopback", lambda _host: False)
    answer = SmtpServer(url.replace("//", "//user:secret@")).hand_over(parcel())
    assert answer == PutBack("no TLS is offered, so no password is sent")
    assert sink.raw == []


def test_the_outbox_takes_everything() -> None:
    assert Outbox().hand_over(parcel()) == Sent("outbox", "")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=300))
def test_every_subject_arrives_as_it_was_written(text: str) -> None:
    try:
        content = parcel(f"x{text}x").content
    except HeaderError:
        return
    arrived = message_from_bytes(content, policy=default)
    assert arrived["Subject"] == f"x{text}x"
    assert [name for name in arrived if name.lower() == "bcc"] == []
