"""Reads one entry of destinations.yaml into a destination; a mistake names its place and its mend. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, assert_never
from urllib.parse import urlsplit

from pydantic import ValidationError

from prospects.faults import Fault, FaultyError, listed, nearest, shown
from prospects.shapes import faults_in
from webhooks.destinations import (
    CHATTED,
    WRITTEN_TO_CRMS,
    Destination,
    DestinationKind,
    Milestone,
)


class DestinationError(FaultyError):
    """A destination as written cannot be used; every mistake is listed, each with what would be right."""


def read_destination(written: Mapping[str, Any]) -> Destination:
    """The destination described by one entry of destinations.yaml, its secrets opened.

    Raises DestinationError with every mistake, each at its place within the entry.
    """
    kinds = [each.value for each in DestinationKind]
    kind = written.get("kind")
    if kind not in kinds:
        reason = f"{shown(kind)} is no kind of destination" if kind else "the kind is missing"
        mend = nearest(kind, kinds) if isinstance(kind, str) else f"one of {listed(kinds)}"
        raise DestinationError(Fault("kind", reason, mend))
    try:
        destination = Destination.model_validate(written)
    except ValidationError as error:
        raise DestinationError(*faults_in(error, Destination)) from None
    faults = [*_event_faults(destination), *_needs(destination), *_strange(destination)]
    if faults:
        raise DestinationError(*faults)
    return destination


def _event_faults(destination: Destination) -> list[Fault]:
    good = [str(each) for each in _good_events(destination)]
    found = [
        Fault(f"events.{each}", f"{shown(each)} is nothing it can be told", nearest(each, good))
        for each in destination.events
        if each not in good
    ]
    for name, each in destination.events.items():
        if (each.value is None) != (each.currency is None):
            mend = "{name: …, value: 150.00, currency: EUR}"
            found.append(Fault(f"events.{name}", "a value and its currency go together", mend))
    return found


def _good_events(destination: Destination) -> Iterable[str]:
    if destination.is_crm:
        return WRITTEN_TO_CRMS
    if destination.is_lookup:
        return ()
    return CHATTED if destination.is_chat else Milestone


_PARTS: Mapping[DestinationKind, tuple[tuple[str, str], ...]] = {
    DestinationKind.META: (
        ("account", 'the id of the dataset, such as "1122334455"'),
        ("access_token", "access_token: ${META_CAPI_TOKEN}"),
        ("consent", "consent: ads, the topic of your form's box"),
    ),
    DestinationKind.GOOGLE: (
        ("account", 'the id of the Google Ads account, such as "1234567890"'),
        ("consent", "consent: ads, the topic of your form's box"),
    ),
    DestinationKind.LINKEDIN: (
        ("access_token", "access_token: ${LINKEDIN_CAPI_TOKEN}"),
        ("consent", "consent: ads, the topic of your form's box"),
    ),
    DestinationKind.TIKTOK: (
        ("account", "the id of the CRM event set"),
        ("access_token", "access_token: ${TIKTOK_TOKEN}"),
        ("consent", "consent: ads, the topic of your form's box"),
    ),
    DestinationKind.SLACK: (("url", "url: ${SLACK_URL}, as Slack shows it"),),
    DestinationKind.TEAMS: (("url", "url: ${TEAMS_URL}, as Teams shows it"),),
    DestinationKind.HUBSPOT: (),
    DestinationKind.SALESFORCE: (("api_base_url", "https://YOURS.my.salesforce.com"),),
    DestinationKind.HTTP_JSON: (
        ("url", "https://api.example.com/companies?domain={domain}"),
        ("finds", "finds: {employees: metrics.employees}, our field and where it stands there"),
    ),
}
"""What each kind cannot do without."""
DOMAIN = "{domain}"
"""Stands in a lookup's address for the company's registrable domain."""
REFRESHED = ("client_id", "client_secret", "refresh_token")


def _needs(destination: Destination) -> list[Fault]:
    found = [
        Fault(part, f"`{part}` is missing", mend)
        for part, mend in _PARTS[destination.kind]
        if not getattr(destination, part)
    ]
    if destination.kind is DestinationKind.GOOGLE and not destination.access_token:
        missing = [part for part in REFRESHED if not getattr(destination, part)]
        mend = f"{listed(REFRESHED)} of your OAuth client"
        found += [Fault(part, f"`{part}` is missing", mend) for part in missing]
    if not destination.events and not destination.is_crm and not destination.is_lookup:
        found.append(Fault("events", "`events` is missing", "what it is told of"))
    return [*found, *_crm_needs(destination)]


def _crm_needs(destination: Destination) -> list[Fault]:
    """A CRM is asked or told something, and there is a way to be let in."""
    if not destination.is_crm:
        return []
    found = []
    if not destination.events and not destination.reads:
        mend = "`reads: [owners, customers, deals, do_not_contact]`, or `events`"
        found.append(Fault("reads", "it is neither asked nor told anything", mend))
    wanted = REFRESHED if destination.kind is DestinationKind.HUBSPOT else REFRESHED[:2]
    if not destination.access_token and not all(getattr(destination, part) for part in wanted):
        mend = f"`access_token`, or {listed(wanted)} of your app"
        found.append(Fault("access_token", "there is nothing that lets us in", mend))
    return found


_CHAT_PARTS = frozenset({"slug", "kind", "events", "url", "active"})
_CRM_PARTS = frozenset({"reads", "currency", "ask_every"})
_NOT_FOR_CRMS = frozenset({"url", "consent", "personalization", "sources", "login_account"})
_LOOKUP_PARTS = frozenset({"finds", "header", "per_minute"})
_OF_LOOKUPS = _LOOKUP_PARTS | {"slug", "kind", "url", "access_token", "active"}
_CONVERSION = re.compile(r"(urn:lla:llaPartnerConversion:)?[0-9]{1,20}")


def _strange(destination: Destination) -> list[Fault]:
    """What means nothing for this kind, and what is no address or no id."""
    written = set(destination.model_fields_set)
    odd = written & {"url", *_CRM_PARTS, *_LOOKUP_PARTS}
    if destination.is_chat:
        odd = written - _CHAT_PARTS
    if destination.is_crm:
        odd = written & {*_NOT_FOR_CRMS, *_LOOKUP_PARTS, "dry_run"}
    if destination.is_lookup:
        odd = written - _OF_LOOKUPS
    found = [
        Fault(part, f"`{part}` means nothing for {destination.kind}", "leave it out")
        for part in sorted(odd)
    ]
    for part in ("url", "api_base_url", "token_url"):
        address = getattr(destination, part)
        if address is not None and not _is_address(address):
            found.append(Fault(part, "this is no address", "it begins with https://"))
    if destination.is_lookup and DOMAIN not in (destination.url or DOMAIN).partition("://")[2][1:]:
        mend = f"write {DOMAIN} where the company's domain stands in the address"
        found.append(Fault("url", "it does not say which company is asked about", mend))
    if destination.kind in (DestinationKind.GOOGLE, DestinationKind.LINKEDIN):
        found += [
            Fault(
                f"events.{step}", "this is no id of a conversion", "the number the platform shows"
            )
            for step, each in destination.events.items()
            if not _CONVERSION.fullmatch(each.name)
        ]
    return found


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = url.isascii() and url.isprintable() and " " not in url
        good = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
        return plain and good and not parts.username and not parts.fragment
    except ValueError:
        return False


def source_kinds(kind: DestinationKind) -> frozenset[str]:
    """The kinds of sources whose people a platform has seen."""
    match kind:
        case DestinationKind.META:
            return frozenset({"meta_lead_ads"})
        case DestinationKind.GOOGLE:
            return frozenset({"google_lead_form"})
        case DestinationKind.LINKEDIN:
            return frozenset({"linkedin_lead_gen"})
        case DestinationKind.TIKTOK:
            return frozenset({"tiktok_lead"})
        case DestinationKind.SLACK | DestinationKind.TEAMS:
            return frozenset()
        case DestinationKind.HUBSPOT | DestinationKind.SALESFORCE | DestinationKind.HTTP_JSON:
            return frozenset()
        case _:
            assert_never(kind)
