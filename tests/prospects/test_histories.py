"""What a look sees of somebody who did very much: the newest acts, from the same one on as long as it can."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from prospects.histories import SEEN_AT_LEAST, SEEN_AT_MOST, mark_of, newest
from prospects.ids import ActivityId, new_id
from prospects.kinds import Kind
from prospects.values import Activity
from tests.scoring.people import NOW


def _acts(many: int) -> list[Activity]:
    instants = (NOW + timedelta(seconds=n) for n in range(many))
    return [Activity(ActivityId(new_id(at)), Kind.CLICK, at, at, "site", {}) for at in instants]


ACTS = _acts(2_000)


@given(many=st.integers(0, len(ACTS)))
def test_of_very_many_acts_the_newest_are_seen(many: int) -> None:
    acts = ACTS[:many]
    found = newest(acts)

    assert found == acts[many - len(found) :]
    assert min(many, SEEN_AT_LEAST) <= len(found) <= SEEN_AT_MOST
    assert found == newest(acts[-SEEN_AT_MOST:])


def test_it_seldom_begins_elsewhere() -> None:
    begins = [newest(ACTS[:many])[0].id for many in range(SEEN_AT_MOST, len(ACTS))]
    moved = sum(one != other for one, other in pairwise(begins))

    assert 1 <= moved <= len(begins) / 20


def test_a_mark_tells_whether_acts_are_the_same() -> None:
    some = ACTS[:3]
    robot = Activity(some[0].id, Kind.CLICK, NOW, NOW, "site", {}, suspect_robot=True)

    assert mark_of(some) == mark_of(some[::-1]) == mark_of(some[:1]) + mark_of(some[1:])
    assert len({mark_of(some), mark_of(some[1:]), mark_of([robot, *some[1:]])}) == 3
