"""What a colleague may do with a model, and what happens next, in words."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from app.pages.model_views import Deed
from app.times import near_day
from scoring.card.card import Rung
from scoring.learning import taking_over
from scoring.models import State
from scoring.rows import ModelRow
from scoring.written.learning import Learning

CROSSING = "Everybody is looked at again in paced batches; who would cross the warm line because of it waits until a person releases them."


def deeds(row: ModelRow, rules: Learning, now: datetime, zone: tzinfo) -> Sequence[Deed]:
    """What this model's state lets happen, what one is most likely here for first."""
    stages = row.body.get("rung") == Rung.STAGES
    match State(row.state):
        case State.TRAINED:
            until = (now + rules.shadow).astimezone(zone).date()
            return [_trying(row, near_day(until, now.astimezone(zone).date())), _leaving(row)]
        case State.APPROVED:
            early = bool(taking_over.remaining(row, rules, now))
            return [_switching(early=early, stages=stages), _leaving(row)]
        case State.ACTIVE:
            return [_back_to_rules() if stages else _back_to_points()]
        case State.RETIRED:
            return [_going_back(row)]


def _trying(row: ModelRow, until: str) -> Deed:
    kept_back = taking_over.outcome(row) == taking_over.STAY
    return Deed(
        name="approval",
        title="Try it in the shadow",
        button="Approve: try it",
        next=f"Everybody is looked at by it beside what scores now, and nobody sees it, until {until}. Whatever was tried there before is left. If it passed every check it then takes over by itself; else you switch it on here.",
        reason="Its checks kept it back: why try it all the same?" if kept_back else None,
        main=not kept_back,
    )


def _switching(*, early: bool, stages: bool) -> Deed:
    scores = "It scores everybody in place of what scores now, which one act brings back."
    claims = "Your points go on scoring, and buying stages are claimed with what findings taught, which one act takes back."
    return Deed(
        name="activation",
        title="Let it claim stages" if stages else "Let it score",
        button="Activate it",
        next=f"{claims if stages else scores} {CROSSING}",
        reason="Its time in the shadow is not over: why now?" if early else None,
        main=not early,
    )


def _going_back(row: ModelRow) -> Deed:
    return Deed(
        name="activation",
        title="Go back to this one",
        button="Go back to this one",
        next=f"It scores everybody again, at once. {CROSSING}",
        reason=None if row.active_at else "It never scored: why now?",
    )


def _back_to_points() -> Deed:
    return Deed(
        name="retirement",
        title="Leave it, and go back to your points",
        button="Go back to points",
        next=f"Your points score again and no percentage is shown; the model is kept, and one act brings it back. {CROSSING}",
        harsh=True,
    )


def _back_to_rules() -> Deed:
    return Deed(
        name="retirement",
        title="Leave it, and go back to the evidence rules",
        button="Go back to the evidence rules",
        next=f"Buying stages are claimed by the evidence rules alone again; what was learned is kept, and one act brings it back. {CROSSING}",
        harsh=True,
    )


def _leaving(row: ModelRow) -> Deed:
    tried = row.state == State.APPROVED
    return Deed(
        name="retirement",
        title="Leave it",
        button="Leave it",
        next=f"{'It stops being tried. ' if tried else ''}What scores now goes on; the model is kept for the record.",
    )
