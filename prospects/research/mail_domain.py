"""A company's mail domain tells its website, and by its ending often its country. Pure."""

from prospects.research.enricher import Enricher, Found
from prospects.values import Person

SOLD_TO_ANYBODY = frozenset(
    {
        "ac", "ag", "ai", "am", "bz", "cc", "cd", "co", "dj", "fm", "gg", "gl", "im", "io", "is", "la",
        "ly", "me", "ms", "mu", "nu", "sc", "sh", "st", "to", "tv", "vc", "ws",
    }
)  # fmt: skip
"""Endings of countries that companies of all countries take for their looks."""
_UNLIKE = {"uk": "GB", "eu": None, "su": None}
"""Endings of two letters that are no country's code."""
_TWO_LETTERS = 2


def look(_person: Person, domain: str | None) -> list[Found]:
    """The website at the company's domain, and the country of its ending."""
    if domain is None:
        return []
    country = _country(domain.rpartition(".")[2])
    found = [Found("website", f"https://{domain}")]
    return [*found, Found("country", country)] if country else found


def _country(ending: str) -> str | None:
    if len(ending) != _TWO_LETTERS or not ending.isalpha() or ending in SOLD_TO_ANYBODY:
        return None
    return _UNLIKE.get(ending, ending.upper())


MAIL_DOMAIN = Enricher("their company's mail domain", look, of_company=True)
