"""What pages show of what was found out about people and companies."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FoundOut:
    """One thing that was told or found out of a person or company: what it is, from what, and since when."""

    what: str
    value: str
    source: str
    at: datetime
