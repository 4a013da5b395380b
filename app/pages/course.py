"""A person's score and stage over time: drawn, and in words what moved them at each step. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from app.pages.plots import Dot, Plot, Stretch, across, line, share, up
from app.times import moment
from prospects.values import Reason

TOP = 100.0
"""Points go from 0 to this."""
MOST_MOVED = 4
LEAST_LOGIT, LEAST_POINTS = 0.05, 0.5
WARM_DOT = 4.5
HOTTEST = 5

Stages = Mapping[str, str]
"""Names by slug, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What was believed at one instant. `lines` by what they are about; `by_card`: they are shares of a logit."""

    at: datetime
    points: float
    score: float | None
    grade: str
    stage: str | None
    warm: bool
    scorer: str
    by_card: bool
    lines: Mapping[str, Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One line that weighed otherwise than before: what it is, and by how much."""

    text: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStep:
    """One step: when, what changed, and what moved it, the most first."""

    at: datetime
    changes: Sequence[str]
    moved: Sequence[Moved]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The drawing and its steps, the newest first; `more`: there were earlier ones that are not shown."""

    plot: Plot
    steps: Sequence[CourseStep]
    more: bool = False


def course(
    beliefs: Sequence[Belief], stages: Stages, now: datetime, zone: tzinfo, *, more: bool = False
) -> Course | None:
    """From beliefs in order of time; None where there is none."""
    if not beliefs:
        return None
    steps = [_step(before, after, stages) for before, after in pairwise(beliefs)]
    if not more:
        begun = CourseStep(at=beliefs[0].at, changes=list(_begun(beliefs[0], stages)), moved=())
        steps.insert(0, begun)
    return Course(plot=_drawn(beliefs, stages, now, zone), steps=steps[::-1], more=more)


def _begun(first: Belief, stages: Stages) -> Iterator[str]:
    yield f"First looked at: {first.points:.0f} points"
    if first.stage:
        yield f"Stage: {_named(first.stage, stages)}"
    if first.warm:
        yield "Warm"


def _step(before: Belief, after: Belief, stages: Stages) -> CourseStep:
    return CourseStep(
        at=after.at, changes=list(_changes(before, after, stages)), moved=_moved(before, after)
    )


def _changes(before: Belief, after: Belief, stages: Stages) -> Iterator[str]:
    if before.scorer != after.scorer and (before.by_card or after.by_card):
        yield f"{after.scorer} scores from here on" if after.by_card else "Your points score again"
    if round(before.points) != round(after.points):
        yield f"Points: {before.points:.0f} → {after.points:.0f}"
    if before.score is not None and after.score is not None and before.score != after.score:
        yield f"Score: {share(before.score)} → {share(after.score)}"
    if before.grade != after.grade:
        yield f"Grade: {before.grade or 'none'} → {after.grade or 'none'}"
    if before.stage != after.stage:
        yield f"Stage: {_named(before.stage, stages)} → {_named(after.stage, stages)}"
    if before.warm != after.warm:
        yield "Became warm" if after.warm else "Was warm no longer"


def _moved(before: Belief, after: Belief) -> list[Moved]:
    """Differences of lines; points and shares of a logit cannot be taken from each other."""
    if before.by_card != after.by_card:
        return []
    least = LEAST_LOGIT if after.by_card else LEAST_POINTS
    apart = {
        term: _value(after.lines.get(term)) - _value(before.lines.get(term))
        for term in {*before.lines, *after.lines}
    }
    told = sorted(
        (term for term in apart if abs(apart[term]) >= least),
        key=lambda term: (-abs(apart[term]), term),
    )
    return [
        Moved(text=_text(term, before, after), share=_share(apart[term], by_card=after.by_card))
        for term in told[:MOST_MOVED]
    ]


def _text(term: str, before: Belief, after: Belief) -> str:
    now, then = after.lines.get(term), before.lines.get(term)
    if now is not None:
        return now.text
    assert then is not None
    return f"No longer: {then.text}"


def _value(reason: Reason | None) -> float:
    return reason.value if reason else 0.0


def _share(value: float, *, by_card: bool) -> str:
    return (f"{value:+.1f}" if by_card else f"{value:+.0f}").replace("-", "−")


def _named(stage: str | None, stages: Stages) -> str:
    return stages.get(stage, stage) if stage else "none"


def _drawn(beliefs: Sequence[Belief], stages: Stages, now: datetime, zone: tzinfo) -> Plot:
    start = beliefs[0].at
    wide = max(now - start, timedelta(minutes=1))
    places = [across((each.at - start) / wide) for each in beliefs]
    heights = [up(each.points / TOP) for each in beliefs]
    ends = [*places[1:], across((now - start) / wide)]
    corners = [
        corner
        for x, y, end in zip(places, heights, ends, strict=True)
        for corner in ((x, y), (end, y))
    ]
    return Plot(
        key="course",
        title="Over time",
        sentence=_sentence(beliefs, stages),
        x_name="time",
        y_name="points",
        x_ticks=[(across(0), moment(start, now, zone)), (across(1), "now")],
        y_ticks=[(up(part), f"{part * TOP:.0f}") for part in (0.0, 0.5, 1.0)],
        head=("When", "Points", "Score", "Grade", "Stage", "Warm"),
        rows=[_row(each, stages, now, zone) for each in reversed(beliefs)],
        path=line(corners),
        dots=_warmed(beliefs, places, heights),
        stretches=_stretches(beliefs, stages, places, ends),
    )


def _sentence(beliefs: Sequence[Belief], stages: Stages) -> str:
    points = _went([f"{each.points:.0f}" for each in beliefs])
    stage = _went([_named(each.stage, stages) for each in beliefs])
    return (
        f"Points {points}, the stage {stage}. "
        "The band below is the stage, the warmer the further; a dot is where they became warm."
    )


def _went(values: Sequence[str]) -> str:
    first, last = values[0], values[-1]
    if len(set(values)) == 1:
        return f"stayed at {last}"
    return f"came back to {last}" if first == last else f"went from {first} to {last}"


def _row(each: Belief, stages: Stages, now: datetime, zone: tzinfo) -> tuple[str, ...]:
    score = "–" if each.score is None else share(each.score)
    warm = "yes" if each.warm else "no"
    stage = _named(each.stage, stages)
    return (moment(each.at, now, zone), f"{each.points:.0f}", score, each.grade or "–", stage, warm)


def _warmed(
    beliefs: Sequence[Belief], places: Sequence[float], heights: Sequence[float]
) -> list[Dot]:
    was = [False, *(each.warm for each in beliefs)]
    return [
        Dot(x=x, y=y, radius=WARM_DOT, says="Became warm")
        for each, before, x, y in zip(beliefs, was, places, heights, strict=False)
        if each.warm and not before
    ]


def _stretches(
    beliefs: Sequence[Belief], stages: Stages, places: Sequence[float], ends: Sequence[float]
) -> list[Stretch]:
    order = list(stages)
    return [
        Stretch(
            x=x,
            width=round(max(end - x, 0.5), 1),
            heat=_heat(order.index(each.stage), len(order)) if each.stage in order else 0,
            says=_named(each.stage, stages),
        )
        for each, x, end in zip(beliefs, places, ends, strict=True)
    ]


def _heat(place: int, count: int) -> int:
    return HOTTEST if count < 2 else 1 + round(place * (HOTTEST - 1) / (count - 1))
