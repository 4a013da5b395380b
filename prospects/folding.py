"""Folds over a history: what stands now, read from what happened. Pure."""

from collections.abc import Sequence

from prospects.kinds import Kind, Verdict
from prospects.values import Activity, Finding


def finding(activities: Sequence[Activity]) -> Finding | None:
    """The rep's standing finding: the last verdict we learned of; None before any.

    By when we learned of it, because a correction may name an earlier talk. Not having reached the
    buyer is no finding.
    """
    found = [
        each
        for each in activities
        if each.kind is Kind.VERDICT and _verdict(each) is not Verdict.NOT_REACHED
    ]
    if not found:
        return None
    last = max(found, key=lambda each: (each.learned_at, each.happened_at))
    verdict, stage = _verdict(last), last.body.get("stage_found")
    if verdict is Verdict.CONFIRMED and not stage:
        stage = last.body.get("claimed")
    return Finding(verdict=verdict, stage=stage, at=last.happened_at, activity=last.id)


def _verdict(activity: Activity) -> Verdict:
    # A forgotten person's verdict has lost its body, and says nothing any more.
    return Verdict(activity.body.get("verdict", Verdict.NOT_REACHED))
