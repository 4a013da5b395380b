"""Reads one handoff with all that stands around it, for the offer, the brief and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.viewer import Viewer
from app.pages.papers import Stages
from app.permissions import Act, may
from prospects import percentages, team
from prospects.hours import Hours
from prospects.hours_written import parse_hours
from prospects.ids import HandoffId, MemberId, ProspectId
from prospects.kinds import BUYERS_OWN
from prospects.rows import ActivityRow, ProspectRow
from prospects.values import HandoffRef
from routing import call_backs, current
from routing.availability import hours_of
from routing.call_back_rows import CallBackRow
from routing.finding_rows import ConfirmationRow, ContactAttemptRow, PromiseRow
from routing.lives import HandoffState
from routing.rows import DecisionRow, HandoffRow, OfferRow
from routing.stages import deciding

MOST_CHANGES = 20

ALWAYS = parse_hours({}, "UTC")
OFFERED = (HandoffState.HELD, HandoffState.OFFERED)


@dataclass(frozen=True, slots=True)
class Gone:
    """An offer this viewer once had and has no more."""

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One handoff and what belongs to it."""

    handoff: HandoffRow
    ref: HandoffRef
    own: bool
    stages: Stages
    deciding: str | None
    why: str | None
    confirmation: ConfirmationRow | None
    attempts: Sequence[ContactAttemptRow]
    promises: Sequence[PromiseRow]
    changes: Sequence[ActivityRow]
    stage_now: str | None
    hours: Hours
    """The working hours of whoever has it."""
    call_back: CallBackRow | None
    hides: bool = False
    """Whether percentages are hidden now, whatever stands on the paper."""

    @property
    def accepted(self) -> bool:
        return self.handoff.accepted_at is not None and self.handoff.state not in OFFERED


def ref_of(prospect_id: UUID, handoff_id: UUID) -> HandoffRef:
    """The key of a handoff from an address."""
    return HandoffRef(ProspectId(prospect_id), HandoffId(handoff_id))


def find(session: Session, ref: HandoffRef, viewer: Viewer, act: Act) -> HandoffRow | None:
    """The handoff if this viewer may do `act` to it; None when it is absent or foreign.

    Of somebody who was forgotten the page still says so; nothing more is written about them.
    """
    row = session.get(HandoffRow, (ref.prospect_id, ref.handoff_id))
    if row is None or not may(viewer.roles, act, own=row.rep_id == viewer.id):
        return None
    person = session.get_one(ProspectRow, ref.prospect_id)
    return None if person.erased_at and act is not Act.SEE_HANDOFF else row


def former(session: Session, ref: HandoffRef, viewer: Viewer) -> Gone | None:
    """What became of an offer that this viewer had earlier."""
    state = session.execute(
        select(OfferRow.state)
        .where(
            OfferRow.prospect_id == ref.prospect_id,
            OfferRow.handoff_id == ref.handoff_id,
            OfferRow.rep_id == viewer.id,
        )
        .order_by(OfferRow.n.desc())
        .limit(1)
    ).scalar_one_or_none()
    return Gone(state) if state else None


def find_or_404(session: Session, ref: HandoffRef, viewer: Viewer, act: Act) -> HandoffRow:
    """The handoff, or the answer that there is nothing here."""
    row = find(session, ref, viewer, act)
    if row is None:
        abort(404)
    return row


def read(session: Session, handoff: HandoffRow, viewer: Viewer) -> Desk:
    """Everything around this handoff."""
    ladder = current.ladder(session)
    rep = team.member(session, MemberId(handoff.rep_id)) if handoff.rep_id else None
    return Desk(
        handoff=handoff,
        ref=ref_of(handoff.prospect_id, handoff.id),
        own=handoff.rep_id == viewer.id,
        stages=[(rung.slug, rung.name) for rung in ladder],
        deciding=deciding([rung.slug for rung in ladder]),
        why=_why(session, handoff),
        confirmation=standing(session, handoff),
        attempts=_attempts(session, handoff),
        promises=_promises(session, handoff),
        changes=_changes(session, handoff),
        stage_now=session.execute(
            select(ProspectRow.stage).where(ProspectRow.id == handoff.prospect_id)
        ).scalar_one_or_none(),
        hours=hours_of(rep, current.current(session).holidays) if rep else ALWAYS,
        call_back=call_backs.standing(session, [handoff]).get(handoff.id),
        hides=percentages.hidden(session) is not None,
    )


def standing(session: Session, handoff: HandoffRow) -> ConfirmationRow | None:
    """The finding that stands for this handoff."""
    return session.execute(
        select(ConfirmationRow).where(
            ConfirmationRow.prospect_id == handoff.prospect_id,
            ConfirmationRow.handoff_id == handoff.id,
            ConfirmationRow.superseded_at.is_(None),
        )
    ).scalar_one_or_none()


def _why(session: Session, handoff: HandoffRow) -> str | None:
    if handoff.decision_id is None:
        return None
    return session.execute(
        select(DecisionRow.why).where(
            DecisionRow.prospect_id == handoff.prospect_id, DecisionRow.id == handoff.decision_id
        )
    ).scalar_one_or_none()


def _attempts(session: Session, handoff: HandoffRow) -> Sequence[ContactAttemptRow]:
    return (
        session.execute(
            select(ContactAttemptRow)
            .where(
                ContactAttemptRow.prospect_id == handoff.prospect_id,
                ContactAttemptRow.handoff_id == handoff.id,
            )
            .order_by(ContactAttemptRow.at.desc())
            .limit(20)
        )
        .scalars()
        .all()
    )


def _promises(session: Session, handoff: HandoffRow) -> Sequence[PromiseRow]:
    return (
        session.execute(
            select(PromiseRow)
            .where(
                PromiseRow.prospect_id == handoff.prospect_id, PromiseRow.handoff_id == handoff.id
            )
            .order_by(PromiseRow.due_at)
            .limit(50)
        )
        .scalars()
        .all()
    )


def _changes(session: Session, handoff: HandoffRow) -> Sequence[ActivityRow]:
    since: datetime | None = handoff.accepted_at
    if since is None:
        return ()
    return (
        session.execute(
            select(ActivityRow)
            .where(
                ActivityRow.prospect_id == handoff.prospect_id,
                ActivityRow.learned_at > since,
                ActivityRow.kind.in_([str(kind) for kind in BUYERS_OWN]),
            )
            .order_by(ActivityRow.happened_at.desc(), ActivityRow.id.desc())
            .limit(MOST_CHANGES)
        )
        .scalars()
        .all()
    )
