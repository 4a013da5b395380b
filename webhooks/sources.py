"""What a source is: its kind, its secrets, what it may speak for. `webhooks.written` reads one from files. Pure."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from prospects.durations import Duration


class SourceKind(StrEnum):
    """The kinds that are built."""

    CALENDLY = "calendly"
    CLOUDEVENTS = "cloudevents"
    GENERIC_JSON = "generic_json"
    GOOGLE_LEAD_FORM = "google_lead_form"
    GRAVITY_FORMS = "gravity_forms"
    HTML_FORM = "html_form"
    HUBSPOT = "hubspot"
    IMAP = "imap"
    LINKEDIN_LEAD_GEN = "linkedin_lead_gen"
    MAILGUN = "mailgun"
    META_LEAD_ADS = "meta_lead_ads"
    MAILGUN_INBOUND = "mailgun_inbound"
    POSTMARK = "postmark"
    POSTMARK_INBOUND = "postmark_inbound"
    RESEND = "resend"
    RESEND_INBOUND = "resend_inbound"
    SEGMENT = "segment"
    SENDGRID = "sendgrid"
    SENDGRID_INBOUND = "sendgrid_inbound"
    SES = "ses"
    SNAPCHAT_LEAD = "snapchat_lead"
    TIKTOK_LEAD = "tiktok_lead"
    TYPEFORM = "typeform"
    WEBFLOW = "webflow"


INBOUND = frozenset(
    {
        SourceKind.IMAP, SourceKind.MAILGUN_INBOUND, SourceKind.POSTMARK_INBOUND,
        SourceKind.RESEND_INBOUND, SourceKind.SENDGRID_INBOUND,
    }
)  # fmt: skip
"""Kinds that bring mails which people and mail servers sent to us."""
OF_MAILS = INBOUND | {
    SourceKind.MAILGUN, SourceKind.POSTMARK, SourceKind.RESEND, SourceKind.SENDGRID, SourceKind.SES,
}  # fmt: skip
"""Kinds that bring no leads, but what became of mails."""
LINKEDIN_VERSION = "202607"
APIS: Mapping[SourceKind, str] = {
    SourceKind.CALENDLY: "https://api.calendly.com",
    SourceKind.HUBSPOT: "https://api.hubapi.com",
    SourceKind.LINKEDIN_LEAD_GEN: "https://api.linkedin.com",
    SourceKind.META_LEAD_ADS: "https://graph.facebook.com/v26.0",
    SourceKind.RESEND_INBOUND: "https://api.resend.com",
    SourceKind.TIKTOK_LEAD: "https://business-api.tiktok.com",
    SourceKind.TYPEFORM: "https://api.typeform.com",
}
"""Where platforms are asked, if no `api_base_url` says otherwise."""
OF_PAGES = "/t"
LARGEST_BODY = 16 << 20
HOURLY = timedelta(hours=1)
SHORTEST_SECRET = 4
"""Characters. What is shorter stands in bodies by chance: the doctor tells of it, and it is not starred out."""
POSTS_A_MINUTE = 60
"""From one address at one public form: an office fills in fewer, a flood is thousands."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_text(value: object) -> object:
    """Platform ids that YAML read as numbers."""
    if isinstance(value, list):
        return [str(each) if type(each) is int else each for each in value]
    return value


