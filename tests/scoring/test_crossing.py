"""Whether somebody crosses the warm line by what they did themselves since the rules changed."""

from datetime import timedelta

import pytest

from prospects.kinds import Kind, Verdict
from prospects.values import Activity
from scoring.changes.crossing import by_themselves
from tests.scoring.people import DAY, NOW, act, form, somebody, verdict

CHANGED = NOW - timedelta(hours=1)
SINCE, BEFORE = timedelta(minutes=5), DAY


@pytest.mark.parametrize(
    ("acts", "up", "down"),
    [
        ((), False, False),
        ((form("a", BEFORE),), False, False),
        ((form("a", SINCE), form("b", BEFORE)), True, True),
        ((form("b", BEFORE), act(Kind.MAIL_SENT, SINCE)), False, False),
        ((act(Kind.CLICK, SINCE, robot=True),), False, False),
        # What a rep found may cool somebody down at once; warm it makes nobody.
        ((verdict(Verdict.EARLIER, SINCE, found="awareness"), form("b", BEFORE)), False, True),
        # It may not have been looked at by the old rules.
        ((form("a", timedelta(hours=1, seconds=30)),), True, True),
    ],
)
def test_only_the_buyers_own_acts_take_them_up_and_a_finding_takes_them_down(
    acts: tuple[Activity, ...], up: bool, down: bool
) -> None:
    seen = somebody(*acts)
    assert by_themselves(seen, CHANGED, up=True) is up
    assert by_themselves(seen, CHANGED, up=False) is down
