"""Every enricher, those whose word counts more first; and what is asked where nothing is known. Pure."""

from collections.abc import Mapping, Sequence

from prospects.research.enricher import Enricher
from prospects.research.mail_domain import MAIL_DOMAIN
from prospects.research.phone import PHONE
from prospects.research.title import TITLE
from prospects.values import Company, Person

ENRICHERS: Sequence[Enricher] = (PHONE, MAIL_DOMAIN, TITLE)
"""Where two tell the same thing (a country), the first one's word is taken."""

ASK: Mapping[str, str] = {
    "title": "What is their role?",
    "country": "In which country are they?",
    "company": "Which company are they at?",
    "employees": "How many people work there?",
}
"""What a rep should know, and how it is asked where nobody could find it out."""


def unknown(person: Person, company: Company | None) -> list[str]:
    """The questions about what neither they nor any enricher told."""
    fields = {**person.fields, **(company.fields if company else {})}
    known = {
        "title": person.title,
        "country": person.country,
        "company": person.company or company,
        "employees": fields.get("employees"),
    }
    return [question for name, question in ASK.items() if not known[name]]
