"""Which columns of the record's leads may have been filled only after the fact, and what people said of them."""

from sqlalchemy.orm import Session

from scoring import trainings
from scoring.features.registry import REGISTRY
from scoring.training.suspects import Suspect, suspects
from scoring.training.table import Table

FEWEST = 20
"""Certain wins, and losses, below which nothing is trained."""
ON_ARRIVAL = tuple(name for name in REGISTRY if name.startswith(("came.", "person.", "account.")))


def suspected(session: Session, table: Table) -> tuple[list[Suspect], dict[str, str]]:
    """Columns nobody has judged yet, and, with why, those that people said were not known before."""
    said = {name: row.known for name, row in trainings.words_on_columns(session).items()}
    before = [name for name in REGISTRY if name not in ON_ARRIVAL]
    known = table.take(table.certain.nonzero()[0])
    # Among fewer no model is made, and anything tells them apart by chance.
    enough = min(known.positives, len(known) - known.positives) >= FEWEST
    found = suspects(known, on_arrival=ON_ARRIVAL, before=before) if enough else ()
    out = {
        name: "a colleague said that it was not known before the hand-over"
        for name, known in said.items()
        if not known and name in table.columns
    }
    return [each for each in found if each.name not in said], out
