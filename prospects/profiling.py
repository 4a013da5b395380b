"""Who objected to being profiled (GDPR 21 and 22, Law 25): a dated statement among those of consent, never a setting.

The statement is about the topic `profiling`; what stands on the person's row follows from it, so that
a look at them needs to read nothing more. What one of people who were merged said holds for all of them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects import groups, outbox, statements
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.topics import Topic

TOPIC = "profiling"


def body(*, given: bool) -> dict[str, Any]:
    """What stands in the history of it; nobody is unsubscribed by an objection."""
    return {"topic": TOPIC, "given": given}


def refresh(session: Session, people: Collection[ProspectId], now: datetime) -> None:
    """Note on the rows of who stands for these people whether they objected; a change asks for a look."""
    heads = groups.heads(session, people)
    for head in sorted({heads.get(each, each) for each in people}):
        whole = groups.whole(session, head)
        said = statements.about(session, {head: whole}, [TOPIC]).get(head, {})
        merged = {head: whole[1:]} if whole[1:] else {}
        joined = statements.joined_at(session, merged).get(head)
        since = None
        if said and statements.refused(said, joined):
            since = max(at for each in said.values() for at, given in each if not given)
        _set(session, head, since, now)


def _set(session: Session, head: ProspectId, since: datetime | None, now: datetime) -> None:
    before = session.execute(
        select(ProspectRow.unprofiled_at).where(ProspectRow.id == head)
    ).scalar_one_or_none()
    if before == since:
        return
    session.execute(update(ProspectRow).where(ProspectRow.id == head).values(unprofiled_at=since))
    outbox.post(session, Topic.REACT, [head], now)
