"""Which columns of the record's leads may have been filled only after the fact, and what people said of them."""

from collections.abc import Mapping

from scoring.features.registry import REGISTRY
from scoring.training.suspects import Suspect, suspects
from scoring.training.table import Table

FEWEST = 20
"""Certain wins, and losses, below which nothing is trained."""
ON_ARRIVAL = tuple(name for name in REGISTRY if name.startswith(("came.", "person.", "account.")))


def suspected(table: Table, said: Mapping[str, bool]) -> tuple[list[Suspect], dict[str, str]]:
    """Columns nobody has judged yet, and, with why, those that people said were not known before.

    `said` is what people said of columns: whether each was known before the hand-over.
    """
    before = [name for name in REGISTRY if name not in ON_ARRIVAL]
    certain = table.take(table.certain.nonzero()[0])
    # Among fewer no model is made, and anything tells them apart by chance.
    enough = min(certain.positives, certain.losses) >= FEWEST
    found = suspects(certain, on_arrival=ON_ARRIVAL, before=before) if enough else ()
    out = {
        name: "a colleague said that it was not known before the hand-over"
        for name, known in said.items()
        if not known and name in table.columns
    }
    return [each for each in found if each.name not in said], out
