"""The pages of what was received: every delivery with its fate, as it arrived, and read again on request."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import received_search, source_list, source_words, turning
from app.pages.masked import masked
from app.pages.office import CaptureLine, Delivery, DeliveryLine, Received
from app.pages.papers import NOBODY
from app.pages.source_habits import came
from app.pages.source_views import Source
from app.pages.views import Tone
from app.pages.words import several
from app.permissions import Act, may_at_all
from prospects import audit, configuration
from prospects.ids import DeliveryId
from prospects.rows import ProspectRow
from webhooks import again, health, known
from webhooks.ingest import TRY_AGAIN, replay
from webhooks.lookup import Traced
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState
from webhooks.sources import SourceKind, inbox_of_pages

blueprint = Blueprint("received", __name__, url_prefix="/received")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

REFUSALS_SHOWN = timedelta(days=1)
MOST_SHOWN = 64 << 10  # bytes of a body that a page shows

STATES = {
    DeliveryState.RECEIVED: ("waiting", Tone.SOON),
    DeliveryState.INGESTED: ("read", Tone.GOOD),
    DeliveryState.UNREADABLE: ("unreadable", Tone.BAD),
    DeliveryState.TEST: ("a test", Tone.PLAIN),
}
CAPTURES = {
    CaptureState.READ: ("read", Tone.SOON),
    CaptureState.FETCH_DUE: ("being fetched", Tone.SOON),
    CaptureState.TEST: ("a test", Tone.PLAIN),
    CaptureState.QUARANTINED: ("set aside", Tone.BAD),
    CaptureState.WITHDRAWN: ("taken back", Tone.PLAIN),
    CaptureState.NAMELESS: ("nobody's yet", Tone.PLAIN),
    CaptureState.RECORDED: ("in the record", Tone.GOOD),
    CaptureState.DEAD: ("not usable", Tone.BAD),
}
MEND = "Mend the source's set-up, then have it read again."


@blueprint.get("")
@may(Act.SEE_RECEIVED)
def listed() -> ResponseReturnValue:
    """Deliveries, the latest first; of one source, of one state, or about one address."""
    asked, roles = request.args, current().roles
    q, found, traced = asked.get("q", "").strip(), None, None
    with reading(current_app.extensions["database"]) as session:
        sources = _inboxes(session)
        source = asked.get("source", "") if asked.get("source") in sources else ""
        if q:
            found, traced = received_search.trace(session, q)
        query = received_search.deliveries(session, asked, source, found)
        rows, last = turning.one_page(list(session.execute(query).scalars()))
        summaries = _summaries(session, rows, found)
        refused = health.refusing(session, g.now - REFUSALS_SHOWN)
        state = received_search.state_of(asked)
        looking = bool(source or state == DeliveryState.UNREADABLE) and not q
        may_replay = looking and may_at_all(roles, Act.REPLAY)
        failed = again.failed(session, source) if may_replay else ()
        alarms = [] if q or asked.get("before") else _alarms(session, source)
    shown = Received(
        lines=[_line(row, summaries.get(row.id, "")) for row in rows],
        q=q,
        traced=traced,
        again=len(failed),
        may_import=may_at_all(roles, Act.IMPORT),
        source=source,
        state=state,
        sources=sources,
        states=[(value.value, words) for value, (words, _) in STATES.items()],
        next_url=turning.next_url("/received", asked, last.id) if last else None,
        alarms=alarms,
        refusals=source_words.refusals([each for each in refused if source in ("", each.source)]),
    )
    return render_template("marketing/received.html", received=shown)


def _alarms(session: Session, source: str) -> list[Source]:
    """What is wrong with the sources that are looked at, so that nobody waits for a lead in vain."""
    found = known.sources(session, secret=current_app.extensions["settings"].secret_key)
    wrong = source_list.alarming(session, found, g.now)
    return [each for each in wrong if source in ("", each.slug)]


def _inboxes(session: Session) -> list[str]:
    """Every source; behind a form the signals of its pages."""
    found: list[str] = []
    for slug, document in configuration.read(session, "source").items():
        pages = document.body.get("kind") == SourceKind.HTML_FORM and document.body.get("origins")
        found += [slug, inbox_of_pages(slug)] if pages else [slug]
    return found


def _summaries(
    session: Session, rows: Sequence[DeliveryRow], found: Traced | None
) -> dict[UUID, str]:
    """How many leads are in each; where somebody was searched for, what became of theirs."""
    ids = [row.id for row in rows]
    if found:
        called = {state.value: words for state, (words, _) in CAPTURES.items()}
        return received_search.fates(session, ids, found, called)
    counted = session.execute(
        select(CaptureRow.delivery_id, func.count())
        .where(CaptureRow.delivery_id.in_(ids))
        .group_by(CaptureRow.delivery_id)
    )
    return {row[0]: several(row[1], "part", "parts") for row in counted}


def _line(row: DeliveryRow, summary: str) -> DeliveryLine:
    state, tone = STATES[DeliveryState(row.state)]
    return DeliveryLine(
        url=f"/received/{row.id}",
        source=row.source,
        state=state,
        tone=tone,
        received_at=row.received_at,
        summary=summary or row.reason or "none yet",
    )


@blueprint.get("/<uuid:delivery_id>")
@may(Act.SEE_RECEIVED)
def one(delivery_id: UUID) -> ResponseReturnValue:
    """One delivery: what was made of it, and every byte as text."""
    with reading(current_app.extensions["database"]) as session:
        row = session.get(DeliveryRow, delivery_id)
        if row is None:
            abort(404)
        captures = _captures(session, row)
    return render_template("marketing/delivery.html", delivery=_delivery(row, captures))


def _captures(session: Session, row: DeliveryRow) -> list[tuple[CaptureRow, str | None]]:
    found = session.execute(
        select(CaptureRow, ProspectRow.name, ProspectRow.email)
        .outerjoin(ProspectRow, ProspectRow.id == CaptureRow.prospect_id)
        .options(defer(CaptureRow.document))
        .where(CaptureRow.delivery_id == row.id)
        .order_by(CaptureRow.n)
        .limit(1000)
    )
    return [(capture, name or email) for capture, name, email in found]


def _delivery(row: DeliveryRow, captures: Sequence[tuple[CaptureRow, str | None]]) -> Delivery:
    state, tone = STATES[DeliveryState(row.state)]
    failed = any(capture.state in TRY_AGAIN for capture, _ in captures)
    kept, unread = row.body is not None, row.state == DeliveryState.UNREADABLE
    readable = kept and (failed or unread) and may_at_all(current().roles, Act.REPLAY)
    whole = not kept or may_at_all(current().roles, Act.SEE_RAW)
    return Delivery(
        url=f"/received/{row.id}",
        source=row.source,
        state=state,
        tone=tone,
        reason=row.reason,
        mend=MEND if readable else None,
        received_at=row.received_at,
        came=came(row.headers),
        sha256=row.sha256 or "forgotten",
        size=row.size,
        raw=_raw(row.body) if whole else masked(row.body or b""),
        masked=not whole,
        cut=row.body is not None and len(row.body) > MOST_SHOWN,
        captures=[_capture(*each, whole=whole) for each in captures],
        replayable=readable,
    )


def _raw(body: bytes | None) -> str:
    """The bytes as text; what is no UTF-8 and what no page can show becomes U+FFFD."""
    if body is None:
        return "The bytes were deleted because somebody in them asked to be forgotten."
    text = body[:MOST_SHOWN].decode("utf-8", "replace")
    return "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text)


def _capture(row: CaptureRow, name: str | None, *, whole: bool) -> CaptureLine:
    state, tone = CAPTURES[CaptureState(row.state)]
    return CaptureLine(
        key=(row.key if whole else None) or f"part {row.n + 1}",
        state=state,
        tone=tone,
        reason=row.reason,
        person_url=f"/people/{row.prospect_id}" if row.prospect_id else None,
        person=name or NOBODY,
    )


@blueprint.post("/replay")
@may(Act.REPLAY)
def read_many_again() -> ResponseReturnValue:
    """Have everything that came to nothing read again, of one source or of all."""
    viewer, source = current(), request.form.get("source", "")

    def work(session: Session) -> int:
        count = again.read_again(session, again.failed(session, source), g.now)
        if count:
            audit.note(session, "replay many", source, g.now, who=str(viewer.id), count=count)
        return count

    count = perform(current_app.extensions["database"], work)
    said = several(count, "delivery is", "deliveries are")
    flash(f"{said} being read again. Look in a moment.", "good")
    return redirect(turning.with_query("/received", {"source": source}), 303)


@blueprint.post("/<uuid:delivery_id>/replay")
@may(Act.REPLAY)
def read_again(delivery_id: UUID) -> ResponseReturnValue:
    """Have a delivery read again; what had its effect has it only once."""
    viewer = current()

    def work(session: Session) -> bool:
        audit.note(session, "replay", delivery_id, g.now, who=str(viewer.id))
        return replay(session, DeliveryId(delivery_id), g.now)

    if not perform(current_app.extensions["database"], work):
        abort(404)
    flash("It is being read again. Look in a moment.", "good")
    return redirect(f"/received/{delivery_id}", 303)
