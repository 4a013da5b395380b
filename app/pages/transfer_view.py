"""Reads one customer on their way to the account team, for the page that everybody concerned shares."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.money import money
from app.pages import papers, words
from app.pages.company_views import Insider, named
from app.pages.reach import veils
from app.pages.transfer_views import Customer, Heard, Question
from app.pages.urgency import SOON_ANSWER, SOON_PROMISE, tone
from app.pages.views import Promise, Tone
from app.permissions import Act, may
from prospects import team
from prospects.bidi import isolated
from prospects.contact import Veil, without_contact
from prospects.ids import new_id
from prospects.rows import ProspectRow
from routing import current
from routing.finding_rows import PromiseRow
from routing.transfer_acts import questions
from routing.transfer_life import WAITING, TransferState
from routing.transfer_rows import TransferRow

STATES = {
    TransferState.PROPOSED: ("waits to be taken", Tone.SOON),
    TransferState.ASKED: ("a question is open", Tone.SOON),
    TransferState.ACCEPTED: ("with the account team", Tone.GOOD),
    TransferState.DROPPED: ("forgotten", Tone.PLAIN),
}
Names = Mapping[Any, str]


def read(session: Session, row: TransferRow, viewer: Viewer, now: datetime) -> Customer:
    """Everything the page shows."""
    names: Names = {member.id: member.name for member in team.members(session)}
    state, paper = TransferState(row.state), row.paper
    words_, mood = STATES[state]
    mine, waits = row.member_id == viewer.id, state in WAITING
    own = row.rep_id == viewer.id
    won = paper.get("won") or {}
    veil = veils(session, [row.prospect_id], viewer)[row.prospect_id]
    return Customer(
        url=f"/transfers/{row.prospect_id}/{row.id}",
        who=papers.who(row.prospect_id, paper),
        state=words_,
        tone=mood,
        rep=names.get(row.rep_id, "a rep"),
        manager=names.get(row.member_id) if row.member_id else None,
        why=veil(words.sentence(row.why or "")),
        won_at=papers.instant(won.get("at")),
        reason=won.get("reason"),
        sold=_sold(paper.get("sold")),
        heard=_heard(paper.get("found"), _stages(session)),
        needs=paper.get("needs") or (),
        insiders=_insiders(session, paper, names.get(row.rep_id, "the rep")),
        promises=_promises(session, row, veil, now),
        history=papers.history(paper),
        questions=_questions(session, row, names, veil),
        until=row.due_at,
        until_tone=tone(row.due_at, now, SOON_ANSWER),
        may_take=waits and mine and may(viewer.roles, Act.TAKE_TRANSFER, own=True),
        may_ask=state is TransferState.PROPOSED and mine,
        may_answer=state is TransferState.ASKED and may(viewer.roles, Act.ANSWER_TRANSFER, own=own),
        may_keep=state is TransferState.ACCEPTED and mine,
        give_url=_give_url(row, viewer) if waits else None,
        person_url=_person_url(row, viewer),
        back=("/today", "Today") if own and not mine else ("/transfers", "Customers"),
        once=str(new_id(now)),
    )


def _give_url(row: TransferRow, viewer: Viewer) -> str | None:
    if not may(viewer.roles, Act.REASSIGN, own=False):
        return None
    return f"/transfers/{row.prospect_id}/{row.id}/giving"


def _person_url(row: TransferRow, viewer: Viewer) -> str | None:
    """The person with all their history, for whom they are: the rep, the account manager who took them."""
    mine = row.rep_id == viewer.id or (
        row.member_id == viewer.id and row.state == TransferState.ACCEPTED
    )
    seen = may(viewer.roles, Act.SEE_PERSON, own=mine)
    return f"/people/{row.prospect_id}" if seen else None


def _sold(sold: Mapping[str, Any] | None) -> str:
    if not sold:
        return ""
    amount = money(Decimal(sold["amount"]), sold["currency"]) if sold.get("amount") else ""
    return ", ".join(part for part in (isolated(sold.get("product") or ""), amount) if part)


def _stages(session: Session) -> Names:
    return {rung.slug: rung.name for rung in current.ladder(session)}


def _heard(found: Mapping[str, Any] | None, stages: Names) -> Heard | None:
    if not found:
        return None
    stage, channel = found.get("stage"), str(found.get("channel") or "")
    return Heard(
        verdict=words.verdict(found["verdict"]),
        stage=stages.get(stage, stage),
        fact=found.get("fact") or "",
        spoke_with=found.get("spoke_with") or "",
        channel=dict(words.CHANNELS).get(channel, channel),
        at=papers.instant(found.get("at")),
    )


def _insiders(session: Session, paper: Mapping[str, Any], rep: str) -> list[Insider]:
    """Whom we know there by the names they have now, each with the role they had; then names the rep heard."""
    contacts = paper.get("contacts") or ()
    heard = dict(named([(paper.get("deciders") or (), rep)]))
    people = _people(session, [UUID(each["prospect"]) for each in contacts])
    known = []
    for each in contacts:
        person = people.get(each["prospect"])
        if person is None:
            continue
        name = without_contact(person.name, person.phone) or papers.NOBODY
        told = heard.pop(name.casefold(), None)
        known.append(
            Insider(
                name=name,
                title=without_contact(person.title, person.phone),
                stake=each.get("stake") or (told.stake if told else ""),
                stance=each.get("stance") or (told.stance if told else ""),
                source=told.source if told and not each.get("stake") else "",
            )
        )
    return [*known, *heard.values()]


def _people(session: Session, ids: Sequence[UUID]) -> Mapping[str, Any]:
    """Those of them who are not forgotten, by id."""
    rows = session.execute(
        select(ProspectRow.id, ProspectRow.name, ProspectRow.title, ProspectRow.phone).where(
            ProspectRow.id.in_(ids), ProspectRow.erased_at.is_(None)
        )
    )
    return {str(row.id): row for row in rows}


def _promises(session: Session, row: TransferRow, veil: Veil, now: datetime) -> list[Promise]:
    """What was promised and was open when it was won, as it stands now."""
    frozen = [UUID(each["id"]) for each in row.paper.get("promises") or ()]
    rows = session.execute(
        select(PromiseRow)
        .where(PromiseRow.prospect_id == row.prospect_id, PromiseRow.id.in_(frozen))
        .order_by(PromiseRow.due_at, PromiseRow.id)
    )
    return [
        Promise(
            id=str(each.id),
            what=veil(each.what),
            due_at=each.due_at,
            tone=Tone.GOOD if each.kept_at else tone(each.due_at, now, SOON_PROMISE),
            kept_at=each.kept_at,
        )
        for each in rows.scalars()
    ]


def _questions(session: Session, row: TransferRow, names: Names, veil: Veil) -> list[Question]:
    return [
        Question(
            text=veil(each.question),
            by=names.get(each.asked_by, "somebody"),
            at=each.asked_at,
            answer=veil(each.answer),
            answered_by=names.get(each.answered_by, "somebody"),
            answered_at=each.answered_at,
        )
        for each in questions(session, row)
    ]
