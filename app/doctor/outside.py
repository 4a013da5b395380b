"""What the doctor finds of the outside: the mail server, and each source."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app import workspace_key
from app.doctor.diagnosis import Diagnosis, broken, warning, well
from app.mail import SmtpServer
from app.pages import source_words
from app.pages.source_habits import unchecked
from app.settings import Settings
from webhooks import health, known, silence
from webhooks.health import Health
from webhooks.short_secrets import short_secrets
from webhooks.silence import Pace

EVER = datetime.min.replace(tzinfo=UTC)


def mail(read: Settings) -> Iterator[Diagnosis]:
    """Whether the mail server takes us; no mail is sent."""
    if read.smtp_url is None:
        line = "No mail server is set, so mails lie in the outbox."
        yield warning("mail", line, "set WARMLINE_SMTP_URL")
        return
    trouble = SmtpServer(read.smtp_url).trouble()
    if trouble is not None:
        mend = "see that WARMLINE_SMTP_URL has the right host, port, user and password"
        yield broken("mail", f"The mail server does not take us: {trouble}.", mend)
    else:
        yield well("mail", "The mail server takes us; nothing was sent.")
    if read.mail_from is None:
        line = "WARMLINE_MAIL_FROM is not set, so mails come from warmline@localhost.localdomain."
        yield warning("mail", line, "set it to an address of yours")


def key(session: Session, read: Settings) -> Iterator[Diagnosis]:
    """Whether this machine's secret key is the workspace's."""
    if workspace_key.is_another(session, read.secret_key):
        yield broken("secret key", f"{workspace_key.ANOTHER.capitalize()}.", workspace_key.MEND)


def sources(session: Session, read: Settings, now: datetime) -> Iterator[Diagnosis]:
    """How each source is doing; the worst thing of each."""
    found = known.sources(session, secret=read.secret_key)
    mend = "put it right in sources.yaml and run `warmline apply`"
    for slug, why in sorted(found.broken.items()):
        yield broken(f"source {slug}", f"It cannot be used: {why}.", mend)
    active = sorted(slug for slug, source in found.sources.items() if source.active)
    noted, paces = health.of(session, active), silence.paces(session, active, now)
    for slug in active:
        kind = found.sources[slug].kind
        if unchecked(kind, noted[slug].challenged_at, now):
            yield warning(f"source {slug}", source_words.UNCHECKED, "validate it again at LinkedIn")
        for short in short_secrets(found.sources[slug]):
            line = "This secret is too short: anybody guesses it, and it stands in texts by chance."
            yield warning(f"source {slug}, {short.place}", line, short.mend)
        yield _source(f"source {slug}", noted[slug], paces[slug])
    if not found.sources and not found.broken:
        yield warning("sources", "There are none, so no lead can come in.", "write sources.yaml")


def _source(about: str, noted: Health, pace: Pace | None) -> Diagnosis:
    if noted.trouble:
        line = f"Its platform complains: {noted.trouble}."
        mend = "mostly a token that has run out: make a new one there, and run `warmline apply`"
        return broken(about, line, mend)
    if noted.refused_at and noted.refused_at > (noted.last_delivery_at or EVER):
        why, mend = source_words.refusal(noted)
        return warning(about, f"The last request was refused: {why}", mend)
    if missed := source_words.undelivered(noted):
        return warning(about, missed, "see at the platform whether it has switched the address off")
    if noted.last_delivery_at is None:
        return warning(about, "Nothing has arrived yet.", "send a test lead from its page")
    if pace and pace.silent:
        line = f"It is silent, and usually delivers about every {source_words.span(pace.usual)}."
        return warning(about, line, "see at the platform whether it still sends here")
    return well(about, "It delivers as it usually does.")
