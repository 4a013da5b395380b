"""Percentages that later findings contradict are found out, and right ones hardly ever, however often they are looked at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scoring.card.adding import sigmoid
from scoring.learning.holding import CERTAIN, Later, agrees, evidence, held, in_words

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DRAWN = 0.05


def life(
    seed: int,
    findings: int,
    *,
    slope: float = 1.0,
    move: float = 0.0,
    turns: int = 0,
) -> list[Later]:
    """A finding a day; from day `turns` on the truth is slope · logit + move. One in seven was drawn."""
    dice, made = Random(seed), []
    for n in range(findings):
        drawn = n % 7 == 0
        logit = dice.gauss(-2.0, 0.8) if drawn else dice.gauss(0.3, 1.2)
        true = slope * logit + move if n >= turns else logit
        win = dice.random() < sigmoid(true)
        made.append(Later(logit, win, 1.0, DRAWN if drawn else None, BEGAN + (n + 1) * DAY))
    return made


def first_hidden(told: list[Later], every: int = 10) -> int | None:
    """After how many findings the percentage is hidden, if it is looked at each time there are so many more."""
    for n in range(every, len(told) + 1, every):
        if held(told[:n], BEGAN, told[n - 1].offered_at).contradicted:
            return n
    return None


def test_right_percentages_are_hidden_in_one_life_of_twenty_at_most() -> None:
    lives = 60
    hidden = [first_hidden(life(seed, 120, slope=1.0)) for seed in range(lives)]
    assert sum(each is not None for each in hidden) <= lives / 20


def test_percentages_that_are_too_high_too_low_or_too_flat_are_hidden() -> None:
    for slope, move in ((1.0, -1.2), (1.0, 1.2), (2.2, 0.0), (0.3, 0.0)):
        after = [first_hidden(life(seed, 240, slope=slope, move=move), 30) for seed in range(6)]
        assert all(after), (slope, move, after)


def test_a_market_that_turns_late_is_found_out_though_it_was_right_for_long() -> None:
    after = [first_hidden(life(seed, 340, move=-1.5, turns=200), 20) for seed in range(6)]
    assert all(each is not None and 200 < each <= 340 for each in after), after


def test_what_is_off_by_little_is_left_however_many_findings_say_so() -> None:
    told = life(7, 1_600, move=-0.2)
    assert first_hidden(told, 160) is None


def test_it_comes_back_only_by_findings_that_are_as_told_again() -> None:
    wrong = life(7, 200, move=-1.5)
    line = held(wrong, BEGAN, wrong[-1].offered_at)
    assert agrees(life(8, 120, move=-1.5), line.slope, line.move) < 1
    assert agrees(life(8, 120), line.slope, line.move) > CERTAIN


def test_nothing_is_said_of_nobody() -> None:
    found = held([], BEGAN, BEGAN)
    assert (found.evidence, found.off, found.near, found.contradicted) == (1.0, 0.0, True, False)
    assert agrees([], 0.5, -1.0) == 1.0


def test_in_words_what_was_foreseen_stands_beside_what_was_found() -> None:
    high = in_words(held(life(7, 80, move=-1.5), BEGAN, BEGAN + 80 * DAY))
    assert high[0].startswith("Of 80 leads of 90 days that it had not learned from, ")
    assert len(high) == 2
    flat = in_words(held(life(4, 80, slope=2.2), BEGAN, BEGAN + 80 * DAY))
    assert "of whom more was foreseen" in flat[1]
    assert "of whom less was foreseen" in flat[2]


SETTLED = st.builds(
    Later,
    logit=st.floats(-8, 8),
    win=st.booleans(),
    weight=st.floats(0.5, 1.0),
    probability=st.none() | st.floats(0.01, 1.0),
    offered_at=st.integers(0, 400).map(lambda n: BEGAN + n * DAY),
)


@given(st.lists(SETTLED, max_size=30), st.randoms(use_true_random=False))
def test_whatever_was_found_the_figures_are_figures_and_the_order_says_nothing(
    some: list[Later], dice: Random
) -> None:
    now = BEGAN + 400 * DAY
    found = held(some, BEGAN, now)
    assert found.evidence >= 0
    assert 0 <= found.off <= 1
    assert found.low.leads + found.high.leads == found.all.leads <= len(some)
    mixed = list(some)
    dice.shuffle(mixed)
    assert abs(evidence(mixed, BEGAN) / found.evidence - 1) < 1e-6 if found.evidence else True


@given(SETTLED, st.lists(SETTLED, max_size=8))
def test_on_average_one_more_finding_says_nothing_against_what_is_right(
    one: Later, before: list[Later]
) -> None:
    """The evidence is a test martingale: over what may be found next, by what is told, it stays or falls."""
    after = [
        evidence([*before, replace(one, win=win)], BEGAN) * (one.chance if win else 1 - one.chance)
        for win in (True, False)
    ]
    assert sum(after) <= evidence(before, BEGAN) * (1 + 1e-9)
