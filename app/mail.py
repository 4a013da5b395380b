"""Hands one finished mail to an SMTP server, or to the outbox page when none is configured."""

import contextlib
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from queue import Empty, LifoQueue
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPServerDisconnected
from typing import Protocol
from urllib.parse import unquote, urlsplit

from nurture.sending import Answer, PutBack, Refused, Sent, Unknown

STEP_SECONDS = 5.0
DATA_SECONDS = 15.0
"""How long the server may think about a mail it has been given; scanners take their time."""
OVERALL_SECONDS = 20.0
"""A hand-over ends well within its lease of 25 s."""
ASKS_FOR_SIGN_IN = frozenset({530, 534, 535, 538})
"""5xx answers that speak of us, not of the mail (RFC 4954): they must not end it."""

_LINE_START_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One mail in the form it travels in: envelope addresses in ASCII, and bytes with CRLF."""

    sender: str
    recipient: str
    content: bytes


class Transport(Protocol):
    """A way out for mail; every failure is an answer, nothing is raised."""

    def hand_over(self, parcel: Parcel) -> Answer:
        """What became of the mail."""


class Outbox:
    """Where mail goes that goes nowhere: it stays readable on the outbox page."""

    def hand_over(self, parcel: Parcel) -> Answer:
        """Sent, as far as it ever will be."""
        return Sent("outbox", "")


class SmtpServer:
    """A server at `smtp://user:password@host:port` (STARTTLS if offered) or `smtps://` (TLS at once).

    Connections are kept and used again, each by one thread at a time.
    """

    def __init__(self, url: str, *, step: float = STEP_SECONDS, data: float = DATA_SECONDS) -> None:
        self._at = urlsplit(url)
        self._step, self._data = step, data
        self._idle: LifoQueue[SMTP] = LifoQueue()

    def hand_over(self, parcel: Parcel) -> Answer:
        """What became of the mail.

        Unknown once the mail itself was on its way and no answer came; put back for everything
        that failed before, or that the server asks to be tried again (4xx); refused for 5xx.
        """
        deadline = time.monotonic() + OVERALL_SECONDS
        try:
            connection = self._opened(parcel)
        except _TurnedAwayError as turned_away:
            return turned_away.answer
        except (SMTPException, OSError, ValueError) as error:
            # Nothing of the mail has left yet. The kind is enough: texts may quote addresses.
            return PutBack(type(error).__name__)
        patience = max(1.0, min(self._data, deadline - time.monotonic()))
        answer = _deliver(connection, parcel.content, patience)
        if isinstance(answer, Sent):
            self._idle.put(connection)
        else:
            connection.close()
        return answer

    def trouble(self) -> str | None:
        """Why the server would not take a mail of ours, asked without one; None if it would."""
        try:
            connection = self._connect()
        except _TurnedAwayError as turned_away:
            return str(getattr(turned_away.answer, "reason", turned_away.answer))
        except (SMTPException, OSError, ValueError) as error:
            return getattr(error, "strerror", None) or type(error).__name__
        with contextlib.suppress(SMTPException, OSError):
            connection.quit()
        return None

    def close(self) -> None:
        """End the idle connections."""
        while (connection := self._idle_one()) is not None:
            connection.close()

    def _opened(self, parcel: Parcel) -> SMTP:
        """A connection on which the server has taken the envelope."""
        connection = self._idle_one()
        if connection is not None:
            try:
                _envelope(connection, parcel)
            except (SMTPServerDisconnected, OSError):
                # It went stale while it was idle, and nothing was given to it: use a fresh one.
                connection.close()
            else:
                return connection
        connection = self._connect()
        try:
            _envelope(connection, parcel)
        except BaseException:
            connection.close()
            raise
        return connection

    def _idle_one(self) -> SMTP | None:
        try:
            return self._idle.get_nowait()
        except Empty:
            return None

    def _connect(self) -> SMTP:
        host, port = self._at.hostname or "localhost", self._at.port
        context = _tls(host, strict=self._at.username is not None)
        if self._at.scheme == "smtps":
            strict = _tls(host, strict=True)
            connection: SMTP = SMTP_SSL(host, port or 465, timeout=self._step, context=strict)
        else:
            connection = SMTP(host, port or 25, timeout=self._step)
        try:
            connection.ehlo_or_helo_if_needed()
            if self._at.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=context)
                connection.ehlo()
            self._sign_in(connection, host)
        except BaseException:
            connection.close()
            raise
        return connection

    def _sign_in(self, connection: SMTP, host: str) -> None:
        if self._at.username is None:
            return
        if not isinstance(connection.sock, ssl.SSLSocket) and not _is_loopback(host):
            raise _TurnedAwayError(PutBack("no TLS is offered, so no password is sent"))
        connection.login(unquote(self._at.username), unquote(self._at.password or ""))


class _TurnedAwayError(Exception):
    """The server answered before it was given the mail."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _envelope(connection: SMTP, parcel: Parcel) -> None:
    """Say from whom and to whom, until the server waits for the mail itself (354)."""
    steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
        lambda: connection.mail(parcel.sender),
        lambda: connection.rcpt(parcel.recipient),
        lambda: connection.docmd("DATA"),
    )
    for say in steps:
        if turned_away := _answer(*say()):
            connection.close()
            raise _TurnedAwayError(turned_away)


def _deliver(connection: SMTP, content: bytes, patience: float) -> Answer:
    """Give the mail itself to a server that waits for it (354)."""
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    try:
        if connection.sock is not None:
            connection.sock.settimeout(patience)
        connection.send(_LINE_START_DOT.sub(b"..", whole) + b".\r\n")
        code, words = connection.getreply()
        if connection.sock is not None:
            connection.sock.settimeout(connection.timeout)
    except (SMTPException, OSError) as error:
        return Unknown(f"no answer after the mail was given ({type(error).__name__})")
    return _answer(code, words) or Sent("smtp", _words(code, words))


def _answer(code: int, words: bytes) -> Answer | None:
    """What an answer of the server means; None for yes."""
    if 200 <= code < 400:
        return None
    if code >= 500 and code not in ASKS_FOR_SIGN_IN:
        return Refused(_words(code, words))
    return PutBack(_words(code, words))


def _words(code: int, words: bytes) -> str:
    text = words.decode("utf-8", "replace")
    return f"{code} " + "".join(char if char.isprintable() else " " for char in text)[:400]


def _tls(host: str, *, strict: bool) -> ssl.SSLContext:
    """Strict where a password is at stake; else any encryption is better than the none we came from."""
    return _context(strict and not _is_loopback(host))


@cache
def _context(checked: bool) -> ssl.SSLContext:
    """One for all connections: reading the machine's certificates takes longer than a mail."""
    context = ssl.create_default_context()
    if not checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
