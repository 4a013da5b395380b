"""The browser that other tests rely on works here."""

import pytest
from playwright.sync_api import Page


@pytest.mark.browser
def test_a_page_can_be_looked_at(phone: Page) -> None:
    phone.set_content("<h1>Hello</h1>")
    assert phone.locator("h1").inner_text() == "Hello"
