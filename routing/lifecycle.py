"""Our side's place with a person, folded from where they stood and what is known now. Pure."""

from typing import assert_never

from prospects.values import Lifecycle
from routing.lives import HandoffState

_FROM_A_REP = frozenset({Lifecycle.WON, Lifecycle.LOST, Lifecycle.RECYCLED, Lifecycle.DISQUALIFIED})


def of_handoff(state: HandoffState) -> Lifecycle:
    """Where a person stands whose handoff is in this state."""
    match state:
        case HandoffState.HELD:
            return Lifecycle.WARM
        case HandoffState.OFFERED:
            return Lifecycle.OFFERED
        case HandoffState.ACCEPTED:
            return Lifecycle.WITH_A_REP
        case HandoffState.CHECKED:
            return Lifecycle.CHECKED
        case HandoffState.WON:
            return Lifecycle.WON
        case HandoffState.LOST:
            return Lifecycle.LOST
        case HandoffState.RECYCLED:
            return Lifecycle.RECYCLED
        case HandoffState.DISQUALIFIED:
            return Lifecycle.DISQUALIFIED
        case _:
            assert_never(state)


def lifecycle(
    before: Lifecycle, *, handoff: HandoffState | None, warm: bool, enrolled: bool
) -> Lifecycle:
    """The new place. `handoff` is their open one, if any.

    What a rep found stays until a new handoff opens; who once was nurtured does not become an inquiry again.
    """
    if handoff is not None:
        return of_handoff(handoff)
    if before in _FROM_A_REP:
        return before
    if warm:
        return Lifecycle.WARM
    if enrolled or before is not Lifecycle.INQUIRY:
        return Lifecycle.NURTURING
    return Lifecycle.INQUIRY
