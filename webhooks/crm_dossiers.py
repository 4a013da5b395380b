"""What a CRM is told of people as they stand now: who they are, marketing's claim, the rep's finding, the outcome."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from prospects import consents, groups
from prospects.consents import EVERYTHING
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.rows import ActivityRow, AssessmentRow, ProspectRow
from webhooks import crm_links, crm_recheck
from webhooks.crm_people import KINDS
from webhooks.crm_rows import LinkRow
from webhooks.crms.dialect import Record
from webhooks.destinations import Destination
from webhooks.events import stamp

Ours = dict[str, str | float | bool | None]


def dossiers(
    session: Session, people: Collection[UUID], crm: Destination, now: datetime, *, secret: str
) -> dict[UUID, Record]:
    """All a CRM is told of each of these people; who was forgotten is left out.

    People who were merged are one record, under the id of who stands for them.
    """
    heads = groups.heads(session, people)
    standing = {each: heads.get(ProspectId(each), ProspectId(each)) for each in people}
    rows = _people(session, set(standing.values()))
    members = groups.members(session, list(rows))
    links = _links(session, crm.slug, members)
    crm_links.differ(session, crm.slug, crm_recheck.compared(session, crm.slug, links), now)
    known = _known(links, members)
    addresses = {who: row.email for who, row in rows.items() if row.email}
    refusing = consents.barred(session, addresses, EVERYTHING, secret=secret)
    claims, found = _claims(session, rows.values()), _found(session, members)
    records = {
        who: Record(
            id=str(who),
            known=known.get(who),
            person=_person(row),
            ours=claims[who] | found[who] | {"do_not_contact": who in refusing},
            refuses=who in refusing,
        )
        for who, row in rows.items()
    }
    return {each: records[head] for each, head in standing.items() if head in records}


def _people(session: Session, heads: Collection[ProspectId]) -> dict[ProspectId, ProspectRow]:
    query = select(ProspectRow).where(ProspectRow.id.in_(heads), ProspectRow.erased_at.is_(None))
    return {ProspectId(row.id): row for row in session.execute(query).scalars()}


def _links(session: Session, crm: str, members: Collection[UUID]) -> list[LinkRow]:
    query = select(LinkRow).where(
        LinkRow.crm == crm, LinkRow.prospect_id.in_(members), LinkRow.kind.in_(KINDS)
    )
    return list(session.execute(query).scalars())


def _known(links: Sequence[LinkRow], members: Mapping[UUID, UUID]) -> dict[UUID, tuple[str, str]]:
    """What the CRM calls each of them; a contact rather than a lead."""
    known: dict[UUID, tuple[str, str]] = {}
    for each in sorted(links, key=lambda each: (each.kind, each.external_id)):
        if each.prospect_id is not None:
            known.setdefault(members[each.prospect_id], (each.kind, each.external_id))
    return known


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


def _claims(session: Session, rows: Collection[ProspectRow]) -> dict[UUID, Ours]:
    keys = [(row.id, row.assessment_id) for row in rows if row.assessment_id and row.stage]
    query = select(AssessmentRow).where(
        tuple_(AssessmentRow.prospect_id, AssessmentRow.id).in_(keys)
    )
    met = {row.prospect_id: row for row in session.execute(query).scalars()} if keys else {}
    return {row.id: _claim(row, met.get(row.id)) for row in rows}


def _claim(row: ProspectRow, found: AssessmentRow | None) -> Ours:
    return {
        "stage": row.stage,
        "stage_confidence": found.confidence if found else None,
        "stage_at": stamp(found.at) if found else None,
        "points": round(row.points, 1),
        "grade": row.grade,
    }


def _found(session: Session, members: Mapping[UUID, UUID]) -> dict[UUID, Ours]:
    rows = session.execute(
        select(ActivityRow)
        .where(ActivityRow.prospect_id.in_(members))
        .where(ActivityRow.kind.in_((Kind.VERDICT, Kind.OUTCOME)))
        .order_by(ActivityRow.happened_at, ActivityRow.id)
    ).scalars()
    last = {(members[row.prospect_id], row.kind): row for row in rows}
    return {
        who: _finding(last.get((who, Kind.VERDICT)), last.get((who, Kind.OUTCOME)))
        for who in set(members.values())
    }


def _finding(finding: ActivityRow | None, outcome: ActivityRow | None) -> Ours:
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
