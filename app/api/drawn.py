"""People and their activities as programs see them, drawn for a whole page of a list at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import whose
from app.api.base import instant, member, reaches_all, text
from app.permissions import Act
from nurture.rows import EnrollmentRow
from prospects import groups, percentages
from prospects.contact import Veil, without_contact
from prospects.rows import ActivityRow, AssessmentRow, ConsentRow, OpportunityRow, ProspectRow
from routing.rows import HandoffRow

Document = dict[str, Any]

OPENLY = frozenset(
    {
        "form", "page", "campaign", "template", "flow", "step", "version", "topic", "product",
        "verdict", "stage_found", "claimed", "result", "reason", "lane", "handoff", "rep",
    }
)  # fmt: skip
"""What of an activity's body may be seen before the lead was accepted: nothing a person is reached by."""


def prospects(session: Session, rows: Sequence[ProspectRow]) -> list[Document]:
    """The documents of these people, in their order."""
    ids = [row.id for row in rows]
    beliefs, hides = _beliefs(session, rows), percentages.hidden(session) is not None
    group = groups.members(session, ids)
    consents = _by_person(session, select(ConsentRow).order_by(ConsentRow.at), ConsentRow, group)
    flows = _by_person(session, select(EnrollmentRow), EnrollmentRow, group)
    handoffs = _by_person(session, select(HandoffRow).order_by(HandoffRow.id), HandoffRow, group)
    reachable = contacts_of(session, ids)
    documents = [
        {
            "id": str(row.id),
            "email": row.email if row.id in reachable else None,
            "phone": row.phone if row.id in reachable else None,
            "name": row.name,
            "title": row.title,
            "company": row.company,
            "account": text(row.account_id),
            "country": row.country,
            "zone": row.zone,
            "language": row.language,
            "tags": sorted(row.tags or ()),
            "lifecycle": row.lifecycle,
            "owner": text(row.owner_id),
            "profiled": row.unprofiled_at is None,
            **_belief(row, beliefs.get(row.id), hides=hides),
            "consents": [consent(each) for each in consents[row.id]],
            "enrollments": [enrollment(each) for each in flows[row.id]],
            "handoff": text(handoffs[row.id][-1].id) if handoffs[row.id] else None,
            "created_at": instant(row.created_at),
        }
        for row in rows
    ]
    return [
        document if row.id in reachable else without_contact(document, row.phone)
        for row, document in zip(rows, documents, strict=True)
    ]


def activities(session: Session, rows: Sequence[ActivityRow]) -> list[Document]:
    """The documents of these activities, in their order."""
    people = {row.prospect_id for row in rows}
    reachable = contacts_of(session, people)
    hidden = whose.veils(session, people, reachable)
    return [
        hidden[row.prospect_id](activity(row, openly=row.prospect_id not in reachable))
        for row in rows
    ]


def veils(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, Veil]:
    """For each of these people what hides how they are reached, where the caller may not know it."""
    people = set(ids)
    return whose.veils(session, people, contacts_of(session, people))


def activity(row: ActivityRow, *, openly: bool = False) -> Document:
    """One activity; `openly` leaves out of the body what the person could be reached by."""
    body = row.body or {}
    return {
        "id": str(row.id),
        "prospect": str(row.prospect_id),
        "kind": row.kind,
        "happened_at": instant(row.happened_at),
        "learned_at": instant(row.learned_at),
        "source": row.source,
        "body": {name: body[name] for name in body if name in OPENLY} if openly else body,
        "suspect_robot": row.suspect_robot,
    }


def assessments(session: Session, rows: Sequence[AssessmentRow]) -> list[Document]:
    """The documents of these beliefs, in their order; of a model whose percentages are hidden without them."""
    hides = {each.model_id for each in percentages.all_hidden(session)}
    return [_assessment(row, hides=row.scored_by in hides) for row in rows]


def one_by_one(
    draw: Callable[[Any], Document],
) -> Callable[[Session, Sequence[Any]], list[Document]]:
    """The documents of rows that need nothing but themselves."""
    return lambda _session, rows: [draw(row) for row in rows]


