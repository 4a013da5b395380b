"""The demo's tests share one filled demo."""

from tests.pages.conftest import hire, site, visitor
from tests.support.demo import demo, demo_file

__all__ = ["demo", "demo_file", "hire", "site", "visitor"]
