"""Takes the pictures of README.md from a demo: `python -m tests.pictures`, with a browser on this machine.

A test holds README to the pictures named here; take them anew when pages change.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import chromium
from tests.support.running import Running

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"


@dataclass(frozen=True, slots=True)
class Picture:
    """What to show: as whom, which page, by which links from there, how large."""

    name: str
    role: str
    path: str
    links: tuple[str, ...] = ()
    size: tuple[int, int] = (1100, 760)


PICTURES = (
    Picture("offer", "rep", "/today", ("main a:has-text('Theodora')",), (390, 1000)),
    Picture("person", "marketer", "/people?q=Friederike", ("main a[href^='/people/']",)),
    Picture("flow", "marketer", "/flows/guide"),
    Picture("report", "marketer", "/reports"),
    Picture("stuck", "manager", "/stuck"),
    Picture("operations", "admin", "/ops"),
)


def main() -> None:
    """Start a demo, look at each page as its role, and write the pictures."""
    with TemporaryDirectory() as folder, demo(Path(folder)) as url, browser() as it:
        for picture in PICTURES:
            width, height = picture.size
            page = it.new_page(viewport={"width": width, "height": height})
            take(page, url, picture)
            page.close()
            print(f"taken: {picture.name}.png", file=sys.stderr)


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The address of a filled demo."""
    running = Running(folder)
    try:
        running.start("--demo", within=300)
        yield running.url
    finally:
        running.stop()


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that talks to nobody but us."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium.find(), args=chromium.arguments()
        )
        yield found
        found.close()


def take(page: Page, url: str, picture: Picture) -> None:
    """Go there as a visitor would, and keep what the first screen shows."""
    page.goto(f"{url}/demo")
    page.locator(f"button[name=role][value={picture.role}]").first.click()
    page.goto(f"{url}{picture.path}")
    for link in picture.links:
        page.locator(link).first.click()
        page.wait_for_load_state()
    page.screenshot(path=FOLDER / f"{picture.name}.png", animations="disabled")


if __name__ == "__main__":
    main()
