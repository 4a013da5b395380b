"""scoring.yaml and stages.yaml: what is left out is built in, what is wrong is said with its place and mend."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.kinds import Kind
from scoring.assess import assess
from scoring.current import current, ladder
from scoring.rules import built_in, compile_rules, read_scoring, read_stages
from tests.scoring.people import DAY, NOW, WRITTEN, act, form, pricing, somebody, stage_of

FORMS = {"name": "form", "activity": "form", "points": 3}
DEMO = {"stage": "evaluation", "activity": "form", "weight": 1}
CONTRACT = {
    "warm": {"stage": "evaluation", "points": 60, "leave_points": 45},
    "fit": {
        "cap": 50,
        "rules": [
            {
                "name": "senior",
                "if": {"field": "seniority", "op": "in", "value": ["director", "vp", "c_level"]},
                "points": 20,
            }
        ],
    },
    "engagement": {
        "cap": 50,
        "half_life": "14d",
        "rules": [
            {
                "name": "pricing",
                "activity": "page_view",
                "where": {"field": "page", "op": "contains", "value": "/pricing"},
                "points": 12,
                "cap": 24,
            }
        ],
    },
    "evidence": [
        {
            "stage": "evaluation",
            "activity": "form",
            "where": {"field": "form", "op": "eq", "value": "demo"},
            "weight": 3,
            "half_life": "30d",
        }
    ],
    "gates": [
        {
            "name": "competitor",
            "if": {"field": "account.domain", "op": "in", "value": ["rival.example"]},
        }
    ],
    "explore": 0.0,
    "model": "points",
}


def faults(written: dict[str, Any]) -> dict[str, str]:
    """Every mistake found in a scoring.yaml, by its place."""
    with pytest.raises(ValidationError) as caught:
        read_scoring(written, read_stages(None))
    return {".".join(map(str, each["loc"])): each["msg"] for each in caught.value.errors()}


def test_the_example_of_the_contract_is_read() -> None:
    scoring = read_scoring(CONTRACT, read_stages(None))
    assert scoring.warm.leave_points == 45
    assert scoring.engagement.half_life == timedelta(days=14)
    assert scoring.gates[0].name == "competitor"


def test_what_is_left_out_is_built_in() -> None:
    changed = read_scoring({"warm": {"points": 80, "leave_points": 70}}, read_stages(None))
    assert changed.warm.points == 80
    assert changed.engagement == built_in().scoring.engagement
    assert read_scoring({"evidence": []}, read_stages(None)).evidence == ()


def test_built_in_evidence_names_no_stage_that_a_workspace_does_not_have() -> None:
    stages = read_stages(
        {"stages": [{"slug": "awareness", "name": "A"}, {"slug": "yes", "name": "Y"}]}
    )
    scoring = read_scoring(None, stages)
    assert {each.stage for each in scoring.evidence} == {"awareness"}
    assert scoring.warm.stage is None


@pytest.mark.parametrize(
    ("written", "place", "says"),
    [
        ({"warm": {"stage": "evalution"}}, "warm.stage", "did you mean `evaluation`"),
        ({"evidence": [{**DEMO, "stage": "x"}]}, "evidence.0.stage", "no stage `x`"),
        ({"engagement": {"rules": [{**FORMS, "activity": "fom"}]}}, "engagement.rules.0.activity",
         "did you mean `form`"),
        ({"engagement": {"rules": [{**FORMS, "activity": "mail_sent"}]}},
         "engagement.rules.0.activity", "nothing a buyer does"),
        ({"engagement": {"rules": [{**FORMS, "points": -1}]}}, "engagement.rules.0.points", "0"),
        ({"engagement": {"rules": [FORMS, FORMS]}}, "", "two rules of engagement are named `form`"),
        ({"engagement": {"half_life": "0s"}}, "engagement.half_life", "longer than 0s"),
        ({"engagement": {"half_life": "a month"}}, "engagement.half_life", "like 30s"),
        ({"fit": {"rules": [{"name": "a", "points": 1,
                             "if": {"field": "points", "op": "gt", "value": 5}}]}},
         "fit.rules.0.if", "cannot depend on `points`"),
        ({"fit": {"rules": [{"name": "a", "points": 1,
                             "if": {"field": "titel", "op": "eq", "value": 5}}]}},
         "fit.rules.0.if", "did you mean `title`"),
        ({"fit": {"cap": 101}}, "fit.cap", "100"),
        ({"warm": {"points": 20, "leave_points": 30}}, "warm", "must not be above points"),
        ({"explore": 2}, "explore", "1"),
        ({"model": "card-7"}, "model", "points"),
        ({"grades": {"fit": [10, 20, 30]}}, "grades.fit", "falling"),
        ({"verdicts": {"earlier": {"before": -1}}}, "verdicts.earlier.before", "0"),
        ({"wram": {}}, "wram", "not permitted"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_place_and_mend(
    written: dict[str, Any], place: str, says: str
) -> None:
    found = faults(written)
    assert list(found) == [place]
    assert says in found[place]


@pytest.mark.parametrize(
    "stages",
    [
        [],
        [{"slug": "a", "name": "A"}, {"slug": "a", "name": "B"}],
        [{"slug": "Has Blanks", "name": "A"}],
        [{"slug": "a", "name": "A", "content": [{"slug": "c", "title": "C", "url": "javascript:x"}]}],
        [{"slug": "a", "name": "A", "questions": [{"ask": "Is it?"}]}],
    ],
)  # fmt: skip
def test_a_ladder_that_cannot_be_climbed_is_refused(stages: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        read_stages({"stages": stages})


def test_every_built_in_stage_has_needs_and_questions_that_could_prove_it_wrong() -> None:
    for stage in built_in().stages:
        assert stage.needs
        assert all(question.disproves_if for question in stage.questions)
        assert stage.questions


def test_built_in_rules_tell_a_stranger_from_a_buyer() -> None:
    rules = built_in()
    stranger = assess(somebody(act(Kind.PAGE_VIEW, page="/")), rules, NOW)
    reader = assess(somebody(act(Kind.DOWNLOAD), act(Kind.CLICK, DAY)), rules, NOW)
    buyer = assess(somebody(form("demo"), pricing(), title="CTO"), rules, NOW)
    assert (stage_of(stranger), stranger.warm) == (None, False)
    assert (stage_of(reader), reader.warm) == ("consideration", False)
    assert (stage_of(buyer), buyer.warm) == ("evaluation", True)
    assert stage_of(assess(somebody(act(Kind.PURCHASE)), rules, NOW)) == "customer"


def test_rules_can_be_written_out_and_read_again() -> None:
    stages = read_stages(None)
    scoring = read_scoring(WRITTEN, stages)
    again = scoring.model_dump(mode="json", by_alias=True)
    assert read_scoring(again, stages) == scoring
    assert compile_rules(scoring, stages).ladder == built_in().ladder


def test_rules_in_force_follow_the_configuration(session: Session) -> None:
    assert current(session).version == 0
    assert current(session) is current(session)
    configuration.write(
        session, "stages", "stages", {"stages": [{"slug": "one", "name": "One"}]}, NOW, by="t"
    )
    assert [stage.slug for stage in ladder(session)] == ["one"]
    version = configuration.write(
        session, "scoring", "scoring", {"warm": {"stage": "one"}}, NOW, by="t"
    )
    rules = current(session)
    assert rules.scoring.warm.stage == "one"
    assert rules.model == f"points/{version}"
    configuration.write(session, "flow", "other", {}, NOW, by="t")
    assert current(session).version == version
