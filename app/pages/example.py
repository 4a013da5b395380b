"""An invented person in an offer that goes nowhere, to see what a rep sees."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.pages.drawing import ladder
from app.pages.views import Claim, Evidence, Offer, Who

STAGE = "evaluation"


def offer(stages: Sequence[tuple[str, str]], made_at: datetime) -> Offer:
    """The test offer, made at that hour, on this workspace's own ladder of stages."""
    names = dict(stages)
    claimed = STAGE if STAGE in names else list(names)[len(names) // 2]
    evidence = (
        Evidence(text="Asked for a demo", at=made_at - timedelta(hours=2)),
        Evidence(text="Looked at the prices, three times", at=made_at - timedelta(days=1)),
    )
    return Offer(
        url="/setup/offer",
        who=Who(
            id="test",
            name="Tess Trial",
            title="Invented for this test",
            company="Nowhere & Daughters",
        ),
        claim=Claim(
            stage=names[claimed],
            sure="fairly sure",
            held="7 of 10 such claims held",
            evidence=evidence,
        ),
        ladder=ladder(stages, claimed=claimed, found=None),
        why_you=("You asked for a test offer.",),
        grade=None,
        summary=evidence,
        expires_at=None,
        reasons=(),
        test=True,
    )
