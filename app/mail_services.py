"""What a mail service must be told so that it carries our own name of a mail along, and says it again. Pure."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from prospects.mail_names import MailName, mark

MARK = "warmline"
"""Under this name the services say it again; `webhooks/fed_back.py` reads it there."""
_SERVICES: Mapping[str, Callable[[MailName], dict[str, str]]] = {
    "sendgrid.net": lambda name: {"X-SMTPAPI": json.dumps({"unique_args": {MARK: mark(name)}})},
    "mailgun.org": lambda name: {"X-Mailgun-Variables": json.dumps({MARK: mark(name)})},
    # Without the second, Postmark gives each mail a Message-ID of its own.
    "postmarkapp.com": lambda name: {f"X-PM-Metadata-{MARK}": mark(name), "X-PM-KeepID": "true"},
    "amazonaws.com": lambda name: {"X-SES-MESSAGE-TAGS": f"{MARK}={mark(name, '_')}"},
}
"""By the end of the host that mail is handed to. The services take these headers out again."""


def marks_of(smtp_url: str | None, name: MailName) -> dict[str, str]:
    """The headers for this mail's service; none for a server that is no service we know."""
    host = (urlsplit(smtp_url or "").hostname or "").lower()
    known = (make for end, make in _SERVICES.items() if host == end or host.endswith(f".{end}"))
    return next((make(name) for make in known), {})
