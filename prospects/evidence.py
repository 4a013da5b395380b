"""What each thing a person is recognised by is worth: does it tell who they are, does it join two people? Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, utils

from prospects.identities import domain_of, is_free_mail

LONGEST_NAME = 120
"""Characters of a name that count."""


@dataclass(frozen=True, slots=True)
class Worth:
    """`rank`: the lowest decides whose a lead is; `joins`: strong enough to make two people one by itself."""

    rank: int
    joins: bool
    why: str


PLATFORM = Worth(0, True, "a platform gave it to one member")
ACCOUNT = "segment"
"""The kind of id that a user of a product has; sources keep theirs apart."""
KINDS: Mapping[str, Worth] = {
    "linkedin_url": Worth(0, True, "LinkedIn gives an address of a profile to one member"),
    "email": Worth(1, True, "one person reads it; shared mailboxes are told apart by their names"),
    "mailbox": Worth(2, False, "a shared mailbox with a name: whoever is on duty reads it"),
    ACCOUNT: Worth(2, False, "an account in a product, which colleagues may share"),
    "phone": Worth(3, False, "a whole company answers at its switchboard"),
}
"""What is not listed is a platform's own id for a member."""
HINTS: Mapping[str, str] = {
    "alias": "a program says that two of its accounts are one person's",
    "namesake": "the same name at the same company: there are two of many a name",
    "click": "a click on an ad is a browser's, and a browser is used by several people",
}
"""What is no way to recognise anybody. But for a program's own word it only has a person look."""

SHARED = frozenset(
    {
        "abuse", "accounting", "accounts", "admin", "administration", "admissions", "all",
        "anfrage", "ap", "ar", "assistance", "bestellung", "billing", "booking", "bookings",
        "buchhaltung", "buero", "bureau", "business", "buy", "care", "careers", "comercial",
        "commercial", "compta", "comptabilite", "contabilidad", "contact", "contacto", "contactus",
        "contato", "contatti", "customercare", "customerservice", "customersupport",
        "dataprotection", "datenschutz", "design", "desk", "dev", "developers", "direction",
        "dispatch", "einkauf", "empfang", "enquiries", "enquiry", "events", "everyone", "export",
        "facturacion", "feedback", "finance", "ftp", "geschaeftsleitung", "hallo", "hello", "help",
        "helpdesk", "hi", "hola", "hostmaster", "hr", "human.resources", "inbox", "info",
        "information", "infos", "inkoop", "invoice", "invoices", "it", "jobs", "kontakt",
        "kundenservice", "legal", "mail", "mailbox", "mailer-daemon", "marketing", "media", "moin",
        "news", "newsletter", "no-reply", "noc", "noreply", "offers", "office", "online",
        "operations", "orders", "organisation", "partner", "partners", "payroll", "personal",
        "post", "postmaster", "press", "presse", "privacy", "procurement", "projects", "purchasing",
        "recepcion", "reception", "rechnung", "recruiting", "recruitment", "registration",
        "reservations", "root", "rsvp", "sales", "salg", "secretary", "security", "sekretariat",
        "service", "services", "shop", "spam", "staff", "studio", "support", "team", "tech",
        "technik", "techsupport", "tickets", "trade", "training", "vendas", "ventas", "vente",
        "ventes", "verkauf", "verkoop", "vertrieb", "web", "webmaster", "welcome", "work", "www",
        "zentrale",
    }
)  # fmt: skip
"""Mailboxes that several people read, in the languages of those who asked; RFC 2142's are among them."""
_REGION = re.compile(r"[._-][a-z]{2}$")


class Likeness(StrEnum):
    """Why two people may be one."""

    ONE_LEAD = "one_lead"
    ALIAS = "alias"
    PHONE = "phone"
    NAMESAKE = "namesake"
    CLICK = "click"


STRONG = frozenset({Likeness.ONE_LEAD, Likeness.ALIAS})
"""What makes two people one by itself."""
WORDS = 75.0
"""Of 100: `anna` is `ana` (86) and `müller` is `mueller` (77), `bob` is not `rob` (67)."""
ONE_WORD = 88.0
"""Of a name of one word there is nothing else to go by."""


def worth(kind: str) -> Worth:
    """What an identity of this kind is worth."""
    return KINDS.get(kind, PLATFORM)


def tells(kind: str) -> bool:
    """Whether an identity of this kind says who somebody is."""
    return kind not in HINTS


def is_shared(address: str) -> bool:
    """Whether several people read this mailbox (`info@`, `sales.uk@`, `support+x@`)."""
    local = address.rpartition("@")[0].lower().partition("+")[0]
    if _REGION.sub("", local) not in SHARED and local not in SHARED:
        return False
    # At a free-mail provider a name is somebody's own, whatever it says.
    return not is_free_mail(domain_of(address) or "")


def folded_name(name: str | None) -> str:
    """A name as it is compared: small letters, no punctuation, its words in order of the alphabet."""
    return " ".join(sorted(utils.default_process((name or "")[:LONGEST_NAME]).split()))


def names_alike(one: str | None, other: str | None) -> bool:
    """Whether two names can be one person's; a missing one says nothing, so it is not."""
    short, long = sorted((folded_name(one).split(), folded_name(other).split()), key=len)
    if len(short) < 2:
        return len(short) == len(long) == 1 and fuzz.ratio(short[0], long[0]) >= ONE_WORD
    return _each_in(short, long)


def likeness(
    kind: str, *, one_joins: bool, names: tuple[str | None, str | None]
) -> Likeness | None:
    """What it says that one lead had an identity of this `kind` that is somebody else's; None for nothing.

    `one_joins`: whether what tells whose lead it is joins people as well.
    """
    if kind in (Likeness.ALIAS, Likeness.NAMESAKE):
        return Likeness(kind)
    if worth(kind).joins and tells(kind):
        return Likeness.ONE_LEAD if one_joins else None
    # A switchboard and a browser have many users: only with the name do they say anything.
    if not names_alike(*names):
        return None
    return {"phone": Likeness.PHONE, "click": Likeness.CLICK}.get(kind)


def _each_in(short: list[str], long: list[str]) -> bool:
    """Whether every word of one name is a word of its own in the other; who has more has middle names."""
    left, whole = list(long), False
    for word in short:
        found = max(left, key=lambda each: _same(word, each))
        if _same(word, found) < WORDS:
            return False
        whole = whole or len(min(word, found, key=len)) > 1
        left.remove(found)
    return whole


def _same(one: str, other: str) -> float:
    """How much two words are one, of 100; an initial stands for its word."""
    if 1 in (len(one), len(other)):
        return 100.0 if one[0] == other[0] else 0.0
    return fuzz.ratio(one, other)
