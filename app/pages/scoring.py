"""The page Scoring: what earns points, the warm line, and what other points would change, seen before they are saved."""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.auth.guard import may, only_from_our_pages, only_signed_in
from app.auth.viewer import current
from app.door import perform, reading
from app.pages import rules_change_views, scoring_form, scoring_words
from app.pages.scoring_views import ScoringPage
from app.permissions import Act, may_at_all
from app.what_if.points import foresee
from app.workspace import scoring_in_browser
from app.workspace.rewritten import fresh
from app.workspace.scoring_in_browser import NotSavedError, Written
from prospects.faults import FaultyError
from scoring import current as rules_in_force
from scoring.changes import releases
from scoring.changes.rows import State
from scoring.rules import ScoringRules

PATH = "/scoring"
blueprint = Blueprint("scoring", __name__, url_prefix=PATH)
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

LONGEST_NUMBER = 9
"""Digits of a version; a number of more fits no database."""


@blueprint.get("")
@may(Act.SEE_PEOPLE)
def page() -> ResponseReturnValue:
    """What earns points now."""
    with reading(current_app.extensions["database"]) as session:
        rules = rules_in_force.current(session)
        shown = _page(session, rules, scoring_in_browser.standing(session))
    return _shown(shown)


@blueprint.post("")
@may(Act.EDIT_SCORING)
def send() -> ResponseReturnValue:
    """Look what these points would change, which writes nothing; or save what was looked at."""
    with reading(current_app.extensions["database"]) as session:
        rules = rules_in_force.current(session)
        before = scoring_in_browser.standing(session)
        typed = scoring_form.read(request.form, rules.scoring)
        shown = replace(_page(session, rules, before), values=typed, since=_since())
        whole = scoring_in_browser.whole(before.body, rules.ladder)
        body, mistakes = scoring_form.changed(before.body, whole, rules.scoring, typed)
        if mistakes:
            return _shown(replace(shown, mistakes=mistakes), 422)
        try:
            others = scoring_in_browser.compiled(body, rules)
        except FaultyError as error:
            return _shown(_faulty(shown, error, rules), 422)
        seen = _print(body)
        if request.form.get("act") != "save" or request.form.get("seen") != seen:
            return _shown(_looked(session, shown, rules, others, body=body, before=before))
    return _save(body, shown)


def _looked(
    session: Session,
    shown: ScoringPage,
    rules: ScoringRules,
    others: ScoringRules,
    *,
    body: Mapping[str, Any],
    before: Written,
) -> ScoringPage:
    if dict(body) == dict(before.body):
        return replace(shown, unchanged=True)
    return replace(
        shown,
        ahead=scoring_words.ahead(foresee(session, rules, others, g.now)),
        seen=_print(body),
        text=fresh(body) if before.in_files else "",
    )


def _save(body: Mapping[str, Any], shown: ScoringPage) -> ResponseReturnValue:
    who = current().email
    try:
        perform(
            current_app.extensions["database"],
            lambda session: scoring_in_browser.save(
                session, body, g.now, since=shown.since, by=who
            ),
        )
    except NotSavedError as error:
        return _shown(replace(shown, refused=[str(error)]), 409)
    except FaultyError as error:
        return _shown(replace(shown, refused=[str(each) for each in error.faults]), 409)
    flash("Saved. Everybody is looked at by the new points within minutes.", "good")
    return redirect(f"{PATH}/changes", 303)


def _faulty(shown: ScoringPage, error: FaultyError, rules: ScoringRules) -> ScoringPage:
    mistakes, others = scoring_form.beside(error.faults, rules.scoring)
    return replace(shown, mistakes=mistakes, refused=others)


def _page(session: Session, rules: ScoringRules, written: Written) -> ScoringPage:
    return ScoringPage(
        values=scoring_form.values(rules.scoring),
        fit=scoring_words.fit_lines(rules),
        acts=scoring_words.act_lines(rules),
        evidence=scoring_words.evidence_lines(rules),
        gates=scoring_words.gate_lines(rules),
        stages=[(stage.slug, stage.name) for stage in rules.stages],
        since=written.version,
        in_files=written.in_files,
        may_edit=may_at_all(current().roles, Act.EDIT_SCORING),
        card=rules.card_id if rules.scoring_card else None,
        waiting=_waiting(session, rules),
    )


def _waiting(session: Session, rules: ScoringRules) -> str:
    """How the last change of the rules stands, while somebody may want to know."""
    change = releases.standing(session, rules)
    if change is None or change.state in (State.RELEASED, State.OVERTAKEN):
        return ""
    return rules_change_views.title_of(State(change.state))


def _since() -> int:
    written = request.form.get("since", "")
    plain = written.isascii() and written.isdigit() and len(written) <= LONGEST_NUMBER
    return int(written) if plain else 0


def _print(body: Mapping[str, Any]) -> str:
    """Recognises what was looked at, so that nothing else is saved by that button."""
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]


def _shown(shown: ScoringPage, code: int = 200) -> ResponseReturnValue:
    return render_template("marketing/scoring.html", scoring=shown), code
