"""Examples of the pages of a person's score: by a card, by points, objected, and the override that is tried."""

from dataclasses import replace
from datetime import UTC
from typing import Any

from app.pages import hidden_percentage
from app.pages.course import Belief, course
from app.pages.standing_views import Added, Because, Figure, OverrideForm, Standing
from prospects.percentages import Hidden
from prospects.values import Reason
from tests.pages import examples as ex

BECAUSE = [
    Because(text="Looked at /pricing 2 times, last on 2 March 2026", share="+0.8"),
    Because(text=ex.ARABIC, share="+0.4"),
    Because(text="We do not know how many people work at their company", share="−0.3"),
]
ADDED = [
    Added(text="Mia Lindqvist: met at the fair", share="+0.8", until=ex.soon(days=9), end_url="/gallery/person"),
    Added(text=f"Mia Lindqvist: {ex.LONG} (everybody at the company)", share="−1.2", until=ex.soon(days=30)),
]  # fmt: skip


def belief(days: int, points: float, stage: str | None, **more: Any) -> Belief:
    """What was believed so many days ago; `lines` are texts with their shares."""
    lines = {text: Reason(text, text, value) for text, value in more.pop("lines", {}).items()}
    rest = {"score": None, "grade": "C3", "warm": False, "scorer": "points/3", "by_card": False}
    return Belief(at=ex.ago(days=days), points=points, stage=stage, lines=lines, **{**rest, **more})


CARD: dict[str, Any] = {"by_card": True, "scorer": "card-9f86d081884c"}
BELIEFS = [
    belief(60, 4, None, grade="C4", lines={"Opened a mail": 4}),
    belief(33, 22, "awareness", lines={"Opened a mail": 2, ex.ARABIC: 20}),
    belief(20, 31, "consideration", **CARD, score=0.12, grade="B3", lines={"Looked at /pricing": 0.3}),
    belief(6, 64, "evaluation", **CARD, score=0.34, grade="B1", warm=True, lines={"Looked at /pricing": 1.2, ex.HOSTILE: -0.4, ex.LONG: 0.7}),
    belief(1, 58, "evaluation", **CARD, score=0.29, grade="B2", warm=True, lines={"Looked at /pricing": 0.9}),
]  # fmt: skip
COURSE = course(BELIEFS, dict(ex.STAGES), ex.NOW, ex.NOW.tzinfo or UTC)
BY_CARD = Standing(
    score="34 %",
    likely="Of 100 leads like this one, about 34 prove warm.",
    own_points=54,
    because=BECAUSE,
    added=ADDED,
    override_url="/gallery/override",
    profiling_url="/gallery/person",
    course=COURSE,
)
FORM = OverrideForm(
    url="/gallery/override",
    back="/gallery/person",
    who=ex.person(),
    company="Nordlicht Kühltechnik",
)
SCORES: dict[str, tuple[str, dict[str, Any]]] = {
    "person-by-card": ("marketing/person.html", {"person": ex.human(ex.person(), standing=BY_CARD)}),
    "person-hidden-percentage": (
        "marketing/person.html",
        {
            "person": ex.human(
                ex.person(),
                standing=replace(BY_CARD, score=None, likely=None, hidden=hidden_percentage.since(Hidden("card-9f86d081884c", ex.ago(days=4), ()), ex.NOW, UTC)),
            )
        },
    ),
    "person-unprofiled": (
        "marketing/person.html",
        {"person": ex.human(ex.person(), claim=None, standing=Standing(objected_at=ex.ago(days=3), profiling_url="/gallery/person"))},
    ),
    "override": ("marketing/override.html", {"form": FORM}),
    "override-tried": (
        "marketing/override.html",
        {
            "form": OverrideForm(
                url="/gallery/override", back="/gallery/person", who=ex.person(ex.LONG, ex.LONG), company=ex.LONG,
                value="0.8", days="30", reason=ex.LONG, for_company=True,
                figures=[
                    Figure(name="Score", before="21 %", after="37 %"),
                    Figure(name="Points", before="48", after="61"),
                    Figure(name="Warm", before="no", after="yes"),
                ],
            )
        },
    ),
    "override-wrong": (
        "marketing/override.html",
        {"form": OverrideForm(url="/gallery/override", back="/gallery/person", who=ex.person(), value="9", reason=ex.HOSTILE, wrong="Between -4 and 4, and not nothing.")},
    ),
}  # fmt: skip
