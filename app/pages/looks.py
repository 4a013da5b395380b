"""The checks that somebody has to ask for: mail, the sending domain, the way in, and a test offer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.checkup.part import Part, part_of
from app.checkup.rows import CheckRow, Kind, State
from app.pages.setup_views import Check
from app.settings import Settings
from nurture.headers import HeaderError, mailbox
from prospects.identities import domain_of

ASKS = "/setup/checks/"
PATIENCE = timedelta(minutes=2)
"""How long a look may be under way before one may ask for another."""
Rows = Mapping[Kind, CheckRow]


def mail(settings: Settings, rows: Rows, now: datetime) -> Check:
    """Whether a mail can be handed over."""
    title = "Mail sent"
    if settings.demo:
        line = "A demo mails nobody: its mails stay here, to be looked at."
        return Check(
            key=Kind.MAIL, title=title, done=True, line=line, url="/outbox", action="See the mails"
        )
    if settings.smtp_url is None:
        return Check(
            key=Kind.MAIL,
            title=title,
            done=False,
            line="No mail server is set; mails stay here, to be looked at.",
            mend="Set WARMLINE_SMTP_URL and start again.",
            url="/outbox",
            action="See the mails",
        )
    server = smtp_server(settings)
    words = "Send yourself a test mail"
    return _check(
        (Kind.MAIL, title), rows, now, server, f"{server} is to hand your mail on.", words
    )


def sender(settings: Settings, rows: Rows, now: datetime, *, whole: bool = False) -> Check:
    """Whether receivers can tell that our mail is ours; `whole`: with the records to add."""
    title = "SPF, DKIM and DMARC found"
    domain = sending_domain(settings)
    if settings.demo:
        line = "No mail leaves a demo, so no receiver asks whose it is."
        return Check(key=Kind.SENDER, title=title, done=True, line=line)
    if domain is None:
        return Check(
            key=Kind.SENDER,
            title=title,
            done=False,
            line="It is not said from which address mails go out.",
            mend="Set WARMLINE_MAIL_FROM to an address at a domain of yours, and start again.",
        )
    line = f"Receivers ask the DNS of {domain} whether a mail is really yours."
    check = _check((Kind.SENDER, title), rows, now, about_sender(settings), line, "Look them up")
    if whole:
        return check
    short = [Part(title=each.title, done=each.done, line=each.line) for each in check.parts]
    action = "See what was found, and the records to add" if short else "Name your key's selector"
    return replace(check, parts=short, url="/setup/sender", action=action)


def site(settings: Settings, rows: Rows, now: datetime) -> Check:
    """Whether platforms can post leads here."""
    title, origin = "Reached by https", settings.base_url
    if settings.demo:
        line = "The platforms of a demo run on this machine, and reach it as they are."
        return Check(key=Kind.SITE, title=title, done=True, line=line)
    if origin is None:
        return Check(
            key=Kind.SITE,
            title=title,
            done=False,
            line="It is not said under which address the world reaches this Warmline.",
            mend="Set WARMLINE_BASE_URL, such as https://warmline.acme.example, and start again.",
        )
    if not origin.startswith("https://"):
        return Check(
            key=Kind.SITE,
            title=title,
            done=False,
            line=f"WARMLINE_BASE_URL is {origin}, and platforms post leads to https alone.",
            mend="Put a proxy with a certificate in front, and set WARMLINE_BASE_URL to its address.",
        )
    line = f"Platforms will post leads to {origin}."
    return _check((Kind.SITE, title), rows, now, origin, line, "Try to reach it")


def offer(rows: Rows, member_id: object) -> Check:
    """Whether somebody took a test offer."""
    title = "Test offer taken"
    row = rows.get(Kind.OFFER)
    line = "See what a rep sees: a test offer goes to you alone, and no report counts it."
    if row is None or (row.state != State.PASSED and row.member_id != member_id):
        return Check(
            key=Kind.OFFER,
            title=title,
            done=False,
            line=line,
            ask=f"{ASKS}offer",
            ask_words="Make yourself a test offer",
        )
    done = row.state == State.PASSED
    return Check(
        key=Kind.OFFER,
        title=title,
        done=done,
        line="Somebody took one." if done else "It waits for you.",
        parts=[part_of(each) for each in row.parts],
        url=None if done else "/setup/offer",
        action="Open the test offer",
        ask=f"{ASKS}offer",
        ask_words="Make another one",
        at=row.settled_at,
    )


def smtp_server(settings: Settings) -> str:
    """The mail server's host and port, without user and password."""
    at = urlsplit(settings.smtp_url or "")
    return f"{at.hostname or 'localhost'}:{at.port or (465 if at.scheme == 'smtps' else 25)}"


def sending_domain(settings: Settings) -> str | None:
    """The domain in the sender's address; None where none is set."""
    try:
        return domain_of(mailbox("from", settings.mail_from or "")[1])
    except HeaderError:
        return None


def about_sender(settings: Settings) -> str:
    """What a look at the sending domain is about: the domain, and the host that sends for it."""
    server = smtp_server(settings).rpartition(":")[0] if settings.smtp_url else ""
    return f"{sending_domain(settings)} {server}"


def _check(
    named: tuple[Kind, str], rows: Rows, now: datetime, about: str, line: str, words: str
) -> Check:
    """A check as its latest look left it; a look at something else (an earlier setting) counts for nothing."""
    kind, title = named
    row = rows.get(kind)
    if row is None or row.about != about:
        return Check(
            key=kind, title=title, done=False, line=line, ask=f"{ASKS}{kind}", ask_words=words
        )
    under_way = row.state in (State.WAITING, State.UNDER_WAY)
    parts = [part_of(each) for each in row.parts]
    return Check(
        key=kind,
        title=title,
        done=row.state == State.PASSED,
        line=line,
        parts=parts,
        ask=None if under_way and now - row.asked_at < PATIENCE else f"{ASKS}{kind}",
        ask_words="Look again",
        at=row.settled_at,
        since=row.asked_at if under_way else None,
    )
