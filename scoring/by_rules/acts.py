"""Which acts of a buyer count at an instant, and what a rep's finding makes of the older ones. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from prospects.kinds import BUYERS_OWN, OF_INTEREST, Kind, Verdict
from prospects.mail_names import UNPROVED
from prospects.values import Activity, Finding, Snapshot
from scoring.rules import ScoringRules
from scoring.written.scoring import Effect, Verdicts

NO_EFFECT = Effect()


@dataclass(frozen=True, slots=True)
class Standing:
    """A rep's finding as it stands now. `rank` is the found stage's place on the ladder, -1 if none.

    `held` says that the found stage is still to be believed without new evidence. `cold_since` is set where the finding says that the person is not as warm as we thought: from then on
    only what they do afterwards makes them warm again.
    """

    finding: Finding
    effect: Effect
    rank: int
    learned_at: datetime
    held: bool
    cold_since: datetime | None


def known(activities: Sequence[Activity], now: datetime) -> list[Activity]:
    """What had happened and was known at `now`, without suspected robots and forgeries, in order of time."""
    found = [
        one
        for one in activities
        if one.happened_at <= now and one.learned_at <= now and not one.suspect_robot
    ]
    # The same sum whatever the order they came in: floats do not add up alike in every order.
    found.sort(key=lambda one: (one.happened_at, one.id))
    if not any(map(_is_doubtful, found)):
        return found
    believed_until = max((one.happened_at for one in found if _vouches(one)), default=None)
    return [
        one
        for one in found
        if not _is_doubtful(one)
        or (believed_until is not None and one.happened_at <= believed_until)
    ]


def _is_doubtful(act: Activity) -> bool:
    """Whether it is an answer by mail that anybody may have written in this person's name."""
    return act.kind is Kind.REPLY and bool(act.body.get(UNPROVED))


def _vouches(act: Activity) -> bool:
    """Whether it says that who wrote before was the person: their answer to a mail of ours, or a rep's talk."""
    if act.kind is Kind.VERDICT:
        return act.body.get("verdict") in _FINDS_A_STAGE
    return act.kind is Kind.REPLY and not act.body.get(UNPROVED)


def buyers_own(activities: Sequence[Activity]) -> list[Activity]:
    """Only what the buyer did (invariant 14)."""
    return [one for one in activities if one.kind in BUYERS_OWN]


def shows_interest(act: Activity) -> bool:
    """Whether this act alone can speak for a warm person; mail programs open mails by themselves."""
    return act.kind in OF_INTEREST


def standing(seen: Snapshot, rules: ScoringRules, now: datetime) -> Standing | None:
    """The finding that stands at `now`, if any."""
    finding = seen.finding
    if finding is None:
        return None
    learned_at = _learned_at(seen, finding)
    if max(finding.at, learned_at) > now:
        return None
    rank = rules.rank(finding.stage) if finding.verdict in _FINDS_A_STAGE else -1
    effect = effect_of(finding.verdict, rules.scoring.verdicts)
    warm_from = rules.rank(rules.scoring.warm.stage)
    denies = finding.verdict in _DENIES or (
        finding.verdict is Verdict.EARLIER and not 0 <= warm_from <= rank
    )
    return Standing(
        finding,
        effect,
        rank,
        learned_at=learned_at,
        held=now < finding.at + rules.scoring.verdicts.hold,
        cold_since=finding.at if denies else None,
    )


def effect_of(verdict: Verdict, verdicts: Verdicts) -> Effect:
    """What this workspace lets a verdict do to the score."""
    match verdict:
        case Verdict.CONFIRMED:
            return verdicts.confirmed
        case Verdict.LATER:
            return verdicts.later
        case Verdict.EARLIER:
            return verdicts.earlier
        case Verdict.WRONG_PERSON:
            return verdicts.wrong_person
        case Verdict.NOT_A_BUYER:
            return verdicts.not_a_buyer
        case Verdict.NOT_REACHED:
            return NO_EFFECT
        case _:
            assert_never(verdict)


def _learned_at(seen: Snapshot, finding: Finding) -> datetime:
    # A rep writes down in the evening what was said at noon.
    said = (one.learned_at for one in reversed(seen.activities) if one.id == finding.activity)
    return next(said, finding.at)


_FINDS_A_STAGE = frozenset({Verdict.CONFIRMED, Verdict.EARLIER, Verdict.LATER})
_DENIES = frozenset({Verdict.WRONG_PERSON, Verdict.NOT_A_BUYER})
