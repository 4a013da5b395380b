"""A job title tells how senior somebody is, and what their work is about. Pure."""

from prospects.research.enricher import Enricher, Found
from prospects.titles import function_of, seniority_of
from prospects.values import Person


def look(person: Person, _domain: str | None) -> list[Found]:
    """Seniority and function, as `prospects.titles` reads them."""
    told = (("seniority", seniority_of(person.title)), ("function", function_of(person.title)))
    return [Found(name, str(value)) for name, value in told if value]


TITLE = Enricher("their title", look)
