"""`flows`: what marketers have set up to be sent, in every version, and how many people are in each."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api import paging
from app.api.base import database, instant, require, resource
from app.api.described import answers, lists
from app.api.problems import AbsentError
from app.api.shapes.common import Listed
from app.api.shapes.office import Flow, FlowWithVersions
from app.door import reading
from app.permissions import Act
from nurture.flows import FLOW
from nurture.rows import EnrollmentRow, FlowVersionRow
from prospects import configuration
from prospects.configuration import Document

blueprint = resource("flows")


@blueprint.get("/flows")
@lists(Listed[Flow])
def listed() -> ResponseReturnValue:
    """Flows by their slug."""
    require(Act.SEE_MAILS)
    asked = paging.asked()
    with reading(database()) as session:
        documents = configuration.read(session, FLOW)
        return paging.by_slug(documents, asked, lambda some: _documents(session, some))


@blueprint.get("/flows/<slug>")
@answers(FlowWithVersions)
def one(slug: str) -> ResponseReturnValue:
    """One flow with every version, the newest first."""
    require(Act.SEE_MAILS)
    with reading(database()) as session:
        document = configuration.read(session, FLOW).get(slug)
        if document is None:
            raise AbsentError
        versions = [
            {
                "version": row.version,
                "published_at": instant(row.published_at),
                "entering_since": instant(row.entering_since),
                "definition": row.definition,
            }
            for row in _versions(session, [slug])
        ]
        return {**_documents(session, [document])[0], "versions": versions}


def _versions(session: Session, slugs: Sequence[str]) -> Sequence[FlowVersionRow]:
    query = select(FlowVersionRow).where(FlowVersionRow.flow.in_(slugs))
    return session.execute(query.order_by(FlowVersionRow.version.desc())).scalars().all()


def _documents(session: Session, documents: Sequence[Document]) -> list[dict[str, Any]]:
    slugs = [each.slug for each in documents]
    latest = {row.flow: row for row in reversed(_versions(session, slugs))}
    people: defaultdict[str, dict[str, int]] = defaultdict(dict)
    counted = (
        select(EnrollmentRow.flow, EnrollmentRow.state, func.count())
        .where(EnrollmentRow.flow.in_(slugs))
        .group_by(EnrollmentRow.flow, EnrollmentRow.state)
    )
    for flow, state, count in session.execute(counted):
        people[flow][state] = count
    return [
        {
            "slug": slug,
            "version": latest[slug].version if slug in latest else None,
            "owner": document.owner,
            "published_at": instant(latest[slug].published_at) if slug in latest else None,
            "people": people[slug],
        }
        for slug, document in zip(slugs, documents, strict=True)
    ]
