"""What led somebody to a page: campaign words and click ids, as they stand in its address. Pure."""

from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus, urlsplit

CAMPAIGN = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"})
CLICK_IDS = frozenset(
    {"gclid", "gbraid", "wbraid", "fbclid", "li_fat_id", "msclkid", "ttclid", "rdt_cid", "twclid"}
    | {"ScCid"}
)
TOUCH = CAMPAIGN | CLICK_IDS
"""What led somebody here; kept byte for byte."""
LONGEST = 500
MOST_PARTS = 200


def touch_of(address: str) -> dict[str, str]:
    """The touch in a page's address, or in its query alone; empty values are left out."""
    query = _query(address)
    return {name: value[:LONGEST] for name, value in _pairs(query) if name in TOUCH and value}


def _query(address: str) -> str:
    if address.startswith("?"):
        return address[1:]
    try:
        return urlsplit(address).query
    except ValueError:
        return ""


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for part in query.split("&", MOST_PARTS)[:MOST_PARTS]:
        name, _, value = part.partition("=")
        # A plus is a blank in words; in an id it is a plus.
        yield unquote(name), unquote_plus(value) if name in CAMPAIGN else unquote(value)
