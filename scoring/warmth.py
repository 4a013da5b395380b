"""Whether a person is warm, and when time alone will have changed what we believe of them. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from prospects.values import Activity, Snapshot
from scoring.by_card import ByCard, Summed
from scoring.by_rules.acts import Standing, shows_interest
from scoring.by_rules.stage_support import LEAVE
from scoring.by_rules.weighing import Weighed
from scoring.halving import HORIZON, first_change, first_second, share_left
from scoring.rules import ScoringRules

SOONEST = timedelta(minutes=1)


def is_interested(own: Sequence[Activity], finding: Standing | None) -> bool:
    """Whether the buyer did something that shows it.

    After a finding that speaks against it, only what the buyer did since then counts.
    """
    since = finding.cold_since if finding else None
    return any(shows_interest(act) and (since is None or act.happened_at > since) for act in own)


def is_warm(rules: ScoringRules, *, rank: int, points: float, was_warm: bool) -> bool:
    """Far enough on the ladder or with points enough; who was warm stays so until below `leave_points`.

    `rank` is the claimed stage's place on the ladder, -1 for none; `points` are 0–100.
    """
    return _far_enough(rules, rank) or points >= warm_line(rules, was_warm=was_warm)


def warm_line(rules: ScoringRules, *, was_warm: bool) -> float:
    """The points that make warm, or below which somebody is warm no longer."""
    return rules.scoring.warm.leave_points if was_warm else rules.scoring.warm.points


def look_again_at(
    seen: Snapshot,
    weighed: Weighed,
    now: datetime,
    *,
    rules: ScoringRules,
    warm: bool,
    carded: ByCard | None = None,
) -> datetime | None:
    """The earliest instant at which time alone changes stage, warmth or grade; None if it never does.

    At least a minute ahead (less only where a half-life is that short), at most eight weeks: later
    changes are found by looking again then.
    """
    soonest = _soonest(rules)
    if carded is None:
        fades = _fades(weighed, rules, now, warm=warm)
    else:
        fades = _drifts(carded, rules, now, warm=warm)
    moments = [max(now + soonest, at) for at in fades]
    moments += [max(now + timedelta(seconds=1), at) for at in _turns(seen, rules, now)]
    return min(moments, default=None)


def _far_enough(rules: ScoringRules, rank: int) -> bool:
    wanted = rules.rank(rules.scoring.warm.stage)
    return 0 <= wanted <= rank


def _fades(
    weighed: Weighed, rules: ScoringRules, now: datetime, *, warm: bool
) -> Iterator[datetime]:
    """When decay ends the claim, the warmth, the engagement's grade; at most the horizon from now."""
    latest = now + HORIZON
    yield from _expiry(weighed, latest)
    if warm:
        cold = _cold_in(weighed, rules)
        yield latest if cold is None else now + timedelta(seconds=cold)
    did = weighed.engagement_of_cap()
    passed = [cut for cut in rules.scoring.grades.engagement if 0 < cut <= did]
    if passed:
        fallen = _falls_below(weighed, max(passed))
        yield latest if fallen is None else now + timedelta(seconds=fallen)


def _expiry(weighed: Weighed, latest: datetime) -> Iterator[datetime]:
    if weighed.claim:
        yield min(weighed.claim.expires_at or latest, latest)


def _drifts(
    carded: ByCard, rules: ScoringRules, now: datetime, *, warm: bool
) -> Iterator[datetime]:
    """When the claim ends, or the card's grade or the side of the line changes, whichever way.

    A card's figures may rise as well as fall with time, so a few instants are tried, further and
    further apart, and the first stretch that holds a change is halved until it is short. None is tried
    where bounds show that nothing changes.
    """
    latest = now + HORIZON
    yield from _expiry(carded.weighed, latest)
    if not carded.seen.activities:
        return
    line = warm_line(rules, was_warm=warm)

    def side(summed: Summed) -> tuple[str, bool]:
        figures = carded.figures(summed)
        return figures.grade, figures.points >= line

    before = side(carded.sum_in())
    if any(
        side(low) == before == side(high) for low, high in carded.bounds(HORIZON.total_seconds())
    ):
        yield latest
        return
    changed = first_change(lambda passed: side(carded.sum_in(passed)))
    yield latest if changed is None else now + timedelta(seconds=changed)


def _cold_in(weighed: Weighed, rules: ScoringRules) -> int | None:
    wanted = rules.rank(rules.scoring.warm.stage)
    far, line = _far_enough(rules, weighed.rank), warm_line(rules, was_warm=True)

    def cold(passed: float) -> bool:
        left = share_left(passed, weighed.did.half_life)
        still_far = far and weighed.evidence.strength(wanted, passed) >= LEAVE
        return not still_far and weighed.points(left) < line

    return first_second(cold)


def _falls_below(weighed: Weighed, cut: float) -> int | None:
    half_life = weighed.did.half_life
    return first_second(
        lambda passed: weighed.engagement_of_cap(share_left(passed, half_life)) < cut
    )


def _turns(seen: Snapshot, rules: ScoringRules, now: datetime) -> Iterator[datetime]:
    """Instants at which something begins or ceases to count: acts dated ahead, closing windows, overrides."""
    known = (act for act in seen.activities if act.learned_at <= now and not act.suspect_robot)
    for act in known:
        if act.happened_at > now:
            yield act.happened_at
        ends = (act.happened_at + within for kind, within in rules.windows if kind == act.kind)
        yield from (end + timedelta(seconds=1) for end in ends if now <= end <= now + HORIZON)
    for each in seen.overrides:
        yield from (at for at in (each.at, each.until) if now < at)


def _soonest(rules: ScoringRules) -> timedelta:
    shortest = min(
        [rules.scoring.engagement.half_life, rules.scoring.verdicts.hold]
        + [each.half_life for each in rules.scoring.evidence]
    )
    return min(SOONEST, max(timedelta(seconds=1), shortest / 4))
