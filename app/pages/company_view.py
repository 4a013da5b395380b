"""Reads one company for its page: people and their roles, the open lead, dates that ring, one history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages import company_stage, found_out, papers, sentences, turning
from app.pages.company_views import Company, Insider, Ring, gap, named
from app.pages.person_view import days, happening_of
from app.pages.reach import reach_of
from app.pages.urgency import SOON_ANSWER, SOON_PROMISE, tone
from app.pages.views import Day
from app.permissions import Act, may
from app.times import end_of_day
from app.whose import theirs
from prospects import groups, stakes, team
from prospects.bidi import isolated
from prospects.contact import veil_of
from prospects.rows import AccountRow, ActivityRow, OpportunityRow, ProspectRow
from prospects.stakes import StakeRow
from routing import current
from routing.finding_rows import ConfirmationRow, PromiseRow
from routing.lives import HandoffState
from routing.rows import HandoffRow, OpenHandoffRow

MOST_PEOPLE = 100
MOST_FINDINGS = 50
MOST_PROMISES = 50
People = Sequence[ProspectRow]
Names = Mapping[str, str]


def read(
    session: Session, row: AccountRow, viewer: Viewer, now: datetime, *, before: UUID | None
) -> Company:
    """Everything the page shows; a rep sees their own people unless the company is theirs."""
    reps = {str(member.id): member.name for member in team.members(session)}
    stages = {rung.slug: rung.name for rung in current.ladder(session)}
    people = session.execute(_people(row, viewer)).scalars().all()
    insiders = _insiders(session, people, viewer, reps, stages)
    lead = _lead(session, row, viewer)
    told, older = _history(session, people, viewer, reps, stages, before)
    return Company(
        url=f"/companies/{row.id}",
        name=row.name or row.domain or "Name not known",
        domain=row.domain,
        owner=reps.get(str(row.owner_id)),
        insiders=insiders,
        gap=gap({each.stake for each in insiders}),
        lead_url=f"/handoffs/{lead.prospect_id}/{lead.id}" if lead else None,
        lead_line=_lead_line(lead, reps),
        rings=_rings(session, row, people, lead, now),
        days=told,
        found_out=found_out.of_company(session, row, viewer),
        stage=company_stage.read(session, row, people, insiders=insiders, stages=stages),
        older_url=turning.next_url(f"/companies/{row.id}", {}, older) if older else None,
    )


def _people(row: AccountRow, viewer: Viewer) -> Select[Any]:
    query = select(ProspectRow).where(
        ProspectRow.account_id == row.id,
        ProspectRow.absorbed_by.is_(None),
        ProspectRow.erased_at.is_(None),
    )
    if not may(viewer.roles, Act.SEE_PERSON, own=False) and row.owner_id != viewer.id:
        query = query.where(theirs(viewer.id))
    return query.order_by(ProspectRow.id).limit(MOST_PEOPLE)


def _insiders(
    session: Session, people: People, viewer: Viewer, reps: Names, stages: Names
) -> list[Insider]:
    ids = [each.id for each in people]
    said = stakes.of(session, ids)
    heard = dict(named(_findings(session, ids, reps)))
    reach, open_to = reach_of(session, ids, viewer), _open_to(session, ids, viewer)
    known = []
    for person in people:
        veil = veil_of(person.phone, lifted=person.id in reach)
        name = veil(person.name) or papers.NOBODY
        told = heard.pop(name.casefold(), None)
        shown = Insider(
            name=name,
            title=veil(person.title),
            url=f"/people/{person.id}" if person.id in open_to else None,
            ours=True,
            stage=stages.get(person.stage or "", person.stage),
            stake=told.stake if told else "",
            stance=told.stance if told else "",
            source=told.source if told else "",
            editable=person.id in open_to and may(viewer.roles, Act.NOTE, own=True),
        )
        known.append(_corrected(shown, said.get(person.id), reps))
    return [*known, *heard.values()]


def _corrected(shown: Insider, row: StakeRow | None, reps: Names) -> Insider:
    """What somebody wrote on this page goes before what was heard in a talk."""
    if row is None:
        return shown
    by = isolated(reps.get(str(row.member_id), "somebody"))
    return replace(shown, stake=row.stake or "", stance=row.stance or "", source=f"as {by} says")


def _findings(
    session: Session, ids: Sequence[UUID], reps: Names
) -> Iterable[tuple[Sequence[Any], str]]:
    rows = session.execute(
        select(ConfirmationRow.deciders, ConfirmationRow.rep_id)
        .where(ConfirmationRow.prospect_id.in_(list(groups.members(session, ids))))
        .where(ConfirmationRow.superseded_at.is_(None))
        .order_by(ConfirmationRow.at.desc())
        .limit(MOST_FINDINGS)
    )
    return [(row[0], reps.get(str(row[1]), "a rep")) for row in rows]


def _lead(session: Session, row: AccountRow, viewer: Viewer) -> HandoffRow | None:
    """The company's open lead, for who may see it."""
    same = and_(
        HandoffRow.prospect_id == OpenHandoffRow.prospect_id,
        HandoffRow.id == OpenHandoffRow.handoff_id,
    )
    query = select(HandoffRow).join(OpenHandoffRow, same)
    query = query.where(OpenHandoffRow.whose == f"account:{row.id}").limit(1)
    lead = session.execute(query).scalar_one_or_none()
    seen = lead is not None and may(viewer.roles, Act.SEE_HANDOFF, own=lead.rep_id == viewer.id)
    return lead if seen else None


