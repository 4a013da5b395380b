"""What people who are one said about a topic, each in order of time, and whether that is a no."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from prospects.merge_rows import MergeRow
from prospects.rows import ConsentRow

EVERYTHING = "*"
"""The topic that is all mail."""
Statements = dict[ProspectId, list[tuple[datetime, bool]]]


def of(
    session: Session, members: Mapping[ProspectId, Sequence[ProspectId]], topic: str
) -> dict[ProspectId, Statements]:
    """By who stands for them: what each of them said about the topic or all mail, in order of time."""
    return about(session, members, [EVERYTHING, topic])


def about(
    session: Session, members: Mapping[ProspectId, Sequence[ProspectId]], topics: Sequence[str]
) -> dict[ProspectId, Statements]:
    """The same about these topics alone."""
    head = {each: who for who, some in members.items() for each in some}
    rows = session.execute(
        select(ConsentRow.prospect_id, ConsentRow.at, ConsentRow.given)
        .where(ConsentRow.prospect_id.in_(list(head)), ConsentRow.topic.in_(topics))
        .order_by(ConsentRow.at, ConsentRow.given.desc())
    )
    found: dict[ProspectId, Statements] = {}
    for row in rows:
        who = ProspectId(row.prospect_id)
        found.setdefault(head[who], {}).setdefault(who, []).append((row.at, row.given))
    return found


def refused(said: Statements, joined_at: datetime | None) -> bool:
    """Whether the last word of any of them is no, and none has said yes since: since they are known to
    be one, because before that one could not speak for another.
    """
    yes = [at for each in said.values() for at, given in each if given]
    since = [at for at in yes if joined_at is not None and at > joined_at]
    last = (each[-1] for each in said.values())
    return any(not given and not any(later > at for later in since) for at, given in last)


def joined_at(
    session: Session, merged: Mapping[ProspectId, Sequence[ProspectId]]
) -> dict[ProspectId, datetime]:
    """When people were last merged into each of these."""
    if not merged:
        return {}
    rows = session.execute(
        select(MergeRow.kept_id, func.max(MergeRow.at))
        .where(MergeRow.kept_id.in_(list(merged)), MergeRow.undone_at.is_(None))
        .group_by(MergeRow.kept_id)
    )
    return {ProspectId(row[0]): row[1] for row in rows}
