"""Reads write-ups for the desk's queue, for the manager who looks at what is stuck, and for briefs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages import papers, whereabouts
from app.pages.transfer_views import Untaken
from app.pages.urgency import SOON_ANSWER, tone
from app.pages.views import Tile, Tone, Who
from app.pages.write_up_views import DeskNote, DeskPart, Fact, Queue
from prospects import team
from prospects.bidi import isolated
from prospects.contact import without_contact
from prospects.rows import ProspectRow
from prospects.values import HandoffRef
from routing.rows import HandoffRow
from routing.write_up_life import WAITING, WriteUpState
from routing.write_up_rows import WriteUpRow
from routing.write_ups import of_lead

MOST = 50
"""Of those that wait, and of those that are done; as they are written, the next come up."""
LATELY = timedelta(days=14)
STATES = {
    WriteUpState.ASKED: ("nobody has taken it yet", Tone.SOON),
    WriteUpState.TAKEN: ("being written", Tone.SOON),
    WriteUpState.WRITTEN: ("written", Tone.GOOD),
    WriteUpState.GIVEN_BACK: ("given back", Tone.BAD),
    WriteUpState.DROPPED: ("no longer wanted", Tone.PLAIN),
}
Names = Mapping[Any, str]


def queue(session: Session, viewer: Viewer, now: datetime) -> Queue:
    """What waits for the desk, the earliest due first, and what it did in the last two weeks."""
    names = whereabouts.called(session)
    waiting = _with_person().where(WriteUpRow.state.in_(WAITING))
    rows = session.execute(waiting.order_by(WriteUpRow.due_at, WriteUpRow.id).limit(MOST)).all()
    settled = (WriteUpState.WRITTEN, WriteUpState.GIVEN_BACK)
    done = _with_person().where(WriteUpRow.state.in_(settled), WriteUpRow.settled_at > now - LATELY)
    latest = session.execute(done.order_by(WriteUpRow.settled_at.desc()).limit(MOST)).all()
    drawn = [(row, _tile(row, person, names, now)) for row, person in rows]
    taken = [pair for pair in drawn if pair[0].state == WriteUpState.TAKEN]
    return Queue(
        mine=[tile for row, tile in taken if row.member_id == viewer.id],
        to_take=[tile for row, tile in drawn if row.state == WriteUpState.ASKED],
        elsewhere=[tile for row, tile in taken if row.member_id != viewer.id],
        done=[_tile(row, person, names, now) for row, person in latest],
        full=len(rows) == MOST,
        done_full=len(latest) == MOST,
    )


def late(session: Session, names: Names, now: datetime, most: int) -> list[Untaken]:
    """Write-ups whose clock has run, or whose writer has left, for the manager's page."""
    gone = [member.id for member in team.members(session) if not member.active]
    query = _with_person().where(
        WriteUpRow.state.in_(WAITING),
        or_(
            WriteUpRow.due_at <= now,
            and_(WriteUpRow.state == WriteUpState.TAKEN, WriteUpRow.member_id.in_(gone)),
        ),
    )
    rows = session.execute(query.order_by(WriteUpRow.due_at, WriteUpRow.id).limit(most)).all()
    return [
        Untaken(
            url=f"/desk/{row.prospect_id}/{row.id}",
            who=who(person),
            cause=_cause(row, names),
            until=row.due_at,
        )
        for row, person in rows
    ]


def of_brief(session: Session, handoff: HandoffRow, ref: HandoffRef, *, once: str) -> DeskPart:
    """What stands beside a brief: everything the desk was asked for this lead, and what is not known."""
    names = whereabouts.called(session)
    return DeskPart(
        notes=[note(row, names) for row in of_lead(session, ref)],
        unknown=unknown(handoff.brief, handoff.buyer),
        once=once,
    )


def note(row: WriteUpRow, names: Names) -> DeskNote:
    """One write-up with what became of it."""
    state = WriteUpState(row.state)
    said, mood = STATES[state]
    return DeskNote(
        what=row.what,
        state=said,
        tone=mood,
        by=names.get(row.member_id, ""),
        at=row.settled_at or row.taken_at or row.asked_at,
        text=row.text or "",
        facts=[_fact(each) for each in row.facts or ()],
        reason=row.reason,
    )


def unknown(brief: Mapping[str, Any], buyer: Mapping[str, Any]) -> list[str]:
    """What a brief does not know, in words."""
    person, company = brief.get("who") or {}, brief.get("company") or {}
    known = {
        "their phone": buyer.get("phone"),
        "their title": person.get("title"),
        "their company": company.get("name") or company.get("domain"),
        "how large the company is": company.get("employees"),
        "who else is there": brief.get("colleagues"),
    }
    return [words for words, value in known.items() if not value]


def who(person: ProspectRow) -> Who:
    """The person in one line, with nothing they are reached by."""
    return Who(
        id=str(person.id),
        name=without_contact(person.name, person.phone) or papers.NOBODY,
        title=without_contact(person.title, person.phone),
        company=person.company,
        country=person.country,
    )


def _with_person() -> Select[WriteUpRow, ProspectRow]:
    return select(WriteUpRow, ProspectRow).join(
        ProspectRow, ProspectRow.id == WriteUpRow.prospect_id
    )


def _tile(row: WriteUpRow, person: ProspectRow, names: Names, now: datetime) -> Tile:
    state = WriteUpState(row.state)
    waits = state in WAITING
    writer = names.get(row.member_id, "")
    said = {
        WriteUpState.ASKED: "Take it",
        WriteUpState.TAKEN: f"{writer} writes it",
        WriteUpState.WRITTEN: f"{writer} wrote it",
        WriteUpState.GIVEN_BACK: f"{writer} gave it back",
        WriteUpState.DROPPED: "No longer wanted",
    }
    return Tile(
        url=f"/desk/{row.prospect_id}/{row.id}",
        who=who(person),
        line=row.what,
        next=said[state],
        until=row.due_at if waits else None,
        tone=tone(row.due_at if waits else None, now, SOON_ANSWER),
    )


def _cause(row: WriteUpRow, names: Names) -> str:
    if row.state == WriteUpState.ASKED:
        return f"Nobody of the desk has taken it yet: {isolated(row.what)}"
    writer = names.get(row.member_id, "Somebody")
    return f"{writer} took it and has not written it: {isolated(row.what)}"


def _fact(each: Mapping[str, Any]) -> Fact:
    source = str(each.get("source") or "")
    linked = urlsplit(source).scheme in ("http", "https") if _parses(source) else False
    return Fact(
        what=str(each.get("what") or ""),
        source=source,
        url=source if linked else None,
        on=date.fromisoformat(each["on"]) if each.get("on") else None,
    )


def _parses(address: str) -> bool:
    try:
        urlsplit(address)
    except ValueError:
        return False
    return True


def stands(rows: Sequence[WriteUpRow]) -> Mapping[Any, WriteUpRow]:
    """The latest write-up of each promise."""
    return {row.promise_id: row for row in sorted(rows, key=lambda row: row.id)}
