"""The account team's pages: customers to take or ask about, and what is asked and answered about one."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may as only_who_may
from app.auth.guard import only_from_our_pages, only_signed_in
from app.auth.viewer import Viewer, current
from app.door import perform, reading
from app.pages import transfer_lists, transfer_view, turning
from app.pages.handoffs import actor, refusal
from app.pages.mistake import as_counted
from app.pages.views import Mistake
from app.permissions import Act, may
from prospects.faults import FaultyError
from prospects.ids import ProspectId, new_id, parse_id
from routing import promises, transfer_acts
from routing.refusals import RoutingError
from routing.transfer_life import TransferRef
from routing.transfer_moves import won_lead
from routing.transfer_rows import TransferRow

blueprint = Blueprint("transfers", __name__, url_prefix="/transfers")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

ONE = "/<uuid:prospect_id>/<uuid:transfer_id>"


@blueprint.get("")
@only_who_may(Act.SEE_TRANSFERS)
def page() -> ResponseReturnValue:
    """Customers to take, customers asked about, customers taken."""
    with reading(current_app.extensions["database"]) as session:
        shown = transfer_lists.customers(session, current(), g.now, turning.start(request.args))
    return render_template("account/transfers.html", customers=shown)


@blueprint.get(ONE)
@only_who_may(Act.SEE_TRANSFER)
def one(prospect_id: UUID, transfer_id: UUID) -> ResponseReturnValue:
    """The paper of one customer, and what was asked about them."""
    return _shown(TransferRef(ProspectId(prospect_id), transfer_id))


def _shown(
    ref: TransferRef, typed: dict[str, str] | None = None, fault: str = ""
) -> ResponseReturnValue:
    with reading(current_app.extensions["database"]) as session:
        row = row_of(session, ref, Act.SEE_TRANSFER)
        shown = transfer_view.read(session, row, current(), g.now)
    if typed is None:
        return render_template("account/transfer.html", customer=shown)
    name = next(iter(typed))
    wrong = {name: Mistake(reason=f"{fault[:1].upper()}{fault[1:]}.")}
    shown = replace(shown, typed=typed, mistakes=wrong)
    return render_template("account/transfer.html", customer=shown), 422


@blueprint.post(f"{ONE}/acceptance")
@only_who_may(Act.TAKE_TRANSFER)
def accept(prospect_id: UUID, transfer_id: UUID) -> ResponseReturnValue:
    """Take the customer."""
    ref = TransferRef(ProspectId(prospect_id), transfer_id)

    def work(session: Session) -> bool:
        row_of(session, ref, Act.TAKE_TRANSFER)
        return transfer_acts.accept(session, ref, actor(session), g.now)

    return _after(ref, work, "They are yours now, with what was promised to them.")


@blueprint.post(f"{ONE}/question")
@only_who_may(Act.TAKE_TRANSFER)
def ask(prospect_id: UUID, transfer_id: UUID) -> ResponseReturnValue:
    """Ask the rep who won them; the same form sent twice is one question."""
    ref = TransferRef(ProspectId(prospect_id), transfer_id)
    text = as_counted(request.form.get("question", "")).strip()
    once = parse_id(request.form.get("once", "")) or new_id(g.now)

    def work(session: Session) -> bool:
        row_of(session, ref, Act.TAKE_TRANSFER)
        return transfer_acts.ask(session, ref, actor(session), text, once=once, now=g.now)

    return _after(ref, work, "Asked. The answer will stand here.", {"question": text})


@blueprint.post(f"{ONE}/answer")
@only_who_may(Act.ANSWER_TRANSFER)
def answer(prospect_id: UUID, transfer_id: UUID) -> ResponseReturnValue:
    """Answer what the account team asks."""
    ref = TransferRef(ProspectId(prospect_id), transfer_id)
    text = as_counted(request.form.get("answer", "")).strip()

    def work(session: Session) -> bool:
        row_of(session, ref, Act.ANSWER_TRANSFER)
        transfer_acts.answer(session, ref, actor(session), text, now=g.now)
        return True

    return _after(ref, work, "Answered. The account team reads it now.", {"answer": text})


@blueprint.post(f"{ONE}/promises/<uuid:promise_id>")
@only_who_may(Act.TAKE_TRANSFER)
def keep(prospect_id: UUID, transfer_id: UUID, promise_id: UUID) -> ResponseReturnValue:
    """The account manager did what the rep had promised."""
    ref = TransferRef(ProspectId(prospect_id), transfer_id)

    def work(session: Session) -> bool:
        row = row_of(session, ref, Act.TAKE_TRANSFER)
        return promises.keep(session, won_lead(row), promise_id, actor(session), g.now)

    return _after(ref, work, "Kept. Well done.")


def row_of(session: Session, ref: TransferRef, act: Act) -> TransferRow:
    """The transfer, if the viewer may do `act` to it; else there is nothing here (404)."""
    row, viewer = session.get(TransferRow, (ref.prospect_id, ref.transfer_id)), current()
    if row is None:
        abort(404)
    if not may(viewer.roles, act, own=_own(row, act, viewer)):
        abort(404)
    return row


def _own(row: TransferRow, act: Act, viewer: Viewer) -> bool:
    """Taking is for whom it was put to, answering for who won it, reading for both."""
    match act:
        case Act.TAKE_TRANSFER:
            return row.member_id == viewer.id
        case Act.ANSWER_TRANSFER:
            return row.rep_id == viewer.id
        case _:
            return viewer.id in (row.rep_id, row.member_id)


def _after(
    ref: TransferRef,
    work: Callable[[Session], bool],
    said: str,
    typed: dict[str, str] | None = None,
) -> ResponseReturnValue:
    """Do it, and go back to the customer; what was typed stays where it is refused."""
    try:
        if perform(current_app.extensions["database"], work):
            flash(said, "good")
    except FaultyError as error:
        return _shown(ref, typed, error.faults[0].reason)
    except RoutingError as error:
        return refusal(error)
    return redirect(f"/transfers/{ref}", 303)
