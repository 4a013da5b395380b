"""Reads one entry of sources.yaml into a source; a mistake names its place and its mend. Pure."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from prospects.faults import Fault, FaultyError, nearest
from webhooks.mailboxes import read_mailbox
from webhooks.sources import (
    APIS,
    OF_MAILS,
    HeaderAuth,
    HmacAuth,
    Source,
    SourceKind,
    StandardWebhooksAuth,
    secrets_of,
)


class SourceError(FaultyError):
    """A source as written cannot be used; every mistake is listed, each with what would be right."""


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


SIGNED: Mapping[SourceKind, tuple[str, str]] = {
    SourceKind.CALENDLY: ("signing key", "CALENDLY_SIGNING_KEY"),
    SourceKind.HUBSPOT: ("client secret", "HUBSPOT_CLIENT_SECRET"),
    SourceKind.LINKEDIN_LEAD_GEN: ("client secret", "LINKEDIN_CLIENT_SECRET"),
    SourceKind.MAILGUN: ("webhook signing key", "MAILGUN_SIGNING_KEY"),
    SourceKind.MAILGUN_INBOUND: ("webhook signing key", "MAILGUN_SIGNING_KEY"),
    SourceKind.META_LEAD_ADS: ("app secret", "META_APP_SECRET"),
    SourceKind.RESEND: ("signing secret", "RESEND_SIGNING_SECRET"),
    SourceKind.RESEND_INBOUND: ("signing secret", "RESEND_SIGNING_SECRET"),
    SourceKind.SENDGRID: ("public key", "SENDGRID_PUBLIC_KEY"),
    SourceKind.TYPEFORM: ("secret of the webhook", "TYPEFORM_SECRET"),
    SourceKind.WEBFLOW: ("signing key", "WEBFLOW_SECRET"),
}
"""Kinds whose platform signs with a secret: what it calls it, and a variable's name for it."""


def _proof_faults(source: Source) -> list[Fault]:
    """What is missing for this kind to tell its sender from a stranger."""
    match source.kind:
        case SourceKind.GOOGLE_LEAD_FORM:
            return _google_faults(source)
        case SourceKind.HTML_FORM:
            return _form_faults(source)
        case SourceKind.GENERIC_JSON | SourceKind.GRAVITY_FORMS | SourceKind.SNAPCHAT_LEAD:
            return _generic_faults(source)
        case SourceKind.CLOUDEVENTS:
            return [] if source.secrets else _generic_faults(source)
        case SourceKind.SEGMENT:
            return _secret_faults(source, "write key", "SEGMENT_WRITE_KEY")
        case SourceKind.TIKTOK_LEAD:
            return _token_faults(source)
        case kind if kind in OF_MAILS and kind not in SIGNED:
            return _mail_faults(source)
        case SourceKind.WEBFLOW if source.token:
            return []
        case _:
            return _secret_faults(source, *SIGNED[source.kind])


def _secret_faults(source: Source, what: str, example: str) -> list[Fault]:
    return [] if source.secrets else [Fault("secrets", f"no {what}", f"secrets: [${{{example}}}]")]


def _token_faults(source: Source) -> list[Fault]:
    reason = "nothing proves who sends: this platform signs nothing"
    mend = "token: ${SOURCE_TOKEN}, a secret last part of the address"
    return [] if source.token else [Fault("token", reason, mend)]


def _mail_faults(source: Source) -> list[Fault]:
    match source.kind:
        case SourceKind.IMAP:
            return _mailbox_faults(source)
        case SourceKind.SES:
            return _topic_faults(source)
        case _:
            return _stranger_faults(source)


def _stranger_faults(source: Source) -> list[Fault]:
    """For senders that sign nothing: they must know something of ours."""
    known = source.token or source.secrets or isinstance(source.auth, HeaderAuth)
    mend = "token: a secret last part of the address, or secrets: [user:password]"
    return [] if known else [Fault("token", "nothing proves who sends", mend)]


def _mailbox_faults(source: Source) -> list[Fault]:
    good = source.mailbox is not None and read_mailbox(source.mailbox) is not None
    mend = "mailbox: imaps://user:password@imap.acme.example/INBOX"
    return [] if good else [Fault("mailbox", "this is no mailbox that could be read", mend)]


def _topic_faults(source: Source) -> list[Fault]:
    # A signature of Amazon's only says that somebody has a topic there; anybody may.
    named = source.topics or source.pages
    mend = "topics: [arn:aws:sns:eu-west-1:123456789012:mails], as Amazon shows it"
    return [] if named else [Fault("topics", "anybody's topic could speak here", mend)]


SHORTEST_KEY = 8


def _google_faults(source: Source) -> list[Fault]:
    # Wherever the key stands in a body it is overwritten, so it must not be an everyday word.
    short = any(len(each) < SHORTEST_KEY for each in source.secrets)
    mend = f"a random text of {SHORTEST_KEY} characters or more, the same as in Google Ads"
    found = [Fault("secrets", "this key is too short", mend)] if short else []
    return [*_secret_faults(source, "key of the form", "GOOGLE_FORM_KEY"), *found]


def _form_faults(source: Source) -> list[Fault]:
    found = []
    if not source.origins and source.token is None:
        mend = "origins: [https://www.your-site.example], or `token` for a secret address"
        found.append(Fault("origins", "anybody anywhere could post here", mend))
    mend = "the beginning of your site's address, such as https://www.acme.example"
    for number, each in enumerate(source.origins):
        if not _ORIGIN.fullmatch(each):
            found.append(Fault(f"origins.{number}", "this is no origin", mend))
    if source.redirect is not None and not _is_address(source.redirect):
        mend = "an address such as https://www.acme.example/thanks"
        found.append(Fault("redirect", "this is no address", mend))
    return found


def _generic_faults(source: Source) -> list[Fault]:
    if source.auth is None and source.token is None:
        return [Fault("auth", "nothing proves who sends", f"{_WAYS_MEND}, or `token`")]
    if source.auth is not None and not secrets_of(source.auth) and not source.secrets:
        return [Fault("auth", "the secret is missing", "give `secret`, or list `secrets`")]
    return []


_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = url.isascii() and url.isprintable() and " " not in url
        return plain and parts.scheme in {"https", "http"} and bool(parts.hostname)
    except ValueError:
        return False


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
    mend = f"an address such as {APIS.get(source.kind, 'https://api.acme.example')}"
    try:
        parts = urlsplit(source.api_base_url)
        good = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username or parts.query or parts.fragment:
        return [Fault("api_base_url", "this is no base address", mend)]
    return []
