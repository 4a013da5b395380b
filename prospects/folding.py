"""Folds over a history: what stands now, read from what happened. Pure."""

from collections.abc import Sequence

from prospects.kinds import Kind, Verdict
from prospects.values import Activity, Finding


def finding(activities: Sequence[Activity]) -> Finding | None:
    """The rep's standing finding: the latest verdict that talked to the buyer; None before any."""
    for activity in reversed(activities):
        if activity.kind is not Kind.VERDICT:
            continue
        verdict = Verdict(activity.body.get("verdict", Verdict.NOT_REACHED))
        if verdict is Verdict.NOT_REACHED:
            continue
        stage = activity.body.get("stage_found")
        if verdict is Verdict.CONFIRMED and not stage:
            stage = activity.body.get("claimed")
        return Finding(verdict=verdict, stage=stage, at=activity.happened_at, activity=activity.id)
    return None
