"""Whether a person is ready to be handed to sales now: by what they did, never by what we changed. Pure."""

from datetime import datetime

from prospects.kinds import OF_INTEREST, Kind
from prospects.values import Activity, HandoffRequest, Lifecycle, Snapshot

_AFTER_CONTACT = (Kind.VERDICT, Kind.OUTCOME)


def is_ready(
    seen: Snapshot,
    request: HandoffRequest | None,
    *,
    reformed_at: datetime,
    looked_at: datetime | None,
) -> bool:
    """Whether a handoff may be opened: warm or asked for by a flow, and no earlier finding stands against it.

    After a rep's verdict or an outcome something new must have been done by the buyer. Warmth alone counts
    only if it is the buyer's doing: if what makes people warm was changed (`reformed_at`) after their last
    own act, and that act had been looked at before (`looked_at`: the look before this one), then only the
    change made them warm, and a person releases them.
    """
    if seen.gate is not None or seen.lifecycle in (Lifecycle.WON, Lifecycle.DISQUALIFIED):
        return False
    own = _latest_own(seen)
    verdict = _latest(seen, _AFTER_CONTACT)
    if verdict is not None and (own is None or own.learned_at <= verdict.learned_at):
        return False
    if request is not None:
        return True
    return seen.warm and not _only_reformed(own, reformed_at, looked_at)


def _only_reformed(own: Activity | None, reformed_at: datetime, looked_at: datetime | None) -> bool:
    if own is None:
        return True
    if own.learned_at >= reformed_at or looked_at is None:
        return False
    return looked_at >= own.learned_at


def _latest_own(seen: Snapshot) -> Activity | None:
    """The buyer's own act we learned of last; a suspected robot's is nobody's."""
    own = [each for each in seen.activities if each.kind in OF_INTEREST and not each.suspect_robot]
    return max(own, key=lambda each: each.learned_at, default=None)


def _latest(seen: Snapshot, kinds: tuple[Kind, ...]) -> Activity | None:
    found = [each for each in seen.activities if each.kind in kinds]
    return max(found, key=lambda each: each.learned_at, default=None)
