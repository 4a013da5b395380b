"""What a merge of two people would do, told before anybody does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.merge import AlreadyOneError, NobodyError, in_order
from nurture import absorb as nurture
from prospects import consents, groups, merges
from prospects.double_rows import DoubleRow
from prospects.doubles import pair_of
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from routing import absorb as routing


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Who would stand for both, and what would follow.

    `takes_over`: names of columns of the kept one's row; `flows`: those that both are in; `mails`: how
    many that are planned would not be sent; `leads`: ids of open leads that would end; `refused`:
    topics about which neither would be mailed.
    """

    kept: ProspectRow
    gone: ProspectRow
    evidence: Sequence[str]
    takes_over: Sequence[str]
    flows: Sequence[str]
    mails: int
    leads: Sequence[str]
    refused: Sequence[str]


def preview(session: Session, one: ProspectId, other: ProspectId, *, secret: str) -> Preview:
    """What making these two one would do; nothing is changed. Raises NobodyError or AlreadyOneError."""
    rows = [
        row
        for who in sorted({groups.head_of(session, one), groups.head_of(session, other)})
        if (row := session.get(ProspectRow, who)) is not None and row.erased_at is None
    ]
    if groups.head_of(session, one) == groups.head_of(session, other):
        raise AlreadyOneError
    if len(rows) < 2:
        raise NobodyError
    kept, gone = in_order(session, rows)
    people = [each for row in (kept, gone) for each in groups.whole(session, ProspectId(row.id))]
    doubled, sends = nurture.to_end(session, people)
    leads = routing.open_leads(session, people)
    noted = session.get(DoubleRow, pair_of(kept.id, gone.id))
    return Preview(
        kept=kept,
        gone=gone,
        evidence=noted.evidence if noted else (),
        takes_over=merges.missing(kept, gone),
        flows=sorted({row.flow for row in doubled}),
        mails=len(sends),
        leads=[str(ref.handoff_id) for who, (ref, _) in leads.items() if who != kept.id],
        refused=consents.refused_topics(session, people, secret=secret),
    )
