"""Takes a whole import back: what it brought goes, then who came only by it; others are as they were."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.importing import kept, pieces
from app.importing.changes import NAMES
from app.importing.rows import BatchRow, ChangeRow, Holds, ImportRow, State
from prospects import audit, consents, erasure, first_touch_anew, outbox, words
from prospects.ids import DeliveryId
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ConsentRow, IdentityRow, ProspectRow
from prospects.store import on_sqlite
from prospects.topics import Topic
from webhooks import forget, keys
from webhooks.decide import CAME_BEFORE
from webhooks.rows import CaptureKeyRow, CaptureRow, CaptureState, DeliveryRow

PEOPLE = 500
"""People who are looked at together."""
UNDONE = "the import was undone"
OF_FLOWS = (Kind.ENTERED_FLOW, Kind.LEFT_FLOW, Kind.SET, Kind.MAIL_SENT)
"""What flows did of their own accord; nobody is known by that."""
T = TypeVar("T")
_NOTHING = object()


TAKEN_BACK = frozenset({State.RUNNING, State.DONE, State.FAILED})
"""What can be taken back. A list of refusals cannot: a no is not ours to take back."""


def begin(session: Session, import_id: UUID | None, now: datetime, *, by: str) -> ImportRow | None:
    """Have it taken back from now on; once is enough. None if there is nothing that could be."""
    row = session.get(ImportRow, import_id or UUID(int=0), with_for_update=not on_sqlite(session))
    if row is None or row.holds == Holds.REFUSALS:
        return None
    if row.state in TAKEN_BACK:
        row.state = State.UNDOING
        audit.note(session, "import undone", row.id, now, who=by)
        kept.go_on(session, row, now)
    return row if row.state in (State.UNDOING, State.UNDONE) else None


def step(session: Session, row: ImportRow, now: datetime, *, secret: str) -> bool:
    """Take the next batch back, or look at the next people it had changed; whether there is more to do."""
    batch = session.execute(
        select(BatchRow)
        .where(BatchRow.import_id == row.id, BatchRow.delivery_id.is_not(None))
        .order_by(BatchRow.n)
        .limit(1)
    ).scalar_one_or_none()
    if batch is not None and batch.delivery_id is not None:
        _take_back(session, DeliveryId(batch.delivery_id))
        batch.delivery_id, batch.refused = None, []
        return True
    changed = select(ChangeRow).where(ChangeRow.import_id == row.id)
    people = session.execute(changed.order_by(ChangeRow.prospect_id).limit(PEOPLE)).scalars().all()
    if people:
        _put_back(session, people, now, secret)
        return True
    row.state, row.ended_at = State.UNDONE, now
    pieces.discard(session, row.id)
    return False


def _take_back(session: Session, delivery_id: DeliveryId) -> None:
    """The acts and consents of a delivery go, and its keys, so that a corrected file can come in."""
    captures = session.execute(
        select(CaptureRow.id, CaptureRow.prospect_id, CaptureKeyRow.digest)
        .join(CaptureKeyRow, CaptureKeyRow.capture_id == CaptureRow.id)
        .where(CaptureRow.delivery_id == delivery_id)
    ).all()
    twice = _came_again(session, delivery_id, {each.prospect_id for each in captures})
    captures = [each for each in captures if each.prospect_id not in twice]
    acts = [(each.prospect_id, each.digest) for each in captures if each.prospect_id]
    for some in _in_parts(acts):
        _delete(session, ActivityRow, tuple_(ActivityRow.prospect_id, ActivityRow.key).in_(some))
        # A refusal stays whoever told it: only agreeing is taken back.
        theirs = ConsentRow.prospect_id.in_({who for who, _ in some}) & ConsentRow.given
        said = or_(*(ConsentRow.key.startswith(f"{key}/") for _, key in some))
        _delete(session, ConsentRow, theirs & said)
    keys.release(session, [each.id for each in captures])
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.delivery_id == delivery_id)
        .where(CaptureRow.id.in_([each.id for each in captures]))
        .values(state=CaptureState.WITHDRAWN, reason=UNDONE, ref=None, key=None)
        .execution_options(synchronize_session=False)
    )
    forget.empty(session, [delivery_id])
    # Without its key the same rows are a delivery of their own when they come again.
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery_id)
        .values(key=None)
        .execution_options(synchronize_session=False)
    )


def _came_again(session: Session, delivery_id: DeliveryId, people: Collection[UUID]) -> set[UUID]:
    """Who came by another file as well: what both said stands, though it was recorded by the first."""
    rows = session.execute(
        select(CaptureRow.prospect_id).where(
            CaptureRow.prospect_id.in_(people),
            CaptureRow.delivery_id != delivery_id,
            CaptureRow.state == CaptureState.RECORDED,
            CaptureRow.reason == CAME_BEFORE,
        )
    )
    return {who for who in rows.scalars() if who}


def _in_parts(keys: Sequence[T], size: int = 200) -> list[Sequence[T]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _delete(session: Session, row: type[Any], which: Any) -> None:
    session.execute(delete(row).where(which).execution_options(synchronize_session=False))


def _put_back(session: Session, changed: Sequence[ChangeRow], now: datetime, secret: str) -> None:
    ids = [each.prospect_id for each in changed]
    known = _known_otherwise(session, ids)
    gone = {each.prospect_id for each in changed if each.created} - known
    _remember_refusals(session, gone, now, secret)
    erasure.take_out(session, gone, now)
    stay = {each.prospect_id: each for each in changed if each.prospect_id not in gone}
    rows = session.execute(
        select(ProspectRow).where(ProspectRow.id.in_(stay), ProspectRow.erased_at.is_(None))
    ).scalars()
    found = list(rows)
    for row in found:
        _as_before(row, stay[row.id])
        row.changed_at = now
    session.flush()
    _unlearn(session, (stay[row.id] for row in found))
    words.keep(session, found)
    first_touch_anew.rebuild(session, [row.absorbed_by or row.id for row in found])
    heads = {row.absorbed_by or row.id for row in found}
    outbox.post(session, Topic.REACT, sorted(heads), now)
    own = ChangeRow.import_id == changed[0].import_id
    _delete(session, ChangeRow, own & ChangeRow.prospect_id.in_(ids))
    session.expire_all()


def _known_otherwise(session: Session, people: Collection[UUID]) -> set[UUID]:
    """Who has a history without this import, was merged with somebody, or came by another delivery too."""
    acted = select(ActivityRow.prospect_id).where(
        ActivityRow.prospect_id.in_(people), ActivityRow.kind.not_in(OF_FLOWS)
    )
    came = select(CaptureRow.prospect_id).where(
        CaptureRow.prospect_id.in_(people), CaptureRow.state == CaptureState.RECORDED
    )
    one = select(ProspectRow.id).where(
        ProspectRow.id.in_(people), ProspectRow.absorbed_by.is_not(None)
    )
    heads = select(ProspectRow.absorbed_by).where(ProspectRow.absorbed_by.in_(people))
    found = (session.execute(each.distinct()).scalars() for each in (acted, came, one, heads))
    return {who for some in found for who in some if who}


def _remember_refusals(
    session: Session, gone: Collection[UUID], now: datetime, secret: str
) -> None:
    """What those who go had refused is refused of their address from now on."""
    rows = session.execute(
        select(ProspectRow.email, ConsentRow.topic)
        .join(ConsentRow, ConsentRow.prospect_id == ProspectRow.id)
        .where(ProspectRow.id.in_(gone), ConsentRow.given.is_(False))
    )
    refused: defaultdict[str, set[str]] = defaultdict(set)
    for email, topic in rows.all():
        if email:
            refused[topic].add(consents.address_digest(secret, email))
    for topic in sorted(refused):
        consents.suppress(session, refused[topic], now, reason="unsubscribed", topic=topic)


def _as_before(row: ProspectRow, change: ChangeRow) -> None:
    """What still stands as the import put it becomes what it was; what was said since stays."""
    # Whoever was made by the import and is known otherwise by now keeps what they are recognised by.
    kept = {"email", "phone", "account_id"} if change.created else set()
    for name in NAMES:
        if name in kept or name not in change.after:
            continue
        if _plain(getattr(row, name)) == change.after[name]:
            value = change.before.get(name)
            setattr(row, name, UUID(value) if name == "account_id" and value else value)
    row.fields = _fields(row.fields, change)


def _unlearn(session: Session, changes: Iterable[ChangeRow]) -> None:
    """What these people were recognised by since the import, and only by it."""
    learned = [
        (kind, key, each.prospect_id)
        for each in changes
        for kind, key in each.after.get("identities", ())
    ]
    columns = tuple_(IdentityRow.kind, IdentityRow.key, IdentityRow.prospect_id)
    for some in _in_parts(learned):
        _delete(session, IdentityRow, columns.in_(some))


def _fields(fields: Mapping[str, Any], change: ChangeRow) -> dict[str, Any]:
    put, stood = change.after.get("fields", {}), change.before.get("fields", {})
    found: dict[str, Any] = {}
    for name, value in fields.items():
        ours = put.get(name, _NOTHING) == value
        if not ours:
            found[name] = value
        elif name in stood:
            found[name] = stood[name]
    return found


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


def who_goes(session: Session, import_id: UUID) -> tuple[int, int]:
    """How many people the import made, and how many others it changed."""
    counted = (
        select(ChangeRow.created, func.count())
        .where(ChangeRow.import_id == import_id)
        .group_by(ChangeRow.created)
    )
    found = {row[0]: row[1] for row in session.execute(counted)}
    return found.get(True, 0), found.get(False, 0)
