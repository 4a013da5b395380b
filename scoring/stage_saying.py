"""What findings about others add to a claim, in words. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from prospects.values import Activity, Reason
from scoring.saying import said, told
from scoring.stage_model import Learned

WORTH_A_LINE = 0.15
"""Of the logit; less moves nobody over a line."""


def taught(learned: Learned | None, acts: Sequence[Activity]) -> list[Reason]:
    """A line for each thing that counts; `acts` are the buyer's own, in order of time."""
    if learned is None:
        return []
    lines = [line for line in learned.lines() if abs(line[-1]) >= WORTH_A_LINE]
    return [
        replace(each, text=f"{each.text}: by what reps found of others", term=f"stage.{each.term}")
        for each in told(said(lines, acts))
    ]
