"""Which part of our site a page is in: what is looked at there on one day is one visit. Pure."""

from urllib.parse import urlsplit

LONGEST = 100


def part_of(page: object) -> str:
    """The part of the site a page is in: the first part of its path, or the page's own name."""
    told = page if isinstance(page, str) else ""
    try:
        path = urlsplit(told).path
    except ValueError:
        path = ""
    if not path.startswith("/"):
        return told[:LONGEST]
    return f"/{path.split('/')[1]}"[:LONGEST]
