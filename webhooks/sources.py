"""What sources.yaml may say about a source, checked once; a mistake names its place and its mend. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from prospects.faults import Fault, FaultyError, listed, nearest


class SourceKind(StrEnum):
    """The kinds that are built."""

    GENERIC_JSON = "generic_json"
    LINKEDIN_LEAD_GEN = "linkedin_lead_gen"


NOT_YET = frozenset(
    {
        "meta_lead_ads", "google_lead_form", "tiktok_lead", "snapchat_lead", "typeform", "calendly",
        "hubspot", "webflow", "gravity_forms", "html_form", "segment", "cloudevents", "ses",
        "sendgrid", "postmark", "mailgun", "resend",
    }
)  # fmt: skip
"""Kinds of the plan that this version cannot receive."""

LINKEDIN_API = "https://api.linkedin.com"
LINKEDIN_VERSION = "202607"
LARGEST_BODY = 16 << 20


class SourceError(FaultyError):
    """A source as written cannot be used; every mistake is listed, each with what would be right."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_text(value: object) -> object:
    """Platform ids that YAML read as numbers."""
    if isinstance(value, list):
        return [str(each) if type(each) is int else each for each in value]
    return value


Secret = Annotated[str, Field(min_length=1)]
Secrets = Annotated[tuple[Secret, ...], BeforeValidator(_as_list)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_text), BeforeValidator(_as_list)]
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
    token: str | None = Field(default=None, min_length=8, repr=False)
    auth: Auth | None = None
    api_base_url: str | None = None
    api_version: str = Field(default=LINKEDIN_VERSION, pattern=r"^[0-9A-Za-z._-]{1,20}$")
    access_token: str | None = Field(default=None, repr=False)
    pages: Texts = ()
    campaign: str | None = Field(default=None, max_length=200)
    map: Mapping[str, str] = Field(default_factory=dict)
    max_body: int | None = Field(default=None, ge=1024, le=LARGEST_BODY)
    active: bool = True

    @property
    def hidden(self) -> tuple[bytes, ...]:
        """Every secret of this source, as it would stand in a body."""
        own = (*self.secrets, self.verify_token, self.token, self.access_token)
        return tuple({text.encode() for text in (*own, *_secrets_of(self.auth)) if text})

    @property
    def api(self) -> str:
        """The platform's address without a slash at its end."""
        return (self.api_base_url or LINKEDIN_API).rstrip("/").removesuffix("/rest")

    def speaks_for(self, owner: str) -> bool:
        """Whether `owner` (an URN or bare id) is among `pages`; an empty list means everybody."""
        bare = {page.rsplit(":", 1)[-1] for page in self.pages}
        return not self.pages or owner in self.pages or owner.rsplit(":", 1)[-1] in bare


def read_source(written: Mapping[str, Any]) -> Source:
    """The source described by one entry of sources.yaml, its secrets opened.

    Raises SourceError with every mistake, each at its place within the entry.
    """
    _refuse_kind(written.get("kind"))
    try:
        source = Source.model_validate(_with_one_auth(written))
    except ValidationError as error:
        raise SourceError(*(_fault(each, written) for each in error.errors())) from None
    faults = [*_proof_faults(source), *_map_faults(source), *_url_faults(source)]
    if faults:
        raise SourceError(*faults)
    return source


def _refuse_kind(kind: object) -> None:
    good = [each.value for each in SourceKind]
    if kind in NOT_YET:
        reason = f"`{kind}` cannot be received yet"
        raise SourceError(Fault("kind", reason, f"for now one of {listed(good)}"))
    if kind not in good:
        word = kind if isinstance(kind, str) else "this"
        reason = f"`{word}` is no kind of source" if kind else "the kind is missing"
        raise SourceError(Fault("kind", reason, nearest(word, good)))


_WAYS: Mapping[str, type[HeaderAuth | HmacAuth | StandardWebhooksAuth]] = {
    "header": HeaderAuth,
    "hmac_header": HmacAuth,
    "standard_webhooks": StandardWebhooksAuth,
}


def _with_one_auth(written: Mapping[str, Any]) -> dict[str, Any]:
    """The entry with `auth` read as the way its own key names, so that mistakes are about that way."""
    entry = dict(written)
    auth = entry.get("auth")
    if auth is None:
        return entry
    ways = [way for way in _WAYS if isinstance(auth, Mapping) and way in auth]
    if len(ways) != 1:
        raise SourceError(Fault("auth", "this says no one way to prove the sender", _WAYS_MEND))
    try:
        entry["auth"] = _WAYS[ways[0]].model_validate(auth)
    except ValidationError as error:
        faults = [_fault(each, auth).under("auth") for each in error.errors()]
        raise SourceError(*faults) from None
    return entry


_WAYS_MEND = (
    "one of {header: X-Token, value: …}, {hmac_header: X-Signature, secret: …}, "
    "{standard_webhooks: whsec_…}"
)


def _fault(error: Any, written: Mapping[str, Any]) -> Fault:
    place = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            word = str(error["loc"][-1])
            return Fault(place, f"`{word}` means nothing here", nearest(word, Source.model_fields))
        case "missing":
            return Fault(place, "this is missing", "add it")
        case _:
            return Fault(place, str(error["msg"]).lower(), "")


def _proof_faults(source: Source) -> list[Fault]:
    match source.kind:
        case SourceKind.LINKEDIN_LEAD_GEN:
            if not source.secrets:
                return [
                    Fault("secrets", "no client secret", "secrets: [${LINKEDIN_CLIENT_SECRET}]")
                ]
        case SourceKind.GENERIC_JSON:
            if source.auth is None and source.token is None:
                return [Fault("auth", "nothing proves who sends", f"{_WAYS_MEND}, or `token`")]
            if source.auth is not None and not _secrets_of(source.auth) and not source.secrets:
                return [Fault("auth", "the secret is missing", "give `secret`, or list `secrets`")]
    return []


_TARGET = re.compile(r"(?:account\.|fields\.|consent\.)?[A-Za-z_][A-Za-z0-9_-]{0,79}")


def _map_faults(source: Source) -> list[Fault]:
    mend = "a field of ours such as `email`, `account.employees` or a name of your own"
    return [
        Fault(f"map.{incoming}", "this is no field", mend)
        for incoming, ours in source.map.items()
        if not _TARGET.fullmatch(ours)
    ]


def _url_faults(source: Source) -> list[Fault]:
    if source.api_base_url is None:
        return []
    mend = f"an address such as {LINKEDIN_API}"
    try:
        parts = urlsplit(source.api_base_url)
        good = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username or parts.query or parts.fragment:
        return [Fault("api_base_url", "this is no base address", mend)]
    return []


def _secrets_of(auth: Auth | None) -> tuple[str, ...]:
    match auth:
        case HeaderAuth():
            return (auth.value,)
        case HmacAuth():
            return auth.secret
        case StandardWebhooksAuth():
            return auth.standard_webhooks if auth.standard_webhooks is not True else ()
        case None:
            return ()
