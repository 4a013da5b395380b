"""What happens when there is news of a person. This is the product on one screen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain

from sqlalchemy.orm import Session

from nurture.proceed import proceed
from prospects import beliefs, timeline
from prospects.ids import ProspectId
from prospects.values import Snapshot
from routing.consider import consider
from routing.drawing import Lottery
from scoring import current, feature_states
from scoring.assess import assess
from scoring.changes import releases
from scoring.changes.releases import Pair
from scoring.colleagues_seen import with_colleagues
from scoring.learning import shadowing
from scoring.rules import ScoringRules


def react(session: Session, prospect_ids: Sequence[ProspectId], now: datetime) -> list[ProspectId]:
    """Look again at everything we know about these people, and act on it.

    One transaction; accounts are locked first, then people in id order, team pointers last.
    Returns those another worker was busy with, to be looked at again in a moment.
    """
    seen = timeline.lock_and_see(session, prospect_ids, now)
    # Read only now: a look at everybody by newer rules passes by whom we hold, and comes back to them.
    rules = current.current(session)
    assessed = judge(session, seen.snapshots, rules, now)
    people = [person.assessed(assessment) for person, assessment in assessed]
    plans = proceed(session, people, now)
    clocks = consider(session, people, plans, now, lottery=Lottery(rules.explore, rules.scorer))

    decay = {person.prospect_id: assessment.look_again_at for person, assessment in assessed}
    waits = {prospect_id: plan.wake_at for prospect_id, plan in plans.items()}
    timeline.look_again(session, soonest(decay, waits, clocks), now)
    return seen.busy


def believe(
    session: Session, prospect_ids: Sequence[ProspectId], rules: ScoringRules, now: datetime
) -> tuple[list[Pair], list[ProspectId]]:
    """See these people under lock and write down what we believe of them now; and who was busy."""
    seen = timeline.lock_and_see(session, prospect_ids, now)
    return judge(session, seen.snapshots, rules, now), seen.busy


def judge(
    session: Session, seen: Sequence[Snapshot], rules: ScoringRules, now: datetime
) -> list[Pair]:
    """Write down what we believe of these people, who are locked."""
    shadow = current.shadow(session)
    states = feature_states.follow(session, seen, rules, now)
    people = with_colleagues(session, seen, rules, now, shadow=shadow)
    believed = [
        (each, assess(each, rules, now, state=states.get(each.prospect_id))) for each in people
    ]
    assessed = releases.hold_back(session, believed, rules, now)
    beliefs.record(session, assessed, now)
    shadowing.note(session, assessed, shadow, now)
    return assessed


def soonest(*calls: Mapping[ProspectId, datetime | None]) -> dict[ProspectId, datetime]:
    """For each person the earliest time at which anybody wants to look again."""
    wake: dict[ProspectId, datetime] = {}
    for who, at in chain.from_iterable(call.items() for call in calls):
        if at is not None:
            wake[who] = min(at, wake.get(who, at))
    return wake
