"""The pages Scoring and Changed rules as the gallery shows them: full, empty, tried, wrong, long and foreign."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.pages import rules_change_views, scoring_form, scoring_words
from app.pages.mistake import Mistake
from app.pages.rules_change_views import ChangeLine, CrossingLine, RulesChange, RulesChanges
from app.pages.scoring_views import Crossers, ScoringPage
from app.what_if.points import Foreseen
from scoring.changes.rows import State
from scoring.rules import built_in, compile_rules, read_scoring, read_stages
from tests.pages import examples as ex

RULES = built_in()
FORESEEN = Foreseen(
    looked=1000,
    everybody=False,
    moved=57,
    grades_before={"A1": 30, "A2": 41, "B2": 120, "C3": 200, "D4": 609},
    grades_after={"A1": 52, "A2": 44, "B2": 98, "B1": 12, "C3": 185, "D4": 609},
)


def page(**more: Any) -> ScoringPage:
    rules = more.pop("rules", RULES)
    return ScoringPage(
        values=scoring_form.values(rules.scoring),
        fit=scoring_words.fit_lines(rules),
        acts=scoring_words.act_lines(rules),
        evidence=scoring_words.evidence_lines(rules),
        gates=scoring_words.gate_lines(rules),
        stages=[(stage.slug, stage.name) for stage in rules.stages],
        **more,
    )


def written(body: Mapping[str, Any]) -> Any:
    stages = read_stages(None)
    return compile_rules(read_scoring(body, stages), stages)


FULL = page(card="card-0123456789ab", waiting="Waiting for your word", since=3)
AHEAD = replace(
    scoring_words.ahead(FORESEEN),
    up=Crossers(count=1204, some=[("/gallery/person", ex.LONG, "58 → 64"), ("/gallery/person", ex.ARABIC, "57 → 63")]),
    down=Crossers(count=1, some=[("/gallery/person", ex.CHINESE * 6, "61 → 40")]),
)  # fmt: skip
TRIED = page(ahead=AHEAD, seen="x" * 32)
NOBODY = page(ahead=scoring_words.ahead(Foreseen(0, everybody=True)))
FILES = page(in_files=True, ahead=AHEAD, text="warm:\n  points: 50\n  leave_points: 45\n")
WRONG = replace(
    page(),
    values={**page().values, "fit-1": "viel", "act-0-cap": "900", "warm-leave": "70"},
    mistakes={
        "warm-leave": Mistake(reason=scoring_form.LEAVES_ABOVE),
        "fit-1": Mistake(reason="“viel” is no number.", mend="Like 12 or 7.5"),
        "act-0-cap": Mistake(reason="This is too much.", mend="100 at most"),
    },
    refused=[scoring_words._looked(Foreseen(1, everybody=True))],
)
HARD = page(
    rules=written(
        {
            "fit": {"rules": [{"name": "x" * 60, "if": {"field": "title", "op": "contains", "value": ex.ARABIC}, "points": -12.5, "text": ex.LONG[:120]}]},
            "engagement": {"rules": [{"name": "f", "activity": "form", "where": {"field": "form", "op": "contains", "value": ex.CHINESE * 9}, "points": 3, "text": ex.ARABIC}]},
            "gates": [{"name": "rival", "if": {"field": "account.domain", "op": "in", "value": ["r" * 60 + ".example"]}, "text": ex.LONG[:120]}],
        }
    ),
    may_edit=False,
)  # fmt: skip
EMPTY = page(
    rules=written({"fit": {"rules": []}, "engagement": {"rules": []}, "evidence": []}),
)
LINES = [
    CrossingLine(url="/gallery/person", name=name, company=company, before="58", after="64")
    for name, company in ((ex.LONG, "Nordlicht Kühltechnik"), (ex.ARABIC, ""), (ex.CHINESE * 8, ex.LONG))
]  # fmt: skip
CHANGE = RulesChange(
    version=12,
    state=State.WAITING,
    at=ex.ago(hours=2),
    by="mia@acme.example",
    people=5_200,
    looked=5_200,
    up=1_204,
    down=3,
    lines=LINES,
    next_url="/gallery/rules-changes",
)
OTHERS = [
    ChangeLine(
        url="/gallery/rules-changes",
        at=ex.ago(days=n + 1),
        by=by,
        says=rules_change_views.title_of(state),
        tone=rules_change_views.tone_of(state),
    )
    for n, (state, by) in enumerate(
        zip(State, ("mia@acme.example", "", "a" * 60, "", "x", "y"), strict=True)
    )
]


def changes(one: RulesChange | None, **more: Any) -> tuple[str, Mapping[str, Any]]:
    return "marketing/rules_changes.html", {"changes": RulesChanges(shown=one, **more)}


PAGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "scoring": ("marketing/scoring.html", {"scoring": FULL}),
    "scoring-tried": ("marketing/scoring.html", {"scoring": TRIED}),
    "scoring-files": ("marketing/scoring.html", {"scoring": FILES}),
    "scoring-wrong": ("marketing/scoring.html", {"scoring": WRONG}),
    "scoring-hard": ("marketing/scoring.html", {"scoring": HARD}),
    "scoring-empty": ("marketing/scoring.html", {"scoring": replace(EMPTY, ahead=NOBODY.ahead)}),
    "rules-changes": changes(CHANGE, others=OTHERS),
    "rules-changes-looking": changes(replace(CHANGE, state=State.LOOKING, looked=1_900, up=3, lines=LINES[:1], next_url=None)),
    "rules-changes-releasing": changes(replace(CHANGE, state=State.RELEASING, pace=20, released=60, way="down")),
    "rules-changes-failed": changes(replace(CHANGE, failed=3, looked=5_197)),
    "rules-changes-kept": changes(replace(CHANGE, state=State.KEPT, may_decide=False)),
    "rules-changes-done": changes(replace(CHANGE, state=State.RELEASED, up=0, down=0, lines=[], released=1)),
    "rules-changes-overtaken": changes(replace(CHANGE, state=State.OVERTAKEN, up=0, down=0, lines=[], newest_url="/gallery/rules-changes")),
    "rules-changes-coming": changes(None, coming=True),
    "rules-changes-empty": changes(None),
}  # fmt: skip
