"""Writes a person to a CRM as they stand now: who they are, marketing's claim, the rep's finding, the outcome.

Each time all of it is written under one external id, so that neither a call that is made twice nor one
that comes late leaves anything behind but the truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import consents, groups
from prospects.consents import EVERYTHING
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import ActivityRow, AssessmentRow, ProspectRow
from prospects.store import insert_new
from webhooks import crm_links, crm_recheck, tokens
from webhooks.adapter import Reply
from webhooks.crm_people import KINDS
from webhooks.crm_rows import LinkRow
from webhooks.crm_speaking import answer
from webhooks.crms.dialect import Dialect, Record, is_for_later
from webhooks.crms.registry import DIALECTS
from webhooks.destinations import Destination
from webhooks.events import stamp
from webhooks.outbound import Answered, Networks, NoAnswer
from webhooks.waits import wish

MOST_CALLS = 5
FORGOTTEN = "the person was forgotten"


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a CRM is about to be told of one person."""

    crm: Destination = field(repr=False)
    record: Record = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wrote:
    """What came of it: the last answer, what the CRM calls the person, or why it will not have them."""

    result: Answered | NoAnswer
    learned: tuple[str, str] | None = None
    refused: str | None = None


def dossier(
    session: Session, who: ProspectId, crm: Destination, now: datetime, *, secret: str
) -> Dossier | str:
    """All a CRM is told of this person as they are now; a text says why it is told nothing."""
    members = groups.whole(session, who)
    person = session.get(ProspectRow, members[0])
    if person is None or person.erased_at is not None:
        return FORGOTTEN
    links = _links(session, crm.slug, members)
    crm_links.differ(session, crm.slug, crm_recheck.compared(session, crm.slug, links), now)
    refuses = False
    if person.email:
        addresses = {members[0]: person.email}
        refuses = bool(consents.barred(session, addresses, EVERYTHING, secret=secret))
    known = min(((each.kind, each.external_id) for each in links), default=None)
    ours = _claim(session, person) | _found(session, members) | {"do_not_contact": refuses}
    record = Record(
        id=str(person.id), known=known, person=_person(person), ours=ours, refuses=refuses
    )
    return Dossier(crm, record)


def write(told: Dossier, moment: float, *, allow: Networks) -> Wrote:
    """Make the calls that it takes; no transaction is open here."""
    dialect = DIALECTS[told.crm.kind]
    replies: list[Reply] = []
    last: Answered | None = None
    for _ in range(MOST_CALLS):
        wanted = dialect.write(told.record, replies, told.crm)
        if wanted is None:
            break
        came = answer(wanted, told.crm, moment, allow=allow)
        if isinstance(came, tokens.Refused):
            return Wrote(NoAnswer(came.reason, forbidden=came.ours))
        if isinstance(came, NoAnswer):
            return Wrote(came)
        last = came
        replies.append(Reply(came.status, came.body, wish(came.headers)))
    if last is None:
        return Wrote(NoAnswer("there was nothing to write"))
    return _judged(told, dialect, replies, last)


def learn(session: Session, told: Dossier, learned: tuple[str, str], now: datetime) -> None:
    """From now on the CRM's record and this person are one."""
    kind, external_id = learned
    row = {
        "crm": told.crm.slug,
        "kind": kind,
        "external_id": external_id,
        "prospect_id": UUID(told.record.id),
        "told": {},
        "seen_at": now,
    }
    insert_new(session, LinkRow, [row], on=["crm", "kind", "external_id"])


def _judged(told: Dossier, dialect: Dialect, replies: Sequence[Reply], last: Answered) -> Wrote:
    complaint = dialect.complaint(replies[-1])
    # What they answer holds the person; only their complaint is kept.
    bare = Answered(last.status, last.headers, complaint.encode())
    learned = dialect.learned(told.record, replies)
    if learned is not None:
        return Wrote(Answered(last.status, last.headers, b""), learned=learned)
    if is_for_later(replies[-1], complaint) or last.status in (401, 403):
        return Wrote(bare)
    return Wrote(bare, refused=complaint or f"status {last.status}")


def _links(session: Session, crm: str, members: Sequence[ProspectId]) -> list[LinkRow]:
    query = select(LinkRow).where(
        LinkRow.crm == crm, LinkRow.prospect_id.in_(members), LinkRow.kind.in_(KINDS)
    )
    return list(session.execute(query).scalars())


def _person(row: ProspectRow) -> dict[str, str]:
    first, _, last = (row.name or "").strip().rpartition(" ")
    said = {
        "email": row.email,
        "first_name": first,
        "last_name": last,
        "title": row.title,
        "phone": row.phone,
        "company": row.company,
        "country": row.country,
    }
    return {name: value for name, value in said.items() if value}


def _claim(session: Session, row: ProspectRow) -> dict[str, str | float | bool | None]:
    found = session.get(AssessmentRow, (row.id, row.assessment_id)) if row.assessment_id else None
    return {
        "stage": row.stage,
        "stage_confidence": found.confidence if found and row.stage else None,
        "stage_at": stamp(found.at) if found and row.stage else None,
        "points": round(row.points, 1),
        "grade": row.grade,
    }


def _found(session: Session, members: Sequence[ProspectId]) -> dict[str, str | float | bool | None]:
    rows = session.execute(
        select(ActivityRow)
        .where(ActivityRow.prospect_id.in_(members))
        .where(ActivityRow.kind.in_((Kind.VERDICT, Kind.OUTCOME)))
        .order_by(ActivityRow.happened_at, ActivityRow.id)
    ).scalars()
    last = {row.kind: row for row in rows}
    finding, outcome = last.get(Kind.VERDICT), last.get(Kind.OUTCOME)
    found, ended = finding.body if finding else {}, outcome.body if outcome else {}
    return {
        "finding": found.get("verdict"),
        "finding_stage": found.get("stage_found"),
        "finding_at": stamp(finding.happened_at) if finding else None,
        "outcome": ended.get("result"),
        "outcome_amount": ended.get("amount"),
        "outcome_currency": ended.get("currency"),
        "outcome_at": stamp(outcome.happened_at) if outcome else None,
    }
