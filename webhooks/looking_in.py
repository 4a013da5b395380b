"""Looks into mailboxes for what came since the last look: prepare, read without a transaction, keep as deliveries.

The mailbox is only read, nothing in it is moved, marked or deleted; how far it was read stands here.
"""

import contextlib
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from sqlalchemy.orm import Session

from prospects import outbox
from prospects.sealing import digest
from prospects.topics import Topic
from webhooks import health, known, outbound, poll_hours
from webhooks.adapter import Trouble
from webhooks.mailboxes import Mailbox, read_mailbox
from webhooks.outbound import InsideAddressError, Networks
from webhooks.poll_rows import SourcePollRow
from webhooks.receive import BELL, Arrival, receive
from webhooks.sources import LARGEST_BODY, Source, SourceKind

EVERY = timedelta(minutes=1)
MOST_MAILS = 25
"""Read in one look; what is left is looked for at once."""
STEP_SECONDS = 8.0
WHOLE_SECONDS = 15.0
"""After this a look takes up no further mail; a lease lasts 25 s."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look: into which mailbox, and what was read of it before (`validity` names its numbering)."""

    source: str
    box: Mailbox = field(repr=False)
    since: datetime
    validity: str = ""
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Lying:
    """What lay there: mails by their number, and whether there is more."""

    validity: str
    mails: tuple[tuple[int, bytes], ...] = field(repr=False)
    more: bool = False


def prepare(session: Session, slug: str, *, secret: str) -> Look | None:
    """The next look of this source; None if it is no mailbox."""
    source = known.sources(session, secret=secret).active(slug)
    row = session.get(SourcePollRow, slug)
    box = read_mailbox(source.mailbox or "") if source and _is_mailbox(source) else None
    if box is None or row is None:
        return None
    read = row.cursor or {}
    return Look(slug, box, row.since, str(read.get("validity", "")), int(read.get("uid", 0)))


def _is_mailbox(source: Source) -> bool:
    return source.kind is SourceKind.IMAP


def call(look: Look, *, allow: Networks) -> Lying | Trouble:
    """Sign in and read; every failure is a value."""
    try:
        with _signed_in(look.box, allow) as box:
            return _read(box, look)
    except InsideAddressError as error:
        return Trouble(str(error), final=False, ours=True)
    except _RefusedError as error:
        return Trouble(str(error), final=False, ours=True)
    except (imaplib.IMAP4.error, OSError, UnicodeError, ValueError) as error:
        # The kind is enough: texts may quote names.
        return Trouble(f"the mailbox could not be read ({type(error).__name__})", final=False)


class _RefusedError(Exception):
    """The mailbox's owner must look: it is said at the source."""


@contextlib.contextmanager
def _signed_in(box: Mailbox, allow: Networks) -> Iterator[imaplib.IMAP4]:
    server = _TlsServer(box, allow) if box.tls else _Server(box, allow)
    try:
        if not box.tls:
            _encrypt(server, box)
        try:
            server.login(box.user, box.password)
        except imaplib.IMAP4.error:
            raise _RefusedError("the mailbox refuses the name or the password") from None
        yield server
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def _encrypt(server: imaplib.IMAP4, box: Mailbox) -> None:
    if "STARTTLS" in server.capabilities:
        server.starttls(ssl.create_default_context())
    elif not _is_loopback(box.host):
        raise _RefusedError("no TLS is offered, so no password is sent")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Server(imaplib.IMAP4):
    """A connection that checks whom it reaches."""

    def __init__(self, box: Mailbox, allow: Networks) -> None:
        self._allow = allow
        super().__init__(box.host, box.port, STEP_SECONDS)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return _checked(self.host, self.port, self._allow, timeout)


class _TlsServer(imaplib.IMAP4_SSL):
    """The same, with TLS at once."""

    def __init__(self, box: Mailbox, allow: Networks) -> None:
        self._allow = allow
        context = ssl.create_default_context()
        super().__init__(box.host, box.port, ssl_context=context, timeout=STEP_SECONDS)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = _checked(self.host, self.port, self._allow, timeout)
        wrapped: socket.socket = self.ssl_context.wrap_socket(plain, server_hostname=self.host)
        return wrapped


