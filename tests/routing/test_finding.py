"""What a rep's finding lacks is told beside marketing's claim, with what would do. Pure."""

from datetime import UTC, datetime

import pytest

from prospects.faults import FaultyError, listed
from routing.finding import check
from tests.routing.test_confirm import answer

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
LADDER = ("awareness", "consideration", "evaluation", "decision", "customer")
BEFORE, AFTER = listed(LADDER[:2]), listed(LADDER[3:])


@pytest.mark.parametrize(
    ("verdict", "found", "claimed", "reason", "mend"),
    [
        ("earlier", None, "evaluation", "the stage you found is missing; marketing claimed `evaluation`", f"one of {BEFORE}"),
        ("later", None, "evaluation", "the stage you found is missing; marketing claimed `evaluation`", f"one of {AFTER}"),
        ("earlier", "decision", "evaluation", "this is not earlier than `evaluation`", f"one of {BEFORE}"),
        ("later", "awareness", "evaluation", "this is not later than `evaluation`", f"one of {AFTER}"),
        ("earlier", "awareness", "awareness", "this is not earlier than `awareness`", "choose another verdict"),
        ("confirmed", "decision", "evaluation", "marketing claimed `evaluation`", "leave it out, or say that they are later"),
        ("confirmed", None, None, "marketing made no claim to confirm", f"one of {listed(LADDER)}"),
    ],
)  # fmt: skip
def test_a_stage_that_does_not_fit_the_verdict_is_told_beside_the_claim(
    verdict: str, found: str | None, claimed: str | None, reason: str, mend: str
) -> None:
    finding = answer(verdict, NOW, stage_found=found)
    with pytest.raises(FaultyError) as error:
        check(finding, claimed=claimed, ladder=LADDER, now=NOW)
    (fault,) = error.value.faults
    assert (fault.place, fault.reason, fault.mend) == ("stage_found", reason, mend)
