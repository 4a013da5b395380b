"""Why a step that was noted is not told after all, by what is known when its turn comes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from prospects.kinds import Verdict
from webhooks.conversion_rows import ConversionRow, ConversionState
from webhooks.destinations import Destination, Milestone
from webhooks.platforms.conversion import Platform
from webhooks.signs import Signs

FOUND = frozenset(each for each in Milestone if each.value in set(Verdict))
"""The steps that are what a rep found."""
CORRECTED = "the rep corrected it before it was told"
DOUBLED = "it is told of somebody they are one with"


def why_not(
    row: ConversionRow, theirs: Signs, destination: Destination, platform: Platform, now: datetime
) -> str | None:
    """Why this must not be told, or cannot be."""
    if theirs.erased:
        return "the person was forgotten"
    if not theirs.agrees(destination.consent or ""):
        return f"there is no consent to {destination.consent}"
    if row.milestone not in destination.wants:
        return "it is no longer asked for"
    if row.milestone in FOUND and not _stands(row, theirs):
        return CORRECTED
    if now - row.at > platform.oldest:
        return f"it is older than {platform.oldest.days} days"
    return platform.unknown(theirs.known)


def _stands(row: ConversionRow, theirs: Signs) -> bool:
    """Whether this is what the rep found last in the handoff that the step's key names."""
    handoff = row.key.partition(":")[2]
    return theirs.found.get(handoff, row.milestone) == row.milestone


def doubled_among(
    session: Session, rows: Collection[ConversionRow], met: Mapping[ProspectId, Signs]
) -> set[UUID]:
    """Steps of these that were noted of two before they were known to be one; the first is told."""
    among = {who for each in met.values() if len(each.people) > 1 for who in each.people}
    warm = [row for row in rows if row.milestone == Milestone.WARM and row.prospect_id in among]
    if not warm:
        return set()
    noted = session.execute(
        select(ConversionRow.prospect_id, ConversionRow.id)
        .where(ConversionRow.prospect_id.in_(among))
        .where(ConversionRow.destination == warm[0].destination)
        .where(ConversionRow.key == warm[0].key)
        .where(ConversionRow.state.not_in([ConversionState.WITHHELD, ConversionState.REFUSED]))
    ).all()
    return {
        row.id
        for row in warm
        if any(
            which < row.id and who in met[ProspectId(row.prospect_id)].people
            for who, which in noted
        )
    }
