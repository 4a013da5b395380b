"""What a form says about one field that is wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong in one field, and what would be right."""

    reason: str
    mend: str = ""
