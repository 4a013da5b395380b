"""The pages of people who may be one: the list, making two one after a look at what follows, and undoing it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import merge as merging
from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.merge import MergeError
from app.merge_preview import Preview, preview
from app.pages import again, merged_view, turning
from app.pages.again import OneText
from app.pages.duplicate_views import Duplicates, Merging, Pair
from app.permissions import Act
from app.what_if.whom import find
from prospects import audit, company_questions, doubles, groups
from prospects.double_rows import DoubleRow, DoubleState
from prospects.ids import AccountId, ProspectId, parse_id
from prospects.merges import Said
from prospects.rows import ProspectRow

blueprint = Blueprint("duplicates", __name__)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

PAGE = 20
"""Pairs on one page: each is a card with two people."""
WHY = OneText(
    name="why",
    label="Why are they one?",
    what="Why they are one",
    longest=500,
    title="Make two people one",
    button="Make them one",
)
_TAKEN_OVER = {
    "account_id": "the company",
    "owner_id": "in whose hands they are",
    "confirmed_stage": "the stage that was confirmed",
}
_SAID_WITH_ANOTHER = frozenset({"confirmed_at"})


@blueprint.get("/duplicates")
@may(Act.MERGE)
def listed() -> ResponseReturnValue:
    """Pairs nobody has judged yet, the latest found first."""
    before = doubles.read_ref(request.args.get("before", ""))
    with reading(current_app.extensions["database"]) as session:
        rows = doubles.waiting(session, PAGE + 1, after=before)
        shown = _pairs(session, rows[:PAGE])
        asked = merged_view.companies(session) if before is None else ()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    here = f"{last.prospect_id}/{last.other_id}" if last else None
    more = turning.next_url("/duplicates", {}, here) if here else None
    return render_template(
        "marketing/duplicates.html",
        duplicates=Duplicates(pairs=shown, companies=asked, next_url=more),
    )


@blueprint.post("/duplicates/<uuid:one>/<uuid:other>/parting")
@may(Act.MERGE)
def keep_apart(one: UUID, other: UUID) -> ResponseReturnValue:
    """These two are two: they leave the list."""
    pair, who = doubles.pair_of(one, other), current().email

    def work(session: Session) -> None:
        row = session.get(DoubleRow, pair)
        if row is None or row.state == DoubleState.MERGED:
            abort(404)
        doubles.settle(session, pair, DoubleState.APART, who, g.now)
        audit.note(session, "people kept apart", f"{pair[0]}:{pair[1]}", g.now, who=who)

    perform(current_app.extensions["database"], work)
    flash("Noted: these are two people. Nothing joins them by itself.", "good")
    return redirect("/duplicates", 303)


@blueprint.get("/people/<uuid:prospect_id>/merge")
@may(Act.MERGE)
def foretell(prospect_id: UUID) -> ResponseReturnValue:
    """With whom this person is one; and, once that is said, what would follow."""
    written = request.args.get("with", "").strip()
    with reading(current_app.extensions["database"]) as session:
        row = _person(session, prospect_id)
        shown = _merging(session, row, written)
    return render_template("marketing/merging.html", merging=shown)


@blueprint.post("/people/<uuid:prospect_id>/merge")
@may(Act.MERGE)
def make(prospect_id: UUID) -> ResponseReturnValue:
    """Make the two one."""
    other = parse_id(request.form.get("other", ""))
    why, who = WHY.typed(request.form), current().email
    if long := WHY.too_long(why):
        here, hidden = f"/people/{prospect_id}", {"other": str(other or "")}
        return again.ask(WHY, why, long, back=here, url=f"{here}/merge", hidden=hidden)

    def work(session: Session) -> UUID:
        one = ProspectId(_person(session, prospect_id).id)
        said = Said(by=who, why=why or None)
        return merging.merge(session, one, ProspectId(other or one), said, g.now).kept_id

    try:
        kept = perform(current_app.extensions["database"], work)
    except MergeError as error:
        flash(str(error), "bad")
        return redirect(f"/people/{prospect_id}", 303)
    flash("They are one person now. It can be undone on this page.", "good")
    return redirect(f"/people/{kept}", 303)


@blueprint.post("/merges/<uuid:merge_id>/undoing")
@may(Act.MERGE)
def undo(merge_id: UUID) -> ResponseReturnValue:
    """Part two people again."""
    who = current().email

    def work(session: Session) -> merging.Parted:
        return merging.undo(session, merge_id, who, g.now)

    try:
        parted = perform(current_app.extensions["database"], work)
    except merging.NobodyError:
        abort(404)
    except MergeError as error:
        flash(str(error), "bad")
        return redirect("/people", 303)
    left = " A lead stays closed: its company has another open one by now." if parted.left else ""
    flash(f"They are two people again, each as they were.{left}", "good")
    return redirect(f"/people/{parted.merge.kept_id}", 303)


@blueprint.post("/people/<uuid:prospect_id>/company")
@may(Act.MERGE)
def at_company(prospect_id: UUID) -> ResponseReturnValue:
    """Say at which of the companies asked about somebody is, or at none of them."""
    chosen, who = parse_id(request.form.get("company", "")), current().email

    def work(session: Session) -> None:
        account = AccountId(chosen) if chosen else None
        if not company_questions.answer(session, ProspectId(prospect_id), account, who, g.now):
            abort(404)

    perform(current_app.extensions["database"], work)
    flash("Noted.", "good")
    return redirect("/duplicates", 303)


def _person(session: Session, prospect_id: UUID) -> ProspectRow:
    row = session.get(ProspectRow, groups.head_of(session, ProspectId(prospect_id)))
    if row is None or row.erased_at is not None:
        abort(404)
    return row


def _pairs(session: Session, rows: Sequence[DoubleRow]) -> list[Pair]:
    ids = {each for row in rows for each in (row.prospect_id, row.other_id)}
    people = session.execute(select(ProspectRow).where(ProspectRow.id.in_(ids))).scalars().all()
    sides = merged_view.sides(session, people)
    return [
        Pair(
            sides=[sides[row.prospect_id], sides[row.other_id]],
            reasons=merged_view.reasons(row.evidence),
            found_at=row.found_at,
            merge_url=f"/people/{row.prospect_id}/merge?with={row.other_id}",
            apart_url=f"/duplicates/{row.prospect_id}/{row.other_id}/parting",
        )
        for row in rows
    ]


def _merging(session: Session, row: ProspectRow, written: str) -> Merging:
    sides = merged_view.sides(session, [row])
    url = f"/people/{row.id}/merge"
    bare = Merging(url=url, back=f"/people/{row.id}", one=sides[row.id], written=written)
    # The address of their page names them too.
    other = find(session, written.rstrip("/").rpartition("/")[2]) if written else None
    if other is None:
        wrong = "Nobody is known by this; give the address of their page or an e-mail address."
        return replace(bare, wrong=wrong if written else "")
    secret = current_app.extensions["settings"].secret_key
    try:
        found = preview(session, ProspectId(row.id), ProspectId(other.id), secret=secret)
    except MergeError as error:
        return replace(bare, wrong=str(error))
    sides = merged_view.sides(session, [found.kept, found.gone])
    return replace(
        bare,
        one=sides[found.kept.id],
        other=sides[found.gone.id],
        other_id=str(other.id),
        kept=sides[found.kept.id].who.name,
        reasons=merged_view.reasons(found.evidence),
        follows=list(_follows(found)),
    )


def _follows(found: Preview) -> Iterator[str]:
    """What would follow, each thing in a sentence."""
    gone = found.gone.name or "the other"
    taken = [
        _TAKEN_OVER.get(name, f"the {name}")
        for name in found.takes_over
        if name not in _SAID_WITH_ANOTHER
    ]
    if taken:
        yield f"What is known of {gone} alone is taken over: {', '.join(taken)}."
    if found.flows:
        yield f"They are in one flow twice, and the one who is further goes on: {', '.join(found.flows)}."
    if found.mails:
        mails = "1 mail that is" if found.mails == 1 else f"{found.mails} mails that are"
        yield f"{mails} planned there will not be sent."
    if found.leads:
        yield "Both are open leads: the further one goes on, the other is closed and its rep is told."
    if "*" in found.refused:
        yield "One of them wants no mail at all, so neither gets any."
    elif found.refused:
        yield f"One of them said no to {', '.join(found.refused)}, so neither gets any of it."
    yield "Histories, flows and leads of both are read as one. No record is thrown away, and it can be undone."
