"""Under whose name a caller moves a model on, or decides on changed rules."""

from app.api.base import caller, member
from scoring.models import By


def by_caller() -> By:
    """The caller for the audit, and the colleague they act as, if any."""
    somebody = member()
    return By(caller().who, somebody.id if somebody else None)
