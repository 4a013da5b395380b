"""What axe finds on a page that shuts somebody out."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Told all that is right as well, a page takes longer.
ALL: dict[str, Any] = {"iframes": False, "resultTypes": ["violations"]}
COLOURS = {**ALL, "runOnly": ["color-contrast"]}


def barriers(page: Page, *, only_colours: bool = False) -> list[str]:
    """A report if there is anything; of colours alone where nothing else can differ."""
    found = Axe().run(page, options=COLOURS if only_colours else ALL)
    return [found.generate_report()] if found.violations_count else []
