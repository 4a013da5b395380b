"""From what is kept of people a changed card comes to the same figures as from their histories."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.beliefs import noticeable
from prospects.kinds import Kind
from prospects.values import Activity, Assessment, Company, Snapshot
from scoring.assess import assess
from scoring.by_card import shown_on
from scoring.card.card import Card
from scoring.card.terms import Levels, Line, Side, Steps, Value, weigh, weigher
from scoring.changes.course import NEARLY
from scoring.changes.screen import Belief, Kept, Screen, screen_of
from scoring.features import points, tally
from scoring.features.keeping import made
from scoring.rules import ScoringRules
from tests.scoring.people import NOW, act, somebody, written
from tests.scoring.test_by_card import carded

TERMS = (
    Levels(feature="person.seniority", side=Side.FIT, weights={"c_level": 0.6}, other=0, missing=-0.1),
    Levels(feature="fields.budget", side=Side.FIT, weights={"yes": 0.3}, other=-0.1, missing=0),
    Steps(feature="account.employees", side=Side.FIT, edges=(50,), weights=(-0.2, 0.3), missing=0),
    Line(feature="points.fit", side=Side.FIT, slope=0.01, centre=20, low=0, high=50, missing=0),
    Line(feature="points.engagement", side=Side.ENGAGEMENT, slope=0.02, centre=9, low=0, high=50, missing=0),
    Steps(feature="did.form.count", side=Side.ENGAGEMENT, edges=(0, 2), weights=(-0.3, 0.2, 0.5), missing=0),
    Line(feature="did.any.recent_7d", side=Side.ENGAGEMENT, slope=0.3, centre=1, low=0, high=5, missing=0),
    Steps(feature="did.click.hours_since", side=Side.ENGAGEMENT, edges=(48, 400), weights=(0.4, 0.1, -0.2), missing=-0.1),
    Steps(feature="did.any.weekend_share", side=Side.ENGAGEMENT, edges=(0.2,), weights=(0.1, -0.1), missing=0),
    Levels(feature="came.last_campaign", side=Side.FIT, weights={"spring": 0.2}, other=0, missing=0),
)  # fmt: skip
KINDS = (Kind.FORM, Kind.PAGE_VIEW, Kind.CLICK, Kind.OPEN, Kind.MAIL_SENT, Kind.REPLY)
ACTS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 24 * 130), st.booleans()), max_size=9
)
EMPLOYEES: st.SearchStrategy[Value] = st.sampled_from([None, "200", 20])
SHIFTS = st.sampled_from([0.0, 0.004, 0.02, 0.3])


def by(shift: float) -> ScoringRules:
    """The rules with a card whose terms all weigh a little more or less."""
    card: Card = carded().card.model_copy(  # type: ignore[union-attr]
        update={"terms": TERMS, "intercept": -1 + shift}
    )
    return replace(written(), card=card, card_id=card.id)


def person(told: list[tuple[Kind, int, bool]], **more: object) -> Snapshot:
    acts = [
        act(kind, timedelta(hours=hours), robot=robot, page=f"/{hours % 3}", campaign="spring")
        for kind, hours, robot in told
    ]
    seen = somebody(*acts, title="CEO", country="DE")
    company = Company(id=seen.company.id, domain="acme.example", name=None, fields=more)  # type: ignore[union-attr]
    zoned = replace(seen.person, zone="Europe/Berlin", fields={"budget": "yes"})
    return replace(seen, company=company, person=zoned)


def believed(seen: Snapshot, rules: ScoringRules, then: datetime) -> tuple[Snapshot, Assessment]:
    """The same person with what was believed of them then."""
    known: list[Activity] = [one for one in seen.activities if one.happened_at <= then]
    found = assess(replace(seen, activities=known, as_of=then), rules, then)
    return replace(seen.assessed(found), look_due_at=found.look_again_at), found


def beside(seen: Snapshot) -> Belief:
    assert seen.grade is not None
    stage = seen.claim.stage if seen.claim else None
    return Belief(
        stage, seen.points, seen.grade, seen.score, seen.warm, seen.gate, seen.look_due_at
    )


def kept_of(seen: Snapshot, rules: ScoringRules) -> Kept:
    """What is kept of somebody, as a database gives it back."""
    state, person, company = made(seen, rules, NOW).state, seen.person, seen.company
    documents = (tally.written(state.tally), points.written(state.earned))
    told, earned = (json.loads(json.dumps(each)) for each in documents)
    return Kept(
        told,
        earned,
        company.id if company else None,
        json.dumps(dict(company.fields)) if company else None,
        *(person.email, person.phone, person.title, person.country, person.zone),
        json.dumps(dict(person.fields)),
    )


def prepared(rules: ScoringRules) -> Screen:
    found = screen_of(rules)
    assert found is not None
    return found


@given(told=ACTS, employees=EMPLOYEES, shift=SHIFTS)
def test_the_figures_are_those_of_the_history_and_nobody_who_moves_is_passed_over(
    told: list[tuple[Kind, int, bool]], employees: Value, shift: float
) -> None:
    # Everything they did was looked at by the old card an hour ago, and only the card changed since.
    seen, _ = believed(person(told, employees=employees), by(0), NOW - timedelta(hours=1))
    rules = by(shift)
    found = prepared(rules).of(kept_of(seen, rules), held=beside(seen), now=NOW)
    slow = assess(seen, rules, NOW)
    assert (found.points, found.grade, found.score) == (slow.points, slow.grade, slow.score)
    scales = rules.card.scales  # type: ignore[union-attr]
    assert shown_on(scales.fit, found.fit) == slow.fit
    assert shown_on(scales.engagement, found.did) == slow.engagement
    if not found.moved:
        assert not noticeable(seen, slow)
        theirs = promised(seen, slow.look_again_at)
        assert hardly_later(promised(seen, found.look_again_at), theirs)


def promised(seen: Snapshot, wanted: datetime | None) -> datetime | None:
    """The look that is promised once `wanted` is asked for (`timeline.look_again`)."""
    already = seen.look_due_at
    if wanted is None or (already is not None and NOW < already <= wanted):
        return already
    return wanted


def hardly_later(found: datetime | None, wanted: datetime | None) -> bool:
    """Whether a look that is promised comes as early as wanted, but for a part in 32 of the time until then."""
    if found is None or wanted is None:
        return found is wanted
    return found == wanted or wanted < found <= NOW + (wanted - NOW) / NEARLY


def test_a_grown_card_moves_whom_it_moves() -> None:
    seen, _ = believed(person([(Kind.FORM, 30, False)]), by(0), NOW)
    for shift, moves in ((0.0, False), (0.3, True)):
        rules = by(shift)
        found = prepared(rules).of(kept_of(seen, rules), held=beside(seen), now=NOW)
        assert found.moved is moves


def test_a_look_that_is_promised_sooner_is_not_asked_for_again() -> None:
    seen, _ = believed(person([(Kind.FORM, 30, False)]), by(0), NOW)
    kept = kept_of(seen, by(0))

    def again(due: datetime | None) -> datetime | None:
        held = beside(seen)._replace(look_due_at=due)
        return prepared(by(0)).of(kept, held=held, now=NOW).look_again_at

    wanted = again(None)
    assert wanted is not None
    assert again(wanted - timedelta(minutes=1)) is None
    assert again(wanted + timedelta(minutes=1)) is None, "it comes hardly later"
    assert again(wanted + (wanted - NOW) / 8) == wanted
    # A look that was due before and has not come yet is none to wait for.
    assert again(NOW - timedelta(minutes=1)) == wanted


def test_rules_that_ask_for_more_than_what_is_kept_are_not_screened() -> None:
    assert screen_of(written()) is None
    whole = by(0)
    colleagues = Line(
        feature="account.people_active",
        side=Side.ENGAGEMENT,
        slope=1,
        centre=0,
        low=0,
        high=1,
        missing=0,
    )
    asks = whole.card.model_copy(update={"terms": (colleagues,)})  # type: ignore[union-attr]
    assert screen_of(replace(whole, card=asks)) is None
    poor = {"name": "poor", "if": {"field": "points", "op": "lt", "value": 5}}
    gated = replace(written(gates=[poor]), card=whole.card)
    assert screen_of(gated) is None
    lately = {"name": "new", "if": {"activity": "form", "within": "7d"}}
    assert screen_of(replace(written(gates=[lately]), card=whole.card)) is None


@given(value=st.one_of(st.none(), st.floats(), st.sampled_from(["c_level", "spring", "yes", ""])))
@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.feature)
def test_a_prepared_term_weighs_the_same(term: Steps | Levels | Line, value: Value) -> None:
    assert weigher(term)(value) == weigh(term, value)


def test_what_rules_make_is_marked_the_same_until_it_changes() -> None:
    assert by(0).mark == by(0.3).mark
    assert written(warm={"points": 5, "leave_points": 1}).mark == written().mark
    assert written(evidence=[]).mark != written().mark
