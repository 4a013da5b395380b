"""What an open lead is worth, and that it beats waiting and not waiting."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scoring.learning.delay import LEAST, Weighed, chance, hazard, ripe, weigh
from scoring.learning.labels import Fate, Lead
from tests.scoring.people import DAY, NOW

WITHIN = 30 * DAY
Rows = Sequence[Weighed | None]


def lead(fate: Fate, age: float, ago: float, handoff: str = "") -> Lead:
    return Lead(handoff=handoff, offered_at=NOW - ago * DAY, fate=fate, age=age * DAY)


def test_an_open_lead_is_worth_what_its_kind_still_turns_out() -> None:
    """Losses become known on the second day, wins on the twentieth: who is open for ten days is a win."""
    known = [lead(Fate.LOSS, 1, 40), lead(Fate.WIN, 20, 40)] * 100
    found = hazard(known, WITHIN, NOW)
    assert 0.47 < chance(found, timedelta()) < 0.53
    assert chance(found, 10 * DAY) > 0.95
    (*_, row) = weigh([*known, lead(Fate.OPEN, 10, 10)], WITHIN, NOW)
    assert row is not None
    assert row.win
    assert 0.7 < row.weight < 0.95


def test_where_being_open_says_nothing_it_weighs_nothing() -> None:
    known = [lead(fate, age, 40) for fate in (Fate.WIN, Fate.LOSS) for age in (1, 5, 10, 20)] * 50
    for age in (0, 3, 8, 30):
        row = weigh([*known, lead(Fate.OPEN, age, age)], WITHIN, NOW)[-1]
        assert row is None or row.weight < 0.05


def test_a_lead_is_measured_by_once_its_time_is_over_and_in_the_first_month_once_most_are_found() -> (
    None
):
    fates = (Fate.WIN, Fate.LOSS)
    young = [lead(fate, age, 9) for fate in fates for age in (1, 2, 3, 4, 5, 6, 8)] * 9
    assert 6 * DAY <= ripe(young, WITHIN, NOW) <= 8 * DAY
    old = [lead(fate, 2, 31) for fate in fates] * 20
    assert ripe([*young, *old], WITHIN, NOW) == WITHIN
    assert ripe([*young, *old[1:]], WITHIN, NOW) < WITHIN
    assert ripe([lead(Fate.OPEN, 3, 3)], WITHIN, NOW) == WITHIN


def test_a_lead_of_sixty_days_ago_counts_half() -> None:
    rows = weigh([lead(Fate.WIN, 1, 0), lead(Fate.LOSS, 1, 60)], WITHIN, NOW)
    assert rows == [Weighed(True, 1.0), Weighed(False, 0.5)]


@given(
    st.lists(
        st.builds(
            lead,
            st.sampled_from(Fate),
            st.floats(0, 30),
            st.floats(0, 400),
        ),
        max_size=30,
    ),
    st.floats(0, 30),
)
def test_every_weight_and_chance_is_between_nothing_and_one(some: list[Lead], age: float) -> None:
    found = hazard(some, WITHIN, NOW)
    assert all(0 <= w + lo <= 1 for w, lo in zip(found.win, found.loss, strict=True))
    assert 0 <= chance(found, age * DAY) <= 1
    for each, row in zip(some, weigh(some, WITHIN, NOW), strict=True):
        assert row is None or LEAST <= row.weight <= 1
        assert row is None or each.fate is Fate.OPEN or row.win is (each.fate is Fate.WIN)


# Two campaigns change places forty days ago; wins take long to show, losses are said at once.
CHANGED = 40.0
BEFORE, AFTER = {"fair": 0.5, "ads": 0.1}, {"fair": 0.1, "ads": 0.5}


def a_year(dice: Random) -> Iterator[Lead]:
    for _ in range(3_000):
        ago, came = dice.uniform(0, 365), dice.choice(("fair", "ads"))
        wins = dice.random() < (BEFORE if ago > CHANGED else AFTER)[came]
        takes = min(dice.expovariate(1 / 12) if wins else dice.expovariate(1 / 4), 29.9)
        fate = Fate.OPEN if takes > ago else Fate.WIN if wins else Fate.LOSS
        yield lead(fate, min(takes, ago), ago, came)


def won_by_now(leads: Sequence[Lead]) -> Rows:
    return [Weighed(each.fate is Fate.WIN, 1) for each in leads]


def matured_only(leads: Sequence[Lead]) -> Rows:
    old = [each.offered_at + WITHIN <= NOW for each in leads]
    return [
        Weighed(each.fate is Fate.WIN, 1) if o else None for each, o in zip(leads, old, strict=True)
    ]


def settled_only(leads: Sequence[Lead]) -> Rows:
    rows = weigh(leads, WITHIN, NOW)
    return [None if each.fate is Fate.OPEN else row for each, row in zip(leads, rows, strict=True)]


def ours(leads: Sequence[Lead]) -> Rows:
    return weigh(leads, WITHIN, NOW)


def log_loss(how: Callable[[Sequence[Lead]], Rows], leads: Sequence[Lead]) -> float:
    """Of the next lead of each campaign, foreseen by the share of wins among the rows."""
    loss, rows = 0.0, how(leads)
    for came, truth in AFTER.items():
        some = [row for each, row in zip(leads, rows, strict=True) if row and each.handoff == came]
        foreseen = sum(row.weight for row in some if row.win) / sum(row.weight for row in some)
        loss -= truth * math.log(foreseen) + (1 - truth) * math.log(1 - foreseen)
    return loss / len(AFTER)


def test_after_a_change_it_beats_won_by_now_and_matured_only() -> None:
    dice = Random(7)
    years = [list(a_year(dice)) for _ in range(3)]
    losses = {
        how: sum(log_loss(how, year) for year in years)
        for how in (ours, settled_only, won_by_now, matured_only)
    }
    assert losses[ours] < losses[settled_only] < losses[matured_only]
    assert losses[ours] < losses[won_by_now] - 0.1
