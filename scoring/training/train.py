"""A training from a table to a card: every rung that has the rows for it is tried, and the best on later rows wins."""

from scoring.card.card import Card
from scoring.training.table import Table
from scoring.training.trained import Plan, Trained


def train(table: Table, plan: Plan, *, active: Card | None = None) -> Trained:
    """Try every candidate, pick the champion, and put it down as a card.

    `active` is the card that scores now, over the same names of columns; the gate holds the champion
    against it, else against the marketer's points. Raises TooLittleError below two rows of each outcome.
    """
    raise NotImplementedError
