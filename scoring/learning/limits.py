"""What no model knows, however good it is: said of each, wherever it is shown; and what keeps all from a percentage. Pure."""

from scoring.learning.base_rate import LEAST_DRAWN
from scoring.rules import ScoringRules

LIMITS = (
    "It says how such people ended before; it knows nothing that nobody recorded.",
    "It was trained on people somebody talked to; of others it is less sure.",
    "Its reasons are shares of a sum: they say what spoke for and against, not what caused it.",
)
NOBODY_DRAWN = (
    "No percentage can be shown while “explore” is 0 in scoring.yaml: reps are asked about warm people alone, "
    "so nobody can know how it stands with everybody else. Set “explore: 0.05”, and of 100 people who are not warm "
    f"five in thirty days go to the desk or to volunteers as spot checks; from {LEAST_DRAWN} such findings on a percentage "
    "is tested, and shown where it holds. Until then there is the grade."
)


def undrawn(rules: ScoringRules) -> str | None:
    """That nobody is drawn by chance because somebody wrote so, and what to do; None where people are, or will be."""
    return (
        NOBODY_DRAWN if "explore" in rules.scoring.model_fields_set and not rules.explore else None
    )
