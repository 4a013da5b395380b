"""The pages of imports: a file sent, its columns said, tried, brought in with progress, and taken back."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.guard import may, note_viewer, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.endings import FailedError
from app.importing import kept, undoing
from app.importing.columns import LEFT_OUT, ColumnsError, columns_of
from app.importing.refused import as_csv, of_batches
from app.importing.rows import Holds, ImportRow, State
from app.pages import import_view
from app.pages.import_views import Imports
from app.permissions import Act, may_at_all
from prospects import audit, configuration
from prospects.store import on_sqlite
from webhooks import known

PATH = "/imports"
blueprint = Blueprint("imports", __name__, url_prefix=PATH)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)


def make_room() -> None:
    """Before any form is read: who may bring files in may send one that is larger than a form."""
    if request.method == "POST" and request.path == PATH:
        note_viewer()
        if g.viewer and may_at_all(g.viewer.roles, Act.IMPORT):
            request.max_content_length = kept.LARGEST


@blueprint.get("")
@may(Act.IMPORT)
def listed() -> ResponseReturnValue:
    """Files that were brought in, and the form for another."""
    return _listed(request.args.get("source", ""), "leads", "")


def _listed(source: str, holds: str, refused: str, code: int = 200) -> ResponseReturnValue:
    with reading(current_app.extensions["database"]) as session:
        shown = Imports(
            lines=import_view.lines(session),
            sources=list(configuration.read(session, "source")),
            listed=_has_refusals(session),
            refused=refused,
            source=source,
            holds=holds,
        )
    return render_template("marketing/imports.html", imports=shown), code


def _has_refusals(session: Session) -> bool:
    query = select(ImportRow.id).where(
        ImportRow.holds == Holds.REFUSALS, ImportRow.state == State.DONE
    )
    return session.execute(query.limit(1)).first() is not None


@blueprint.post("")
@may(Act.IMPORT)
def send() -> ResponseReturnValue:
    """Keep a file; nothing of it is brought in yet."""
    database, file = current_app.extensions["database"], request.files.get("file")
    source, holds = request.form.get("source", ""), request.form.get("holds", "")
    lists = holds == Holds.REFUSALS
    with reading(database) as session:
        there = source in configuration.read(session, "source")
    if not file or not file.filename:
        return _listed(source, holds, "Choose a file first.", 422)
    if not (lists or there):
        return _listed(source, holds, "Choose the source it counts as.", 422)
    row = kept.begun(
        "" if lists else source,
        file.filename,
        Holds.REFUSALS if lists else Holds.LEADS,
        g.now,
        by=str(current().id),
    )
    try:
        import_id = kept.keep(database, file.stream, row)  # type: ignore[arg-type]
    except FailedError as error:
        return _listed(source, holds, str(error), 422)
    return redirect(f"{PATH}/{import_id}", 303)


@blueprint.get("/<uuid:import_id>")
@may(Act.IMPORT)
def one(import_id: UUID) -> ResponseReturnValue:
    """One file: what to do next, how far it is, what became of it."""
    return _one(import_id)


def _one(import_id: UUID, wrong: Sequence[str] = (), code: int = 200) -> ResponseReturnValue:
    with reading(current_app.extensions["database"]) as session:
        row = session.get(ImportRow, import_id)
        if row is None:
            abort(404)
        shown = import_view.shown_import(session, row, _map(session, row.source), wrong)
    return render_template("marketing/import.html", import_=shown), code


def _map(session: Session, slug: str) -> Mapping[str, str]:
    found = known.sources(session, secret=current_app.extensions["settings"].secret_key)
    return found.sources[slug].map if slug in found.sources else {}


@blueprint.post("/<uuid:import_id>/encoding")
@may(Act.IMPORT)
def encoding(import_id: UUID) -> ResponseReturnValue:
    """Say in which encoding it was written."""

    def settle(session: Session) -> None:
        row = _locked(session, import_id)
        if row.state == State.READY and row.encoding is None:
            kept.settle(session, row, request.form.get("encoding", ""))

    try:
        perform(current_app.extensions["database"], settle)
    except FailedError as error:
        return _one(import_id, [str(error)], 422)
    return redirect(f"{PATH}/{import_id}", 303)


@blueprint.post("/<uuid:import_id>/columns")
@may(Act.IMPORT)
def columns(import_id: UUID) -> ResponseReturnValue:
    """Say what the columns mean, and have it tried, or brought in."""
    bring, who = request.form.get("act") == "bring", str(current().id)

    def begin(session: Session) -> list[str]:
        row = _locked(session, import_id)
        if row.state not in import_view.BEFORE or row.encoding is None:
            return []
        row.said = {
            heading: request.form.get(f"column-{n}", LEFT_OUT)
            for n, heading in enumerate(row.header)
        }
        row.enrol = request.form.get("enrol") == "yes"
        try:
            columns_of(row.header, row.said, {})
        except ColumnsError as error:
            return [str(fault) for fault in error.faults]
        kept.rewind(session, row)
        row.state = State.RUNNING if bring else State.TRYING
        if bring:
            audit.note(session, "import begun", row.id, g.now, who=who, enrol=row.enrol)
        kept.go_on(session, row, g.now)
        return []

    if wrong := perform(current_app.extensions["database"], begin):
        return _one(import_id, wrong, 422)
    return redirect(f"{PATH}/{import_id}", 303)


@blueprint.post("/<uuid:import_id>/undo")
@may(Act.IMPORT)
def undo(import_id: UUID) -> ResponseReturnValue:
    """Take the whole import back."""
    who = str(current().id)
    found = perform(
        current_app.extensions["database"],
        lambda session: undoing.begin(session, import_id, g.now, by=who),
    )
    if found is None:
        abort(404)
    flash("It is being taken back.", "good")
    return redirect(f"{PATH}/{import_id}", 303)


@blueprint.get("/<uuid:import_id>/refused.csv")
@may(Act.IMPORT)
def refused(import_id: UUID) -> ResponseReturnValue:
    """The rows that were refused, each with its line and why, to mend and bring in again."""
    database = current_app.extensions["database"]
    with reading(database) as session:
        row = session.get(ImportRow, import_id)
    if row is None:
        abort(404)

    def written() -> Iterator[str]:
        yield "\ufeff"
        with reading(database) as session:
            yield from as_csv(row.header, chain.from_iterable(of_batches(session, import_id)))

    answer = Response(written(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="refused-{import_id}.csv"'
    return answer


def _locked(session: Session, import_id: UUID) -> ImportRow:
    row = session.get(ImportRow, import_id, with_for_update=not on_sqlite(session))
    if row is None:
        abort(404)
    return row
