"""Somebody's first five minutes in the demo, in a real browser: what they press, and what they then see."""

import re
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.open_to_all import barriers
from tests.support.running import Running

PATIENCE = 60
"""Seconds a moved clock may take; on a quiet machine it is three."""


@dataclass
class Visit:
    """One visitor with one browser; `lively` if it runs scripts, `thorough` if each page is examined."""

    house: Running
    page: Page
    lively: bool
    thorough: bool = False

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def be(self, role: str) -> None:
        """Become somebody, from the banner's own page."""
        self.go("/demo")
        self.main.locator(f"button[name=role][value={role}]").click()

    def go(self, path: str) -> None:
        answer = self.page.goto(f"{self.house.url}{path}")
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Follow the first link of this name."""
        (within or self.main).get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def press(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Press the first button of this name; one behind a summary is unfolded first."""
        (within or self.page.locator("body")).get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()

    def unfold(self, words: str) -> None:
        """Open what is folded away under these words."""
        self.main.locator("summary", has_text=words).first.click()

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.main).to_contain_text(words, timeout=10_000)

    def sees_not(self, words: str) -> None:
        expect(self.main).not_to_contain_text(words)

    def settle(self) -> None:
        """Wait until the demo has done what was asked of it."""
        deadline = time.monotonic() + PATIENCE
        while self.page.locator(".demo__busy[role=status]").count():
            assert time.monotonic() < deadline, "the demo did not come to rest"
            time.sleep(0.3)
            self.page.reload()

    def look(self) -> None:
        """This page fits the screen; that it shuts nobody out is looked at in the gallery, and with --soak."""
        if not self.lively:
            return
        # While it is at work, a page of the demo comes again by itself; no page does elsewhere.
        self.settle()
        # By its element, which is waited for where the page is just coming again.
        wide: Any = self.page.locator("html").evaluate("here => here.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        if self.thorough:
            assert barriers(self.page) == [], self.page.url
