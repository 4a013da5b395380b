"""A manager's page: what is stuck, and what is done about it, in bulk, with a reason and a way back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import out_alarms, papers, stuck, whereabouts
from app.pages.handoffs import actor
from app.pages.mistake import too_long
from app.pages.steering_views import Steering
from app.pages.views import Mistake
from app.pages.words import several
from app.permissions import Act
from prospects import team
from prospects.bidi import isolated
from prospects.faults import FaultyError
from prospects.ids import MemberId, new_id, parse_id
from prospects.member import Member, Role
from prospects.values import HandoffRef
from routing.clocks import read_ref
from routing.interventions import Intervention, Order, extend, give, take_over, to_desk, withdraw
from routing.lives import HandoffState
from routing.refusals import NotYoursError, RoutingError
from routing.rows import HandoffRow
from routing.undoing import of_batch, undo

blueprint = Blueprint("steering", __name__, url_prefix="/stuck")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

MOST_AT_ONCE = 200
LONGEST_REASON = 500
SPANS = {
    "1h": ("1 more hour", timedelta(hours=1)),
    "4h": ("4 more hours", timedelta(hours=4)),
    "1d": ("1 more day", timedelta(days=1)),
    "3d": ("3 more days", timedelta(days=3)),
}
PAGES = {
    Intervention.GIVE: ("Give to somebody else", "They are offered it, with a clock of their own."),
    Intervention.TAKE_OVER: ("Take over", "The lead is yours at once, with what was promised."),
    Intervention.EXTEND: ("Give more time", "The clock that runs, runs longer."),
    Intervention.WITHDRAW: (
        "Withdraw",
        "The person returns to nurture, until they do something new.",
    ),
    Intervention.DESK: (
        "Give to the desk",
        "The desk writes what is promised to them, or what you ask for; the lead stays where it is.",
    ),
}
Work = Callable[[Session, HandoffRef], bool]


@blueprint.get("")
@may(Act.SEE_STUCK)
def page() -> ResponseReturnValue:
    """What is stuck, why, and the button that solves it."""
    with reading(current_app.extensions["database"]) as session:
        shown = stuck.read(session, current().id, g.now)
        secret = current_app.extensions["settings"].secret_key
        shown = replace(shown, outside=out_alarms.alarming(session, g.now, secret=secret))
    return render_template("manager/stuck.html", stuck=shown)


@blueprint.get("/act")
@may(Act.REASSIGN)
def ask() -> ResponseReturnValue:
    """Ask what the act needs before it is done to the ticked leads."""
    form = _form(request.args.get("act", ""), request.args.getlist("lead"))
    if form is None:
        flash("Tick at least one lead, then choose what to do.", "soon")
        return redirect("/stuck")
    return render_template("manager/steering.html", form=form)


def _form(act: str, leads: list[str]) -> Steering | None:
    refs = list(dict.fromkeys(ref for each in leads if (ref := read_ref(each))))[:MOST_AT_ONCE]
    with reading(current_app.extensions["database"]) as session:
        found = _handoffs(session, refs)
        away = whereabouts.absences(session, g.now, g.zone)
        colleagues = [_named(each, away) for each in team.members(session) if _takes_leads(each)]
    if not found or act not in list(Intervention):
        return None
    kind = Intervention(act)
    title, says = PAGES[kind]
    return Steering(
        act=kind.value,
        title=title,
        says=says,
        button=f"{title}: {several(len(found), 'lead', 'leads')}",
        leads=[
            (f"{row.prospect_id}/{row.id}", papers.who(row.prospect_id, row.brief)) for row in found
        ],
        batch=str(new_id(g.now)),
        colleagues=colleagues if kind is Intervention.GIVE else (),
        spans=[(key, words) for key, (words, _) in SPANS.items()]
        if kind is Intervention.EXTEND
        else (),
    )


def _handoffs(session: Session, refs: Sequence[HandoffRef]) -> list[HandoffRow]:
    keys = [(each.prospect_id, each.handoff_id) for each in refs]
    query = select(HandoffRow).where(tuple_(HandoffRow.prospect_id, HandoffRow.id).in_(keys))
    found = {(row.prospect_id, row.id): row for row in session.execute(query).scalars()}
    return [found[each] for each in keys if each in found]


def _takes_leads(member: Member) -> bool:
    return member.active and bool(member.roles & {Role.REP, Role.MANAGER})


def _named(member: Member, away: Mapping[MemberId, str]) -> tuple[str, str]:
    told = away.get(member.id)
    return str(member.id), f"{isolated(member.name)} ({told})" if told else member.name


@blueprint.post("/act")
@may(Act.REASSIGN)
def carry_out() -> ResponseReturnValue:
    """Do it to each lead by itself: what one refuses keeps no other back."""
    form = _form(request.form.get("act", ""), request.form.getlist("lead"))
    if form is None:
        return redirect("/stuck", 303)
    typed = {name: request.form.get(name, "").strip() for name in ("to", "span", "reason")}
    form = replace(form, typed=typed, mistakes=_mistakes(form, typed))
    if form.mistakes:
        return render_template("manager/steering.html", form=form), 422
    order = Order(
        by=current().name,
        reason=typed["reason"],
        now=g.now,
        batch=parse_id(request.form.get("batch", "")) or new_id(g.now),
        member_id=current().id,
    )
    done = _each([ref for ref, _ in form.leads], _work(Intervention(form.act), order, typed))
    if done:
        words = stuck.DONE[Intervention(form.act)]
        flash(f"{several(done, 'lead was', 'leads were')} {words}.", "good")
    return redirect("/stuck", 303)


def _mistakes(form: Steering, typed: dict[str, str]) -> dict[str, Mistake]:
    found = {}
    if form.colleagues and typed["to"] not in dict(form.colleagues):
        found["to"] = Mistake(reason="To whom is missing.", mend="Choose a colleague.")
    if form.spans and typed["span"] not in SPANS:
        found["span"] = Mistake(reason="How much time is missing.", mend="Choose one.")
    if not typed["reason"]:
        found["reason"] = Mistake(reason="The reason is missing.", mend="A few words will do.")
    if long := too_long(typed["reason"], LONGEST_REASON, "The reason"):
        found["reason"] = long
    return found


def _work(kind: Intervention, order: Order, typed: dict[str, str]) -> Work:
    """What is done to one lead."""

    def work(session: Session, ref: HandoffRef) -> bool:
        match kind:
            case Intervention.GIVE:
                to = team.member(session, MemberId(UUID(typed["to"])))
                assert to is not None, "only colleagues can be chosen"
                return give(session, ref, order, to=to)
            case Intervention.TAKE_OVER:
                return take_over(session, ref, order, actor=actor(session))
            case Intervention.EXTEND:
                until = _later(session, ref, SPANS[typed["span"]][1], order.now)
                return extend(session, ref, order, until=until)
            case Intervention.WITHDRAW:
                return withdraw(session, ref, order)
            case Intervention.DESK:
                return to_desk(session, ref, order)

    return work


def _later(session: Session, ref: HandoffRef, span: timedelta, now: datetime) -> datetime:
    row = session.get(HandoffRow, (ref.prospect_id, ref.handoff_id))
    if row is None:
        raise NotYoursError
    ends = row.expires_at if row.state == HandoffState.OFFERED else row.confirm_by
    return max(ends or now, now) + span


def _each(refs: list[str], work: Work) -> int:
    """How many were done; what was refused is told, each sentence once."""
    done, refused = 0, dict[str, int]()
    for written in refs:
        ref = read_ref(written)
        assert ref is not None
        try:
            done += _one(ref, work)
        except (RoutingError, FaultyError) as error:
            refused[_told(error)] = refused.get(_told(error), 0) + 1
    for sentence, count in refused.items():
        flash(f"Not done to {several(count, 'lead', 'leads')}: {sentence}", "bad")
    return done


def _one(ref: HandoffRef, work: Work) -> bool:
    """A unit of work of its own, so that locks are taken one lead after the other."""
    return perform(current_app.extensions["database"], lambda session: work(session, ref))


def _told(error: RoutingError | FaultyError) -> str:
    if isinstance(error, RoutingError):
        return str(error)
    reason = error.faults[0].reason
    return f"{reason[:1].upper()}{reason[1:]}."


@blueprint.post("/undo")
@may(Act.REASSIGN)
def take_back() -> ResponseReturnValue:
    """Undo the acts of one tap, as far as nothing else has happened since."""
    batch = parse_id(request.form.get("batch", ""))
    viewer = current()
    if batch is None:
        return redirect("/stuck", 303)
    with reading(current_app.extensions["database"]) as session:
        refs = [str(ref) for ref in of_batch(session, viewer.id, batch)]
    done = _each(refs, lambda s, ref: undo(s, ref, batch, by=viewer.name, now=g.now))
    if done:
        flash(f"Undone: {several(done, 'lead stands', 'leads stand')} as before.", "good")
    return redirect("/stuck", 303)