def _lead_line(lead: HandoffRow | None, reps: Names) -> str:
    if lead is None:
        return ""
    rep = isolated(reps.get(str(lead.rep_id), "nobody"))
    said = {
        HandoffState.HELD: f"nobody took it; {rep} answers for it",
        HandoffState.OFFERED: f"offered to {rep}",
        HandoffState.ACCEPTED: f"with {rep}, who talks to them",
        HandoffState.CHECKED: f"with {rep}, checked with the buyer",
    }
    name = isolated(papers.who(lead.prospect_id, lead.brief).name)
    return f"{name}: {said[HandoffState(lead.state)]}."


def _rings(
    session: Session, row: AccountRow, people: People, lead: HandoffRow | None, now: datetime
) -> list[Ring]:
    """What is due when, the earliest first: that is the next step."""
    found = [*_promises(session, people, now), *_deals(session, row, now)]
    if lead is not None:
        url = f"/handoffs/{lead.prospect_id}/{lead.id}"
        if lead.state == HandoffState.OFFERED and lead.expires_at:
            mood = tone(lead.expires_at, now, SOON_ANSWER)
            found.append(Ring(what="Answer the offer", at=lead.expires_at, tone=mood, url=url))
        if lead.state == HandoffState.ACCEPTED and lead.confirm_by:
            mood = tone(lead.confirm_by, now, SOON_ANSWER)
            found.append(Ring(what="Say what was found", at=lead.confirm_by, tone=mood, url=url))
    return sorted(found, key=lambda ring: ring.at)


def _promises(session: Session, people: People, now: datetime) -> list[Ring]:
    rows = session.execute(
        select(PromiseRow)
        .where(PromiseRow.prospect_id.in_(list(groups.members(session, [p.id for p in people]))))
        .where(PromiseRow.kept_at.is_(None))
        .order_by(PromiseRow.due_at)
        .limit(MOST_PROMISES)
    ).scalars()
    return [
        Ring(
            what=f"Promised: {isolated(each.what)}",
            at=each.due_at,
            tone=tone(each.due_at, now, SOON_PROMISE),
            url=f"/handoffs/{each.prospect_id}/{each.handoff_id}",
        )
        for each in rows
    ]


def _deals(session: Session, row: AccountRow, now: datetime) -> list[Ring]:
    rows = session.execute(
        select(OpportunityRow).where(
            OpportunityRow.account_id == row.id,
            OpportunityRow.state == "open",
            OpportunityRow.expected_on.is_not(None),
        )
    ).scalars()
    return [
        Ring(
            what=f"Deal expected: {isolated(each.product or 'no product named')}",
            at=(at := end_of_day(each.expected_on, g.zone)),
            tone=tone(at, now, SOON_PROMISE),
        )
        for each in rows
        if each.expected_on
    ]


def _history(
    session: Session,
    people: People,
    viewer: Viewer,
    reps: Names,
    stages: Names,
    before: UUID | None,
) -> tuple[list[Day], UUID | None]:
    """What happened to any of them, latest first, each with whose it is."""
    ids = [each.id for each in people]
    group = groups.members(session, ids)
    query = select(ActivityRow).where(
        ActivityRow.prospect_id.in_(list(group)), *_below(session, before)
    )
    query = query.order_by(ActivityRow.happened_at.desc(), ActivityRow.id.desc())
    rows = session.execute(query.limit(turning.PAGE + 1)).scalars().all()
    shown, last = turning.one_page(list(rows))
    reach = reach_of(session, ids, viewer)
    veils = {each.id: veil_of(each.phone, lifted=each.id in reach) for each in people}
    whose = {each.id: isolated(veils[each.id](each.name) or papers.NOBODY) for each in people}
    told = []
    for each in shown:
        activity, who = happening_of(each), group[each.prospect_id]
        activity = replace(activity, body=veils[who](activity.body))
        said = sentences.happening(activity, reps=reps, stages=stages, openly=who not in reach)
        told.append(replace(said, sentence=f"{whose[who]}: {said.sentence}"))
    return days(told, g.zone), last.id if last else None


def _below(session: Session, before: UUID | None) -> list[Any]:
    happened = select(ActivityRow.happened_at).where(ActivityRow.id == before)
    last = session.execute(happened).scalar_one_or_none() if before else None
    if not last:
        return []
    same = and_(ActivityRow.happened_at == last, ActivityRow.id < before)
    return [or_(ActivityRow.happened_at < last, same)]


def _open_to(session: Session, ids: Sequence[UUID], viewer: Viewer) -> set[UUID]:
    """Whose own page the viewer may open: at a company of theirs there may be people who are not."""
    if may(viewer.roles, Act.SEE_PERSON, own=False):
        return set(ids)
    query = select(ProspectRow.id).where(ProspectRow.id.in_(ids), theirs(viewer.id))
    return set(session.execute(query).scalars())
