"""What the record says of a handoff, marked where chance and not warmth made it."""

from typing import Any

from prospects.kinds import Body, plain
from prospects.touch_rows import DRAWN
from routing.rows import HandoffRow


def body_of(handoff: HandoffRow, body: Body) -> dict[str, Any]:
    """The body as it is stored; of a spot check it says so, which keeps it out of reports."""
    return plain(body) if handoff.drawn is None else {**plain(body), DRAWN: True}
