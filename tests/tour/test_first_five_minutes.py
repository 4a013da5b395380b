"""Each role's first five minutes, on a desk with scripts and on a phone without; one demo for each of both."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.support.running import Running
from tests.tour.conftest import Way, visiting
from tests.tour.visit import Visit
from tests.tour.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: str(walk.__name__))
def test_the_first_five_minutes(
    way: Way,
    walk: Callable[[Visit], None],
    house: Running,
    browser: Browser,
    request: pytest.FixtureRequest,
) -> None:
    """With --soak every page that is passed on a desk is examined."""
    soak: bool = request.config.getoption("--soak")
    with visiting(house, browser, way, thorough=soak and way is Way.DESK) as visit:
        walk(visit)
