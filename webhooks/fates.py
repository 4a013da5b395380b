"""An item that came for the first time, and what became of it. Values."""

from dataclasses import dataclass

from prospects.ids import CaptureId, ProspectId
from webhooks.adapter import Read
from webhooks.fed_back import Feedback
from webhooks.rows import CaptureState

ERASED = "this person was erased after it happened"
NAMELESS = "kept until whoever did it says who they are"


@dataclass(frozen=True, slots=True)
class Fresh:
    """An item that came for the first time. `key` makes its recording unique for its person."""

    capture_id: CaptureId
    source: str
    key: str
    read: Read


@dataclass(frozen=True, slots=True)
class FreshFeedback:
    """Feedback that came for the first time. `key` makes its recording unique for its person."""

    capture_id: CaptureId
    source: str
    key: str
    read: Feedback


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a capture."""

    state: CaptureState
    reason: str | None = None
    prospect_id: ProspectId | None = None
