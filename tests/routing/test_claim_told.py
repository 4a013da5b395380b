"""What a brief says beside the claim: what it rests on, and how far the company is."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.pages.company_stage import of_paper
from prospects.account_stage import AccountStage, Saying
from prospects.ids import ActivityId, ProspectId
from prospects.kinds import Kind
from prospects.values import Activity, Reason, StageClaim
from routing.claim_told import account, signal_of
from routing.stages import Rung

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
FORM = Activity(ActivityId(UUID(int=7)), Kind.FORM, NOW, NOW, "site", {})
LADDER = [Rung(slug, slug.title(), (), (), ()) for slug in ("awareness", "evaluation")]


def claim(*reasons: Reason) -> StageClaim:
    return StageClaim(
        stage="evaluation", confidence=0.8, at=NOW, expires_at=None, model="m", reasons=reasons
    )


@pytest.mark.parametrize(
    ("reasons", "signal"),
    [
        ((), None),
        ((Reason("Asked", "evidence.evaluation.12", 3, (FORM.id,)),), "evaluation.form"),
        ((Reason("Asked", "evidence.evaluation.12", 3),), None),
        ((Reason("A", "verdict.later", 3), Reason("B", "stage.did.form", 0.4)), "verdict.later"),
    ],
)
def test_a_signal_has_a_name_that_editing_the_rules_leaves(
    reasons: tuple[Reason, ...], signal: str | None
) -> None:
    assert signal_of(claim(*reasons), [FORM]) == signal


def test_a_brief_says_how_far_the_company_is_without_naming_anybody() -> None:
    says = tuple(
        Saying(
            prospect_id=ProspectId(UUID(int=n)), stage=stage, confidence=0.8, at=NOW,
            expires_at=None, stake=stake, seniority=seniority,
        )
        for n, stage, stake, seniority in (
            (1, "evaluation", "champion", None),
            (2, "awareness", "", "director"),
        )
    )  # fmt: skip
    found = AccountStage(stage="evaluation", confidence=0.72, says=says, conflict=True)

    told = account(found, LADDER)

    shown = of_paper({"account": told}, str(UUID(int=1)))
    assert shown is not None
    assert (shown.stage, shown.sure, shown.conflict) == ("Evaluation", "fairly sure", True)
    assert [(each.name, each.stage) for each in shown.says] == [
        ("this person", "Evaluation"),
        ("a director", "Awareness"),
    ]
    assert of_paper({}, "1") is None
    assert account(None, LADDER) is None
    assert account(AccountStage(stage="x", confidence=1, says=says[:1], conflict=False), []) is None
