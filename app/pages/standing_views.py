"""What the pages of a person's score show: the figure, why, what colleagues added, and whether they may be profiled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.pages.course import Course
from app.pages.views import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One line of why: what it is, and its share with a sign."""

    text: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a colleague added or took away, and where it is ended, for who may."""

    text: str
    share: str
    until: datetime
    end_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A person's score on their page. `score` only where it is calibrated; `own_points` only beside a card.

    `hidden` says since when there is none because findings do not agree with them any more.
    `objected_at` is since when they are not to be profiled: then there is nothing else in it.
    `whole`: with all its figures; a rep reads one sentence.
    """

    score: str | None = None
    likely: str | None = None
    hidden: str | None = None
    own_points: int | None = None
    gate: str | None = None
    because: Sequence[Because] = ()
    added: Sequence[Added] = ()
    override_url: str | None = None
    objected_at: datetime | None = None
    profiling_url: str | None = None
    whole: bool = True
    course: Course | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideForm:
    """The page on which an override is tried and then set; `figures` are there once it was tried."""

    url: str
    back: str
    who: Who
    company: str | None = None
    value: str = ""
    days: str = "30"
    reason: str = ""
    for_company: bool = False
    wrong: str | None = None
    figures: Sequence[Figure] = ()
