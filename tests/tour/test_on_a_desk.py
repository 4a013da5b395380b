"""Each role's first five minutes on a desk with scripts; with --soak every page passed is examined."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.support.running import Running
from tests.tour.conftest import visiting
from tests.tour.visit import Visit
from tests.tour.walks import WALKS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

DESK = {"width": 1280, "height": 900}


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: str(walk.__name__))
def test_the_first_five_minutes(
    walk: Callable[[Visit], None],
    house: Running,
    browser: Browser,
    request: pytest.FixtureRequest,
) -> None:
    soak: bool = request.config.getoption("--soak")
    with visiting(house, browser, lively=True, thorough=soak, viewport=DESK) as visit:
        walk(visit)
