"""Whether a person is ready to be handed to sales now: by what they did, never by what we changed. Pure."""

from prospects.kinds import OF_INTEREST, Kind
from prospects.values import Activity, HandoffRequest, Lifecycle, Snapshot

_AFTER_CONTACT = (Kind.VERDICT, Kind.OUTCOME)


def is_ready(seen: Snapshot, request: HandoffRequest | None) -> bool:
    """Whether a handoff may be opened: warm or asked for by a flow, and no earlier finding stands against it.

    After a rep's verdict or an outcome something new must have been done by the buyer. Who would be warm by
    a change of rules alone is not (`scoring.changes.releases`).
    """
    if seen.gate is not None or seen.lifecycle in (Lifecycle.WON, Lifecycle.DISQUALIFIED):
        return False
    own = _latest_own(seen)
    verdict = _latest(seen, _AFTER_CONTACT)
    if verdict is not None and (own is None or own.learned_at <= verdict.learned_at):
        return False
    return request is not None or (seen.warm and own is not None)


def _latest_own(seen: Snapshot) -> Activity | None:
    """The buyer's own act we learned of last; a suspected robot's is nobody's."""
    own = [each for each in seen.activities if each.kind in OF_INTEREST and not each.suspect_robot]
    return max(own, key=lambda each: each.learned_at, default=None)


def _latest(seen: Snapshot, kinds: tuple[Kind, ...]) -> Activity | None:
    found = [each for each in seen.activities if each.kind in kinds]
    return max(found, key=lambda each: each.learned_at, default=None)