def _lower(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Browsers write an origin in lower case and without a slash at its end."""
    return tuple(each.lower().rstrip("/") for each in origins)


Secret = Annotated[str, Field(min_length=1)]
Secrets = Annotated[tuple[Secret, ...], BeforeValidator(_as_list)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_text), BeforeValidator(_as_list)]
Origins = Annotated[tuple[str, ...], AfterValidator(_lower), BeforeValidator(_as_list)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HeaderAuth(_Strict):
    """A header with a secret value; for `Authorization` the word Bearer may stand before it."""

    header: HeaderName
    value: Secret = Field(repr=False)


class HmacAuth(_Strict):
    """A header with the HMAC-SHA256 of the raw body; without `encoding` hex and base64 both do."""

    hmac_header: HeaderName
    secret: Secrets = Field(default=(), repr=False)
    encoding: Literal["hex", "base64"] | None = None
    prefix: str = Field(default="", max_length=40)


class StandardWebhooksAuth(_Strict):
    """Standard Webhooks: webhook-id, webhook-timestamp and webhook-signature; `true` uses `secrets`."""

    standard_webhooks: Secrets | Literal[True] = Field(repr=False)


Auth = HeaderAuth | HmacAuth | StandardWebhooksAuth


class Source(_Strict):
    """One place that leads and signals come from; its secrets stay out of its repr."""

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    kind: SourceKind
    secrets: Secrets = Field(default=(), repr=False)
    verify_token: str | None = Field(default=None, repr=False)
    mailbox: str | None = Field(default=None, repr=False, max_length=1000)
    token: str | None = Field(default=None, min_length=8, repr=False)
    auth: Auth | None = None
    api_base_url: str | None = None
    api_version: str = Field(default=LINKEDIN_VERSION, pattern=r"^[0-9A-Za-z._-]{1,20}$")
    access_token: str | None = Field(default=None, repr=False)
    access_token_until: date | None = None
    pages: Texts = ()
    topics: Texts = ()
    origins: Origins = ()
    redirect: str | None = Field(default=None, max_length=2000)
    per_minute: int = Field(default=POSTS_A_MINUTE, ge=1, le=100_000)
    ask_every: Duration = HOURLY
    campaign: str | None = Field(default=None, max_length=200)
    map: Mapping[str, str] = Field(default_factory=dict)
    max_body: int | None = Field(default=None, ge=1024, le=LARGEST_BODY)
    active: bool = True

    def longest(self, usual: int) -> int:
        """The longest body in bytes; mails hold files, so they may be as long as anything may."""
        return self.max_body or (LARGEST_BODY if self.kind in INBOUND else usual)

    @cached_property
    def hidden(self) -> tuple[bytes, ...]:
        """Every secret of this source, as it would stand in a body."""
        texts = self._secret_texts()
        # Inside JSON a secret may be escaped.
        escaped = [
            json.dumps(text, ensure_ascii=ascii_only)[1:-1]
            for text in texts
            for ascii_only in (True, False)
        ]
        slashed = [text.replace("/", "\\/") for text in escaped]
        return tuple({text.encode() for text in (*texts, *escaped, *slashed)})

    @cached_property
    def spelled_out(self) -> re.Pattern[bytes] | None:
        """Every secret as it would stand in JSON where any of its letters may be written `\\uXXXX`.

        Libraries that keep JSON safe inside HTML write `=`, `&`, `<` and `>` like this, and keys
        made of base64 end in `=`.
        """
        spelled = [b"".join(map(_however_spelled, text)) for text in self._secret_texts()]
        return re.compile(b"|".join(spelled)) if spelled else None

    def _secret_texts(self) -> list[str]:
        own = (*self.secrets, self.verify_token, self.token, self.access_token)
        told = (text for text in (*own, *secrets_of(self.auth)) if text)
        return [text for text in told if len(text) >= SHORTEST_SECRET]

    @property
    def api(self) -> str:
        """The platform's address without a slash at its end."""
        return (self.api_base_url or APIS.get(self.kind, "")).rstrip("/").removesuffix("/rest")

    def speaks_for(self, owner: str) -> bool:
        """Whether `owner` (an URN or bare id) is among `pages`; an empty list means everybody."""
        bare = {page.rsplit(":", 1)[-1] for page in self.pages}
        return not self.pages or owner in self.pages or owner.rsplit(":", 1)[-1] in bare


def inbox_of_pages(slug: str) -> str:
    """Under which name the signals of a form's pages are kept: apart from what the form itself sends."""
    return f"{slug}{OF_PAGES}"


def owner_of(inbox: str) -> str:
    """The source whose inbox this is."""
    return inbox.removesuffix(OF_PAGES)


def secrets_of(auth: Auth | None) -> tuple[str, ...]:
    """The secrets that stand in `auth` itself."""
    match auth:
        case HeaderAuth():
            return (auth.value,)
        case HmacAuth():
            return auth.secret
        case StandardWebhooksAuth():
            return auth.standard_webhooks if auth.standard_webhooks is not True else ()
        case None:
            return ()


def _however_spelled(letter: str) -> bytes:
    """A pattern of one letter as it may stand in JSON: itself, after a backslash, or as code units."""
    units = letter.encode("utf-16-be")
    coded = "".join(rf"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))
    itself = (rb"\\?" if letter in '"\\/' else b"") + re.escape(letter.encode())
    return b"(?:" + itself + b"|(?i:" + coded.encode() + b"))"
