"""The scoring rules and what other ones would change, in words and as a small drawing."""

from collections.abc import Sequence

from app.pages.condition_words import CALLED
from app.pages.flow_words import act_in_words, duration, plain
from app.pages.papers import NOBODY
from app.pages.scoring_form import number
from app.pages.scoring_views import Ahead, Crossers, GradeBars, RuleLine
from app.what_if.points import Crosser, Foreseen
from prospects.conditions.explain import in_words
from scoring.rules import ScoringRules
from scoring.written.scoring import EngagementRule, Evidence

NAMED = 5
"""People who are named on each side."""
GRADES = tuple(f"{letter}{digit}" for letter in "ABCD" for digit in "1234")
HEIGHT, BAR, STEP = 64.0, 8.0, 22.0


def fit_lines(rules: ScoringRules) -> list[RuleLine]:
    """The rules of who somebody is."""
    return [
        RuleLine(
            key=f"fit-{n}",
            title=each.text or _titled(each.name),
            when=plain(in_words(each.condition, CALLED)),
        )
        for n, each in enumerate(rules.scoring.fit.rules)
    ]


def act_lines(rules: ScoringRules) -> list[RuleLine]:
    """The rules of what somebody does."""
    return [
        RuleLine(key=f"act-{n}", title=each.text or _titled(each.name), when=_act(each))
        for n, each in enumerate(rules.scoring.engagement.rules)
    ]


def evidence_lines(rules: ScoringRules) -> list[str]:
    """What speaks for a stage."""
    names = {stage.slug: stage.name for stage in rules.stages}
    return [
        f"{_act(each)} speaks for {names.get(each.stage, each.stage)}: weight {number(each.weight)}, half of it after {duration(each.half_life)}"
        for each in rules.scoring.evidence
    ]


def gate_lines(rules: ScoringRules) -> list[tuple[str, str]]:
    """Who is never handed over: what it is called, and when it holds."""
    return [
        (each.text or _titled(each.name), plain(in_words(each.condition, CALLED)))
        for each in rules.scoring.gates
    ]


def ahead(found: Foreseen) -> Ahead:
    """What other rules would make of today's people."""
    return Ahead(
        looked=_looked(found),
        up=_crossers(found.up),
        down=_crossers(found.down),
        grades=_bars(found),
        shift=_shift(found),
        width=STEP * len(GRADES),
        height=HEIGHT,
    )


def _act(rule: EngagementRule | Evidence) -> str:
    said = act_in_words(rule.activity).capitalize()
    return f"{said} where {plain(in_words(rule.where, CALLED))}" if rule.where else said


def _titled(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")


def _looked(found: Foreseen) -> str:
    if not found.looked:
        return "Nobody has been scored yet, so there is nobody to try this on. It can be saved all the same."
    if found.everybody:
        return f"Tried on {_people(found.looked)}: all who have a grade."
    return f"Tried on {_people(found.looked)}: those nearest the warm line on both sides, and the newest. Farther away there may be more."


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _crossers(some: Sequence[Crosser]) -> Crossers:
    return Crossers(
        count=len(some),
        some=[
            (
                f"/people/{each.seen.prospect_id}",
                each.seen.person.name or NOBODY,
                _points(each),
            )
            for each in some[:NAMED]
        ],
    )


def _points(each: Crosser) -> str:
    before, after = f"{each.before:.0f}", f"{each.after:.0f}"
    return f"{before} points" if before == after else f"{before} → {after}"


def _bars(found: Foreseen) -> list[GradeBars]:
    before, after = found.grades_before, found.grades_after
    highest = max([*before.values(), *after.values(), 1])

    def bar(count: int) -> tuple[float, float]:
        tall = round(HEIGHT * count / highest, 1)
        return round(HEIGHT - tall, 1), tall

    return [
        GradeBars(
            name=grade,
            x=n * STEP,
            before=bar(before.get(grade, 0)),
            after=bar(after.get(grade, 0)),
            counts=(before.get(grade, 0), after.get(grade, 0)),
        )
        for n, grade in enumerate(GRADES)
    ]


def _shift(found: Foreseen) -> str:
    if not found.moved:
        return "Nobody's grade would change."
    return f"{_people(found.moved)} would have another grade."
