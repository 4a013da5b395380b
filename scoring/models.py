"""The life of a model: kept once trained, tried in the shadow, switched on, and left for another; every act on record.

The configuration's `model` says what scores; the row that is `active` follows it, also when a file says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import audit, configuration
from prospects.ids import MemberId
from prospects.store import insert_new, on_sqlite
from scoring.card.card import Card, read, sha256, written
from scoring.features.registry import means_the_same
from scoring.rows import ModelRow
from scoring.written.scoring import POINTS

SCORING = "scoring"
OWNER = "browser"
"""Files that are applied afterwards must not undo it without a word."""

OTHER_FEATURES = "was trained on features that mean something else today"


class State(StrEnum):
    """See `ModelRow`."""

    TRAINED = "trained"
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"


class Origin(StrEnum):
    """What a model was trained on: our own record, or a table somebody brought."""

    RECORD = "record"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class By:
    """Who moves a model on: a name for the audit, and the colleague if it is one."""

    name: str
    member: MemberId | None = None


ITSELF = By("warmline")


class ModelMoveError(Exception):
    """This model cannot be moved there; the sentence says why."""


def keep(
    session: Session,
    card: Card,
    report: Mapping[str, Any],
    now: datetime,
    *,
    origin: Origin,
    by: By,
) -> bool:
    """Keep a card that was trained; False if the very same is kept already. It scores nobody yet."""
    row = {
        "id": card.id,
        "state": State.TRAINED,
        "origin": origin,
        "sha256": sha256(card),
        "parent": card.parent,
        "body": written(card),
        "report": dict(report),
        "trained_at": now,
        "trained_by": by.member,
    }
    is_new = insert_new(session, ModelRow, [row], on=["id"], returning=[ModelRow.__table__.c.id])
    if is_new:
        audit.note(session, "model trained", card.id, now, who=by.name)
    return bool(is_new)


def one(session: Session, model_id: str) -> ModelRow | None:
    """A model by its id."""
    return session.get(ModelRow, model_id, populate_existing=True)


def in_state(session: Session, state: State) -> ModelRow | None:
    """The one model that is active, or approved."""
    query = select(ModelRow).where(ModelRow.state == state)
    return session.execute(query.execution_options(populate_existing=True)).scalars().first()


def card_of(row: ModelRow) -> Card:
    """The card of a model."""
    return read(row.body)


def approve(
    session: Session, model_id: str, now: datetime, *, by: By, reason: str | None = None
) -> None:
    """Have a trained model score in the shadow, in place of what was tried there. Raises ModelMoveError."""
    row = _locked(session, model_id)
    if row.state == State.APPROVED:
        return
    _check_read(row)
    if row.state != State.TRAINED:
        raise ModelMoveError(f"{model_id} is {row.state}; only what was just trained is tried")
    _leave(session, State.APPROVED, now)
    row.state, row.approved_at, row.approved_by = State.APPROVED, now, by.member
    session.flush()
    detail = {"reason": reason} if reason else {}
    audit.note(session, "model approved", model_id, now, who=by.name, **detail)


def activate(
    session: Session,
    model_id: str,
    now: datetime,
    *,
    by: By,
    shadow: timedelta,
    reason: str | None = None,
) -> None:
    """Have a model score everybody: one whose time in the shadow is over, or one that did so before.

    Before that it takes a reason. Raises ModelMoveError.
    """
    configuration.lock(session)
    row = _locked(session, model_id)
    if row.state == State.ACTIVE:
        return
    _check_read(row)
    if row.state == State.TRAINED:
        raise ModelMoveError(f"{model_id} has scored nobody yet: approve it, and see what it does")
    if row.state == State.RETIRED and row.active_at is None and not reason:
        raise ModelMoveError(f"{model_id} never scored; say why it is to do so now")
    if row.state == State.APPROVED and not reason and not _has_been_tried(row, now, shadow):
        raise ModelMoveError(
            f"{model_id} scores in the shadow until its time is over; to have it sooner say why"
        )
    _leave(session, State.ACTIVE, now)
    _set_active(row, now, by)
    session.flush()
    _write(session, model_id, now, by)
    detail = {"reason": reason} if reason else {}
    audit.note(session, "model activated", model_id, now, who=by.name, **detail)


def retire(session: Session, model_id: str, now: datetime, *, by: By) -> None:
    """Leave a model; where it was the active one the marketer's points score again. Raises ModelMoveError."""
    configuration.lock(session)
    row = _locked(session, model_id)
    if row.state == State.RETIRED:
        return
    was_active = row.state == State.ACTIVE
    row.state, row.retired_at = State.RETIRED, now
    session.flush()
    if was_active:
        _write(session, POINTS, now, by)
    audit.note(session, "model retired", model_id, now, who=by.name)


def is_followed(session: Session, card_id: str | None) -> bool:
    """Whether the model that is active is the card that scores by the rules in force; None: the points score."""
    active = in_state(session, State.ACTIVE)
    return (active.id if active else None) == card_id


def follow(session: Session, card_id: str | None, now: datetime) -> None:
    """Files may have said what scores: the states follow. None: the points score."""
    if is_followed(session, card_id):
        return
    _leave(session, State.ACTIVE, now)
    row = one(session, card_id) if card_id else None
    if row is not None:
        _set_active(row, now, ITSELF)
        session.flush()
    audit.note(session, "model followed", card_id or POINTS, now, who=ITSELF.name)


def _locked(session: Session, model_id: str) -> ModelRow:
    query = select(ModelRow).where(ModelRow.id == model_id)
    if not on_sqlite(session):
        query = query.with_for_update()
    row = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise ModelMoveError(f"there is no model {model_id[:40]}")
    return row


def _check_read(row: ModelRow) -> None:
    if not means_the_same(card_of(row).feature_version):
        raise ModelMoveError(f"{row.id} {OTHER_FEATURES}; train anew")


def _has_been_tried(row: ModelRow, now: datetime, shadow: timedelta) -> bool:
    return row.approved_at is not None and row.approved_at + shadow <= now


def _leave(session: Session, state: State, now: datetime) -> None:
    """Whoever is in this state, of which there is one at most, retires."""
    before = in_state(session, state)
    if before is not None:
        before.state, before.retired_at = State.RETIRED, now
        session.flush()


def _set_active(row: ModelRow, now: datetime, by: By) -> None:
    row.state, row.active_at, row.active_by, row.retired_at = State.ACTIVE, now, by.member, None


def _write(session: Session, model: str, now: datetime, by: By) -> None:
    documents = configuration.read(session, SCORING)
    slug, body = next(((slug, each.body) for slug, each in documents.items()), (SCORING, {}))
    changed = {**body, "model": model}
    configuration.write(session, SCORING, slug, changed, now, by=by.name, owner=OWNER)
