"""How long it takes to score somebody by a card, with all reasons, as it is done for a brief."""

from collections.abc import Iterator
from time import perf_counter

from scoring.card.adding import add_up
from scoring.card.card import Card
from scoring.card.terms import Value
from scoring.training.table import Column, Numbers, Table

ROWS = 2_000
TIMES = 3


def microseconds(card: Card, table: Table) -> float:
    """Microseconds a person, the best of three rounds: what else runs on the machine only adds."""
    people = list(rows(table, ROWS))
    rounds = []
    for _ in range(TIMES):
        began = perf_counter()
        for features in people:
            add_up(card, features)
        rounds.append((perf_counter() - began) / len(people))
    return round(min(rounds) * 1e6, 2)


def rows(table: Table, most: int) -> Iterator[dict[str, Value]]:
    """The first rows of a table as features of one person each."""
    for n in range(min(most, len(table))):
        yield {name: _value(column, n) for name, column in table.columns.items()}


def _value(column: Column, row: int) -> Value:
    if isinstance(column, Numbers):
        number = float(column.values[row])
        return None if number != number else number
    code = int(column.codes[row])
    return None if code < 0 else column.levels[code]
