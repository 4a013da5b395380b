"""The column of outcomes is understood, or it is said in one line what would make it clear."""

import pytest

from app.labelled.outcome import OneSidedError, UnclearError, outcomes, set_aside


@pytest.mark.parametrize(
    "cells",
    [
        ["yes", "no"],
        ["1", "0"],
        ["1.0", "0.0"],
        ["Won", "Lost"],
        ["TRUE", "False"],
        ["ja", "nein"],
        ["Closed Won", "closed_lost"],
        ["converted", "Not Converted"],
        ["Y", "N"],
        ["はい", "いいえ"],
        ["成約", "失注"],
        ["Tak", "Nie"],
        ["Да", "Нет"],
        ["✓", "✗"],
        ["closedwon", "closedlost"],
    ],
)
def test_usual_words_need_no_help(cells: list[str]) -> None:
    assert outcomes("won", cells, None).wins == (True, False)


def test_rows_without_an_outcome_are_not_yet_known() -> None:
    assert outcomes("won", ["yes", "", "no", "n/a"], None).wins == (True, None, False, None)


def test_a_named_win_makes_all_others_none() -> None:
    found = outcomes("stage", ["Won", "Lost", "Open", ""], "won")
    assert found.wins == (True, False, False, None)
    assert "`Lost`, `Open` as not" in found.said


@pytest.mark.parametrize(
    ("cells", "positive", "said"),
    [
        (["a", "b"], None, "--positive"),
        (["Won", "Lost", "Open"], None, "--positive Won"),
        (["won", "", "won"], None, "--positive won counts the empty ones as not won"),
        (["yes", "no"], "maybe", "never says `maybe`"),
        ([str(n) for n in range(200)], None, "200 different values"),
    ],
)
def test_what_is_unclear_is_said_with_what_to_do(
    cells: list[str], positive: str | None, said: str
) -> None:
    with pytest.raises(UnclearError, match=r"^[^\n]*$") as caught:
        outcomes("won", cells, positive)
    assert said in str(caught.value)


@pytest.mark.parametrize("cells", [["yes", "yes"], ["", ""]])
def test_one_outcome_teaches_nothing(cells: list[str]) -> None:
    with pytest.raises(OneSidedError):
        outcomes("won", cells, None)


def test_a_day_that_is_filled_in_only_for_wins_is_an_outcome() -> None:
    assert outcomes("bought on", ["2026-03-04", "", "n/a"], "*").wins == (True, False, False)


def test_what_is_undecided_is_set_aside_and_counted_and_must_be_there() -> None:
    cells = ["won", "Open", "lost", "open "]
    assert set_aside("stage", cells, ["open"]) == (["won", "", "lost", ""], 2)
    with pytest.raises(UnclearError, match="never says `pending`"):
        set_aside("stage", cells, ["pending"])


def test_what_sounds_undecided_is_told_with_how_to_leave_it_out() -> None:
    cells = ["won", "lost", "In Progress", "Open"]
    mend = "--undecided 'In Progress' --undecided Open"
    with pytest.raises(UnclearError, match=mend):
        outcomes("stage", cells, None)
    assert outcomes("stage", cells, "won").said.endswith(mend)
    assert "--undecided" not in outcomes("stage", ["won", "lost"], "won").said