def consent(row: ConsentRow) -> Document:
    """One statement about one topic."""
    return {
        "topic": row.topic,
        "given": row.given,
        "text": row.text,
        "at": instant(row.at),
        "source": row.source,
    }


def deals(rows: Sequence[OpportunityRow]) -> list[Document]:
    """The documents of these deals, in their order."""
    return [
        {
            "id": str(row.id),
            "account": str(row.account_id),
            "product": row.product,
            "amount": money(row.amount, row.currency),
            "expected_on": row.expected_on.isoformat() if row.expected_on else None,
            "state": row.state,
            "created_at": instant(row.created_at),
            "closed_at": instant(row.closed_at),
        }
        for row in rows
    ]


def money(amount: Decimal | None, currency: str | None) -> Document | None:
    """An amount with its currency: a decimal text, never a float."""
    return None if amount is None else {"amount": f"{amount:.2f}", "currency": currency}


def contacts_of(session: Session, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these people whose address and phone the caller may see: after accepting, not before."""
    somebody, everybody = member(), reaches_all(Act.SEE_CONTACT)
    return whose.reached(session, ids, somebody.id if somebody else None, everybody=everybody)


def _beliefs(session: Session, rows: Sequence[ProspectRow]) -> Mapping[UUID, AssessmentRow]:
    ids = [row.id for row in rows]
    latest = [row.assessment_id for row in rows if row.assessment_id]
    query = select(AssessmentRow).where(
        AssessmentRow.prospect_id.in_(ids), AssessmentRow.id.in_(latest)
    )
    return {row.prospect_id: row for row in session.execute(query).scalars()}


def _by_person(
    session: Session, query: Any, row: type[Any], group: Mapping[UUID, UUID]
) -> Mapping[UUID, list[Any]]:
    """The rows of people by who stands for them."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for each in session.execute(query.where(row.prospect_id.in_(list(group)))).scalars():
        found[group[each.prospect_id]].append(each)
    return found


def _assessment(row: AssessmentRow, *, hides: bool) -> Document:
    return {
        "id": str(row.id),
        "at": instant(row.at),
        "stage": _stage(row),
        **_figures(row, hides=hides),
        "gate": row.gate,
        "reasons": row.reasons or [],
        **_scoring(row),
    }


def _belief(row: ProspectRow, latest: AssessmentRow | None, *, hides: bool) -> Document:
    return {
        "stage": _stage(latest),
        "confirmed_stage": row.confirmed_stage,
        **_figures(row, hides=hides),
        "reasons": (latest.reasons or []) if latest else [],
        **_scoring(latest),
    }


def _figures(row: ProspectRow | AssessmentRow, *, hides: bool) -> Document:
    return {
        "score": None if hides else row.score,
        "grade": row.grade or None,
        "points": round(row.points, 1),
        "fit": round(row.fit, 1),
        "engagement": round(row.engagement, 1),
        "warm": row.warm,
    }


def _scoring(row: AssessmentRow | None) -> Document:
    return {
        "scored_by": row.scored_by if row else None,
        "logit": row.logit if row else None,
        "own_points": row.own_points if row else None,
    }


def _stage(row: AssessmentRow | None) -> Document:
    claimed = row is not None and row.stage is not None
    return {
        "claimed": row.stage if row else None,
        "confidence": row.confidence if row and claimed else None,
        "chances": (row.stage_chances or {}) if row and claimed else {},
        "reasons": (row.stage_reasons or []) if row else [],
        "model": row.model if row else None,
        "at": instant(row.at) if row else None,
        "expires_at": instant(row.expires_at) if row else None,
    }


def enrollment(row: EnrollmentRow) -> Document:
    """One stay of a person in a flow."""
    return {
        "id": str(row.id),
        "flow": row.flow,
        "version": row.version,
        "state": row.state,
        "reason": row.reason,
        "step": row.step,
        "entered_at": instant(row.entered_at),
        "left_at": instant(row.left_at),
    }
