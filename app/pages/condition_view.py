"""What a condition that is put together looks like on a page, and what it may speak of in this workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pages import words
from app.pages.condition_form import AT_FIRST, MOST_LINES, Typed, Understood
from app.pages.condition_line import Known, Line
from app.pages.condition_words import COMPARISONS, Groups, subjects
from app.pages.flow_views import LineMistake
from app.pages.mistake import Mistake
from prospects import segments, team
from prospects.conditions.compare import fold
from prospects.rows import ProspectRow
from prospects.segments import Tally
from prospects.texts import storable
from routing.current import ladder

LOOKED_AT = 100
"""The newest people, whose forms say which fields there are."""
MOST_FIELDS = 40
LONGEST_FIELD = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderLine:
    """One line of the form, with what is wrong in it: the part and the mistake."""

    number: int
    line: Line
    part: str = ""
    mistake: Mistake | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """The form: lines, how they go together, and the text; `mistakes` are the text's."""

    lines: Sequence[BuilderLine] = ()
    match: str = "all"
    text: str = ""
    mistakes: Sequence[LineMistake] = ()
    subjects: Groups = ()
    comparisons: Groups = COMPARISONS
    wrong: bool = False
    used: bool = False


def builder(typed: Typed, known: Known, understood: Understood | None = None) -> Builder:
    """The form as it was typed, with an empty line more as long as there may be one."""
    found = understood or Understood()
    many = min(max(AT_FIRST, len(typed.lines) + 1), MOST_LINES)
    lines = [*typed.lines, *[Line()] * many][:many]
    return Builder(
        lines=[
            BuilderLine(number=n + 1, line=line, part=part, mistake=mistake)
            for n, line in enumerate(lines)
            for part, mistake in [found.slips.get(n, ("", None))]
        ],
        match=typed.match,
        text=typed.text,
        mistakes=found.mistakes,
        subjects=subjects(known.custom, [line.field for line in lines]),
        wrong=found.wrong,
        used=typed.any,
    )


def known(session: Session) -> Known:
    """What conditions may speak of here: stages and colleagues by their names, and what forms asked."""
    stages = {fold(rung.name): rung.slug for rung in ladder(session)}
    people = {fold(each.email): str(each.id) for each in team.members(session)}
    places = {fold(name): str(place) for place, name in words.LIFECYCLES.items()}
    verdicts = {fold(name): str(verdict) for verdict, name in words.VERDICTS.items()}
    return Known(
        vocabulary=segments.vocabulary(session),
        names={
            "stage": stages,
            "confirmed_stage": stages,
            "owner": people,
            "account.owner": people,
            "lifecycle": places,
            "verdict": verdicts,
        },
        custom=_custom(session),
    )


def _custom(session: Session) -> list[str]:
    newest = select(ProspectRow.fields).order_by(ProspectRow.id.desc()).limit(LOOKED_AT)
    names = {name for fields in session.execute(newest).scalars() for name in fields or {}}
    usual = sorted(name for name in names if storable(name) and 0 < len(name) <= LONGEST_FIELD)
    return [f"fields.{name}" for name in usual[:MOST_FIELDS] if not name.isspace()]


def tally_in_words(tally: Tally) -> str:
    """`37 people`, or how many at least, where not everybody was looked at."""
    count = f"{tally.count:,} {'person' if tally.count == 1 else 'people'}"
    if tally.among is None:
        return count
    return f"At least {count}, among the newest {tally.among:,} looked through"
