"""From what a sender wrote about somebody to a lead the record can resolve."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from prospects.evidence import folded_name
from prospects.identities import (
    company_domain,
    normalise_linkedin_url,
    normalise_phone,
    normalise_platform_id,
    read_email,
)
from prospects.identity import Identity, Lead, of_address
from prospects.values import Person
from webhooks.adapter import About, Read
from webhooks.touch import CLICK_IDS

PROFILES = frozenset({"linkedin", "linkedin_url", "linkedin_profile", "linkedin_profile_link"})
"""Fields in which people give the address of their LinkedIn profile."""
GOOGLES = {"gcl_id": "gclid"}
"""What Google's own forms call the click."""
CLICKS = frozenset(each.lower() for each in CLICK_IDS) | set(GOOGLES)
HOLDERS = ("touch", "ad", "hidden")
"""Where in an act's body the click on an ad stands that led to it, beside the sender's own fields."""


def lead_of(item: Read, ref: str, source: str = "a lead") -> Lead | str:
    """The lead in `item`, named `ref`, from this source; or, where nobody can be recognised by it, why not."""
    identities = identities_of(item.about)
    if not identities:
        return _why_nobody(item.about)
    return word_of(item, ref, source, identities)


def word_of(item: Read, ref: str, source: str, identities: tuple[Identity, ...] = ()) -> Lead:
    """What `item` tells of its sender, whoever that is."""
    about = item.about
    read = read_email(about.email) if about.email else None
    email = read.key if read else None
    phone = next((each.key for each in identities if each.kind == "phone"), None)
    domain = company_domain(email, about.domain)
    country, zone = country_of(about.country), zone_of(about.zone)
    misfits = {
        "country_given": about.country if country is None else None,
        "zone_given": about.zone if zone is None else None,
        "email_given": about.email if email is None else None,
    }
    kept = {name: value for name, value in misfits.items() if value}
    return Lead(
        ref=ref,
        identities=identities,
        person=Person(
            email=email,
            phone=phone or _trimmed(about.phone),
            name=about.name or None,
            title=about.title or None,
            company=about.company or None,
            country=country,
            zone=zone,
            language=_trimmed(about.language),
            # What did not fit where it was meant to go is kept beside the sender's own fields.
            fields={**kept, **about.fields},
        ),
        happened_at=item.happened_at,
        hints=_hints(item, domain),
        domain=domain,
        account_name=about.company or None,
        account_fields=about.account_fields,
        source=source,
    )


def identities_of(about: About) -> tuple[Identity, ...]:
    """By what they may be recognised."""
    email = read_email(about.email) if about.email else None
    phone = normalise_phone(about.phone, country_of(about.country)) if about.phone else None
    known = [of_address(email.key, about.name)] if email else []
    known += [Identity("phone", phone)] if phone else []
    for kind, key in about.ids.items():
        platform_id = normalise_platform_id(key)
        known += [Identity(kind, platform_id)] if platform_id else []
    profiles = (normalise_linkedin_url(each) for each in _texts(about.fields, PROFILES).values())
    known += [Identity("linkedin_url", each) for each in sorted(filter(None, profiles))[:1]]
    return tuple(known)


def _hints(item: Read, domain: str | None) -> tuple[Identity, ...]:
    """What two people may have in common, and one person too."""
    name = folded_name(item.about.name)
    held = (each for each in map(item.body.get, HOLDERS) if isinstance(each, Mapping))
    clicks = [_texts(each, CLICKS) for each in (item.about.fields, item.body, *held)]
    told = sorted({pair for each in clicks for pair in each.items()})
    keys = ((each, normalise_platform_id(value)) for each, value in told)
    found = [Identity("click", f"{GOOGLES.get(each, each)}:{key}") for each, key in keys if key]
    if domain and " " in name:
        found.append(Identity("namesake", f"{domain} {name}"))
    return tuple(found)


def _texts(given: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """What of these names holds a text."""
    fields = ((name.lower(), value) for name, value in given.items())
    return {name: value for name, value in fields if name in names and isinstance(value, str)}


def _why_nobody(about: About) -> str:
    given = [name for name in ("email", "phone") if getattr(about, name)]
    if not given:
        return "there is no e-mail address, phone number or platform id, so this is about nobody"
    kinds = {"email": "the e-mail address", "phone": "the phone number"}
    return f"{' and '.join(kinds[name] for name in given)} cannot be one"


def country_of(given: str | None) -> str | None:
    """Two letters are a country's code; anything else is kept as a field."""
    code = (given or "").strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def zone_of(given: str | None) -> str | None:
    """A zone of the tz database; asking for any other name may open strange files."""
    name = (given or "").strip()
    return name if name in _zones() else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _trimmed(text: str | None) -> str | None:
    return text.strip() or None if text else None