def _checked(host: str, port: int, allow: Networks, timeout: float | None) -> socket.socket:
    connection = outbound.connect(host, port, allow)
    connection.settimeout(timeout)
    return connection


def _read(box: imaplib.IMAP4, look: Look) -> Lying:
    until = time.monotonic() + WHOLE_SECONDS
    answer, _ = box.select(f'"{look.box.folder}"', readonly=True)
    if answer != "OK":
        raise _RefusedError(f"there is no folder {look.box.folder}")
    validity = (box.response("UIDVALIDITY")[1] or [b""])[0] or b""
    before = look.uid if validity.decode("ascii", "replace") == look.validity else 0
    wanted = _numbers(box, look, before)
    mails: list[tuple[int, bytes]] = []
    for uid in wanted[:MOST_MAILS]:
        mails.append((uid, _mail(box, uid)))
        if time.monotonic() > until:
            break
    return Lying(validity.decode("ascii", "replace"), tuple(mails), more=len(mails) < len(wanted))


def _numbers(box: imaplib.IMAP4, look: Look, before: int) -> list[int]:
    """What came after the last one read; at the first look, what came lately."""
    since = look.since.astimezone(UTC)
    lately = ("SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}")
    asked = ("UID", f"{before + 1}:*") if before else lately
    answer, found = box.uid("SEARCH", *asked)
    if answer != "OK":
        raise imaplib.IMAP4.error("search")
    numbers = [int(each) for line in found if line for each in line.split()]
    # `5:*` names the last mail also where it is the fourth.
    return sorted(each for each in numbers if each > before)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _mail(box: imaplib.IMAP4, uid: int) -> bytes:
    """One mail, or its beginning where it is longer than anything may be; nothing is marked as read."""
    answer, found = box.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST_BODY}>)")
    if answer != "OK":
        raise imaplib.IMAP4.error("fetch")
    return next((part[1] for part in found if isinstance(part, tuple)), b"")


def settle(
    session: Session, look: Look, result: Lying | Trouble, now: datetime, *, secret: str
) -> None:
    """Keep what lay there, and how far it was read; the next look comes in a minute, or at once."""
    row = poll_hours.locked(session, look.source)
    if row is None:
        return
    if isinstance(result, Trouble):
        row.tries, row.reason = row.tries + 1, result.reason
        row.due_at = now + max(EVERY, outbox.backoff(row.tries))
        health.trouble(session, look.source, result.reason, now)
        return
    health.trouble(session, look.source, None, now)
    _keep(session, look.source, result.validity, result.mails, now=now, secret=secret)
    row.tries, row.reason, row.asked_at = 0, None, now
    row.cursor = _read_up_to(row.cursor, result) or row.cursor
    row.due_at = now + EVERY
    if result.more:
        outbox.post(session, Topic.ASK, [look.source], now)


def _read_up_to(cursor: dict[str, Any] | None, result: Lying) -> dict[str, Any] | None:
    """How far the mailbox was read; another look may have come further meanwhile."""
    if not result.mails:
        return None
    same = cursor is not None and cursor.get("validity") == result.validity
    before = int(cursor["uid"]) if same and cursor else 0
    return {"validity": result.validity, "uid": max(before, result.mails[-1][0])}


def _keep(
    session: Session,
    slug: str,
    validity: str,
    mails: Sequence[tuple[int, bytes]],
    *,
    now: datetime,
    secret: str,
) -> None:
    arrived = (
        Arrival(
            source=slug,
            key=digest(secret, "delivery", slug, f"mailbox:{validity}:{uid}"),
            content_type="message/rfc822",
            headers={},
            body=re.sub(rb"\0", b"", mail),
        )
        for uid, mail in mails
    )
    kept = [receive(session.connection(), each, now) for each in arrived]
    if any(each.fresh for each in kept):
        session.info.setdefault("rung", set()).add(BELL)
