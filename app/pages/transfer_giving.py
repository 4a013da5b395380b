"""A manager gives a customer whom nobody has taken to somebody of the account team, or of sales."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import papers
from app.pages.handoffs import refusal
from app.pages.mistake import too_long
from app.pages.transfer_views import Giving
from app.pages.transfers import row_of
from app.pages.views import Mistake
from app.permissions import Act
from prospects import team
from prospects.bidi import isolated
from prospects.faults import Fault, FaultyError
from prospects.ids import MemberId, ProspectId, parse_id
from prospects.member import Member, Role
from routing import transfers
from routing.availability import absent_until
from routing.refusals import RoutingError
from routing.transfer_life import TransferRef

blueprint = Blueprint("transfer_giving", __name__, url_prefix="/transfers")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_REASON = 500
PATH = "/<uuid:prospect_id>/<uuid:transfer_id>/giving"


@blueprint.get(PATH)
@may(Act.REASSIGN)
def ask(prospect_id: UUID, transfer_id: UUID) -> ResponseReturnValue:
    """Ask to whom the customer is given, and why."""
    form = _form(TransferRef(ProspectId(prospect_id), transfer_id))
    return render_template("account/giving.html", form=form)


@blueprint.post(PATH)
@may(Act.REASSIGN)
def give(prospect_id: UUID, transfer_id: UUID) -> ResponseReturnValue:
    """Put the customer to somebody else, with a clock of their own."""
    ref = TransferRef(ProspectId(prospect_id), transfer_id)
    form = _form(ref)
    typed = {name: request.form.get(name, "").strip() for name in ("to", "reason")}
    to = parse_id(typed["to"])

    def work(session: Session) -> None:
        member = team.member(session, MemberId(to)) if to else None
        if member is None:
            raise FaultyError(Fault("to", "to whom is missing", "choose a colleague"))
        by = current().name
        transfers.give(session, ref, to=member, reason=typed["reason"], by=by, now=g.now)

    long = too_long(typed["reason"], LONGEST_REASON, "The reason")
    if long is not None:
        return _again(form, typed, {"reason": long})
    try:
        perform(current_app.extensions["database"], work)
    except FaultyError as error:
        return _again(form, typed, {each.place: _mistake(each) for each in error.faults})
    except RoutingError as error:
        return refusal(error)
    flash("Given. They are told, and their clock runs.", "good")
    return redirect("/stuck", 303)


def _again(
    form: Giving, typed: dict[str, str], mistakes: dict[str, Mistake]
) -> ResponseReturnValue:
    form = replace(form, typed=typed, mistakes=mistakes)
    return render_template("account/giving.html", form=form), 422


def _form(ref: TransferRef) -> Giving:
    with reading(current_app.extensions["database"]) as session:
        row = row_of(session, ref, Act.SEE_TRANSFER)
        able = [
            each
            for each in team.members(session)
            if each.active and each.roles & transfers.TAKERS and each.id != row.member_id
        ]
    able.sort(key=lambda each: (Role.ACCOUNT_MANAGER not in each.roles, each.name.casefold()))
    return Giving(
        url=f"/transfers/{ref}",
        who=papers.who(row.prospect_id, row.paper),
        colleagues=[(str(each.id), _named(each)) for each in able],
    )


def _named(member: Member) -> str:
    away = absent_until(member, g.now)
    where = "" if Role.ACCOUNT_MANAGER in member.roles else ", not on the account team"
    name = isolated(member.name)
    return f"{name} (away until {away})" if away else f"{name}{where}"


def _mistake(fault: Fault) -> Mistake:
    mend = f"{fault.mend[:1].upper()}{fault.mend[1:]}." if fault.mend else ""
    return Mistake(reason=f"{fault.reason[:1].upper()}{fault.reason[1:]}.", mend=mend)
