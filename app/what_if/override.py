"""What an override would change of one person, said before it is set."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from prospects import percentages
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots
from prospects.values import Assessment, Override
from scoring import current
from scoring.assess import assess
from scoring.colleagues_seen import with_colleagues

A_WHILE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Foretold:
    """What is believed of somebody now, and what would be with the override."""

    before: Assessment
    after: Assessment


def foretell(session: Session, row: ProspectRow, value: float, now: datetime) -> Foretold:
    """The two assessments; nothing is changed."""
    rules = current.current(session)
    found = snapshots(session, [row], now)
    (seen,) = with_colleagues(session, found, rules, now)
    more = Override(id="", value=value, reason="", by="", at=now, until=now + A_WHILE)
    then = replace(seen, overrides=(*seen.overrides, more))
    before, after = assess(seen, rules, now), assess(then, rules, now)
    if percentages.hidden(session) is not None:
        before, after = replace(before, score=None), replace(after, score=None)
    return Foretold(before, after)
