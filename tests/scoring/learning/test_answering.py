"""Who confirms whatever is claimed teaches less, as far as that is beyond chance."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from prospects.kinds import Verdict
from scoring.learning.answering import doubted, heeded, in_words
from scoring.learning.labels import Fate, Lead
from tests.scoring.people import DAY, NOW


def found(rep: str, of: int, right: int, **more: object) -> Iterator[Lead]:
    """So many findings of a rep, of which `right` confirm."""
    for n in range(of):
        is_right = n < right
        yield Lead(
            handoff=f"{rep}{n}",
            offered_at=NOW - 20 * DAY,
            fate=Fate.WIN if is_right else Fate.LOSS,
            age=timedelta(days=3),
            verdict=Verdict.CONFIRMED if is_right else Verdict.EARLIER,
            rep=rep,
            **more,  # type: ignore[arg-type]
        )


OTHERS = [*found("ann", 60, 30), *found("bob", 60, 33)]


@pytest.mark.parametrize(
    ("answers", "right", "least", "most"),
    [
        (10, 10, 0.0, 0.0),
        (15, 15, 0.5, 0.65),
        (60, 60, 0.85, 0.9),
        (300, 300, 0.95, 0.99),
        (60, 50, 0.3, 0.5),
        (60, 31, 0.0, 0.0),
    ],
)
def test_a_confirmation_counts_less_the_surer_it_was_given_without_looking(
    answers: int, right: int, least: float, most: float
) -> None:
    by = doubted([*OTHERS, *found("yes", answers, right)], NOW)
    doubt = by["yes"].doubt if by else 0.0
    assert least <= doubt <= most
    assert set(by) <= {"yes"}
    (one,) = found("yes", 1, 1)
    assert heeded(one, by).weight == 1 - doubt


def test_what_they_found_otherwise_counts_whole() -> None:
    by = doubted([*OTHERS, *found("yes", 100, 99)], NOW)
    assert by["yes"].doubt > 0.8
    (other,) = found("yes", 1, 0)
    assert heeded(other, by).weight == 1


def test_who_is_borne_out_by_what_became_of_the_leads_is_believed() -> None:
    others = [*found("ann", 60, 30, ended=Fate.WIN), *found("bob", 60, 33, ended=Fate.LOSS)]
    assert not doubted([*others, *found("yes", 60, 60, ended=Fate.WIN)], NOW)
    assert doubted([*others, *found("yes", 60, 60, ended=Fate.LOSS)], NOW)


def test_checks_of_people_drawn_by_chance_and_findings_of_long_ago_are_no_habit() -> None:
    assert not doubted([*OTHERS, *found("yes", 60, 60, probability=0.05)], NOW)
    assert not doubted([*OTHERS, *found("yes", 60, 60)], NOW + 200 * DAY)


def test_the_words_say_how_many_and_name_nobody() -> None:
    words = in_words(doubted([*OTHERS, *found("yes", 60, 60)], NOW))
    assert words == "Findings of 1 rep count less: they confirmed 60 of 60 (others 52%)."
    assert in_words({}) is None
