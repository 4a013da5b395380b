"""From what a sender wrote about somebody to a lead the record can resolve."""

from functools import cache
from zoneinfo import available_timezones

from prospects.identities import (
    company_domain,
    normalise_phone,
    normalise_platform_id,
    read_email,
)
from prospects.identity import Identity, Lead
from prospects.values import Person
from webhooks.adapter import About, Read


def lead_of(read: Read, ref: str) -> Lead | str:
    """The lead in `read`, named `ref`; or, where nobody can be recognised by it, why not."""
    about = read.about
    identities = _identities(about)
    if not identities:
        return _why_nobody(about)
    email = next((each.key for each in identities if each.kind == "email"), None)
    phone = next((each.key for each in identities if each.kind == "phone"), None)
    country, zone = _country(about.country), _zone(about.zone)
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
        happened_at=read.happened_at,
        domain=company_domain(email, about.domain),
        account_name=about.company or None,
        account_fields=about.account_fields,
    )


def _identities(about: About) -> tuple[Identity, ...]:
    email = read_email(about.email) if about.email else None
    phone = normalise_phone(about.phone, _country(about.country)) if about.phone else None
    known = [Identity("email", email.key)] if email else []
    known += [Identity("phone", phone)] if phone else []
    for kind, key in about.ids.items():
        platform_id = normalise_platform_id(key)
        known += [Identity(kind, platform_id)] if platform_id else []
    return tuple(known)


def _why_nobody(about: About) -> str:
    given = [name for name in ("email", "phone") if getattr(about, name)]
    if not given:
        return "there is no e-mail address, phone number or platform id, so this is about nobody"
    kinds = {"email": "the e-mail address", "phone": "the phone number"}
    return f"{' and '.join(kinds[name] for name in given)} cannot be one"


def _country(given: str | None) -> str | None:
    """Two letters are a country's code; anything else is kept as a field."""
    code = (given or "").strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _zone(given: str | None) -> str | None:
    """A zone of the tz database; asking for any other name may open strange files."""
    name = (given or "").strip()
    return name if name in _zones() else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _trimmed(text: str | None) -> str | None:
    return text.strip() or None if text else None
