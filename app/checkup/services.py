"""Mail services by the host one hands mail to: what they ask of a sending domain. Pure.

Each row is what the service is known to ask for; services change that, so it only says where to look first,
and the page takes another selector by form. A service that is not listed, and one's own mail server, are
judged by what is found alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A mail service. `needed`: it sends with the domain's own return address, so SPF must name it."""

    name: str
    hosts: tuple[str, ...]
    include: str
    selectors: tuple[str, ...] = ()
    needed: bool = False


SERVICES = (
    Service(
        name="Google Workspace",
        hosts=("gmail.com", "google.com"),
        include="_spf.google.com",
        selectors=("google",),
        needed=True,
    ),
    Service(
        name="Microsoft 365",
        hosts=("office365.com", "outlook.com"),
        include="spf.protection.outlook.com",
        selectors=("selector1", "selector2"),
        needed=True,
    ),
    Service(
        name="Fastmail",
        hosts=("fastmail.com", "messagingengine.com"),
        include="spf.messagingengine.com",
        selectors=("fm1", "fm2", "fm3"),
        needed=True,
    ),
    Service(name="Amazon SES", hosts=("amazonaws.com",), include="amazonses.com"),
    Service(
        name="SendGrid", hosts=("sendgrid.net",), include="sendgrid.net", selectors=("s1", "s2")
    ),
    Service(
        name="Mailgun",
        hosts=("mailgun.org",),
        include="mailgun.org",
        selectors=("k1", "smtp", "mailo", "pdk1", "pdk2"),
    ),
    Service(
        name="Postmark", hosts=("postmarkapp.com",), include="spf.mtasv.net", selectors=("pm",)
    ),
    Service(
        name="Brevo",
        hosts=("brevo.com", "sendinblue.com"),
        include="spf.brevo.com",
        selectors=("brevo1", "brevo2", "mail"),
    ),
    Service(
        name="Mailjet",
        hosts=("mailjet.com",),
        include="spf.mailjet.com",
        selectors=("mailjet",),
    ),
)

USUAL_SELECTORS = ("default", "mail", "dkim", "s1", "s2", "selector1", "selector2", "k1", "google")
"""Names under which keys are often found, tried where nothing better is known."""


def service_of(host: str | None) -> Service | None:
    """The service behind an SMTP host; None for one's own server."""
    name = (host or "").lower().rstrip(".")
    return next(
        (
            each
            for each in SERVICES
            if any(name == known or name.endswith(f".{known}") for known in each.hosts)
        ),
        None,
    )
