"""The vector somebody had on a day is the one the record gives for that day ever after; planted leaks are caught."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.merge import merge, undo
from app.pipeline import believe
from prospects import formerly, old_views, people, timeline
from prospects.colleagues import active
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.merges import Said
from prospects.own_titles import reader
from prospects.past import snapshots_at
from prospects.rows import ActivityRow, ProspectRow
from prospects.snapshots import snapshots
from prospects.values import Active, Person
from scoring import current
from scoring.card.adding import add_up
from scoring.card.terms import Line
from scoring.colleagues_seen import with_colleagues
from scoring.features.feature import Feature, Sort
from scoring.features.registry import REGISTRY
from scoring.features.seeing import Features, features_of
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.features.test_kept import DAY, HOUR, SECRET, fact, looked_at, meet
from tests.scoring.people import written


def live(session: Session, who: ProspectId, now: datetime) -> Features:
    """What a look at this instant sees."""
    session.expire_all()
    (seen,) = snapshots(session, [session.get_one(ProspectRow, who)], now)
    assert seen.company
    among = active(session, [seen.company.id], reader(()), now)[seen.company.id]
    seen = replace(seen, company=replace(seen.company, active=among))
    return features_of(seen, now, current.current(session))


def rebuilt(session: Session, who: ProspectId, at: datetime) -> Features:
    """What the record says of it afterwards."""
    session.expire_all()
    return features_of(snapshots_at(session, [(who, at)])[who, at], at, current.current(session))


def tell(session: Session, who: str, at: datetime, **said: Any) -> None:
    email = f"{who}@acme.example"
    account = said.pop("account_fields", {})
    lead = Lead(
        ref=who,
        identities=(Identity("email", email),),
        person=Person(email=email, **said),
        happened_at=at,
        domain="acme.example",
        account_fields=account,
        source="crm",
    )
    people.resolve(session, [lead], at, secret=SECRET)


def views(who: ProspectId, day: datetime) -> list[Any]:
    pages = ("/docs/a", "/docs/b", "/blog/x", "/docs/c")
    return [fact(who, day + n * HOUR, Kind.PAGE_VIEW, page=page) for n, page in enumerate(pages)]


def test_yesterdays_vector_is_rebuilt_whatever_came_since(session: Session, now: datetime) -> None:
    ann, bob = meet(session, now, "ann", "bob")
    tell(session, "ann", now, fields={"budget": 5}, account_fields={"employees": 80})
    timeline.record(session, [*views(ann, now), fact(ann, now + HOUR, form="demo")], now + 9 * HOUR)
    yesterday = now + 9 * HOUR
    then = live(session, ann, yesterday)
    assert (then["did.page_view.count"], then["fields.budget"]) == (2, 5)

    today = now + 2 * DAY
    tell(session, "ann", today, title="CEO", country="DE", fields={"budget": 9, "size": "L"})
    tell(session, "ann", today, account_fields={"industry": "Steel"})
    timeline.record(session, [fact(ann, today), fact(bob, today), *views(ann, today)], today)
    looked_at(session, today, ann, bob)
    assert live(session, ann, today) != then
    assert rebuilt(session, ann, yesterday) == then

    much_later = now + 150 * DAY
    before = session.execute(select(ActivityRow.id)).all()
    assert not old_views.fold(session, much_later)
    assert len(session.execute(select(ActivityRow.id)).all()) < len(before)
    folded = rebuilt(session, ann, yesterday)
    # The marketer's own rules look at every single page view, and those are gone.
    assert {name for name in then if folded[name] != then[name]} <= {"points.engagement"}


def test_half_a_day_is_no_more_than_half_once_it_is_folded(session: Session, now: datetime) -> None:
    (ann,) = meet(session, now - DAY, "ann")
    for view in views(ann, now):
        timeline.record(session, [view], view.happened_at)
    noon = now + HOUR + HOUR / 2
    then = live(session, ann, noon)
    old_views.fold(session, now + 150 * DAY)

    assert rebuilt(session, ann, noon)["did.page_view.count"] == then["did.page_view.count"] == 1


@pytest.mark.parametrize(
    "since", ["one", "oneself", "parted", "promoted", "moved", "moved in", "late"]
)
def test_colleagues_are_counted_as_they_were_then(
    session: Session, now: datetime, since: str
) -> None:
    """Who was one with whom, what they were called and where they worked is of that day as well."""
    ann, bob, eve = meet(session, now - 3 * DAY, "ann", "bob", "eve")
    facts = [fact(who, now - HOUR, form=str(who)) for who in (ann, bob, eve)]
    timeline.record(session, facts, now - HOUR)
    one = merge(session, bob, eve, Said(by="mia"), now - HOUR) if since == "parted" else None
    then, after = live(session, ann, now), now + DAY
    match since:
        case "one":
            merge(session, bob, eve, Said(by="mia"), after)
        case "oneself":
            merge(session, ann, eve, Said(by="mia"), after)
        case "parted":
            assert one is not None
            undo(session, one.id, "mia", after)
        case "promoted":
            tell(session, "bob", after, title="CFO")
        case "late":
            (dan,) = meet(session, now - 3 * DAY, "dan")
            timeline.record(session, [fact(dan, now - HOUR)], after)
        case "moved":
            _move(session, session.get_one(ProspectRow, bob), _firm(session, now), after)
        case "moved in":
            _move(session, _firm(session, now - 2 * DAY), session.get_one(ProspectRow, ann), after)
    assert live(session, ann, after) != then
    assert rebuilt(session, ann, now) == then


def _firm(session: Session, at: datetime) -> ProspectRow:
    """Somebody who is active at another company."""
    (who,) = meet(session, at, "zed", domain="other.example")
    timeline.record(session, [fact(who, at)], at)
    return session.get_one(ProspectRow, who)


def _move(session: Session, who: ProspectRow, to: ProspectRow, at: datetime) -> None:
    before = formerly.facts([who])
    who.account_id = to.account_id
    formerly.note(session, before, [who], at)
    session.flush()


@pytest.mark.parametrize("leak", ["future", "late", "field", "company"])
def test_a_planted_leak_is_caught(session: Session, now: datetime, leak: str) -> None:
    """What came after the offer, in whatever dress, is not in the vector of the offer."""
    (ann,) = meet(session, now - DAY, "ann")
    timeline.record(session, [fact(ann, now - HOUR)], now - HOUR)
    clean = rebuilt(session, ann, now)
    after = now + 5 * DAY
    match leak:
        case "future":
            timeline.record(session, [fact(ann, after, Kind.MEETING)], now)
        case "late":
            timeline.record(session, [fact(ann, now - 2 * HOUR, Kind.MEETING)], after)
        case "field":
            tell(session, "ann", after, fields={"grown": "won"}, title="Signed it", phone="+49301")
        case "company":
            tell(session, "ann", after, account_fields={"employees": 5000, "plan": "gold"})

    assert rebuilt(session, ann, now) == clean
    assert live(session, ann, after) != clean


def test_what_scores_live_is_what_the_record_gives_for_a_training(
    session: Session, now: datetime
) -> None:
    """Also robots and colleagues, which nothing but features asks for."""
    ann, bob = meet(session, now - DAY, "ann", "bob")
    clicked = replace(fact(ann, now - HOUR, Kind.CLICK), suspect_robot=True)
    timeline.record(session, [clicked, fact(ann, now - HOUR), fact(bob, now - DAY)], now - HOUR)
    card = a_card(*(_line(each) for each in REGISTRY.values() if each.sort is Sort.NUMBER))
    rules = replace(current.current(session), card=card, card_id=card.id)
    ((_, found),), _ = believe(session, [ann], rules, now)

    features = rebuilt(session, ann, now)
    assert (features["did.any.robot_share"], features["account.people_active"]) == (0.5, 2)
    assert found.logit == pytest.approx(add_up(card, features).logit, abs=1e-9)


def test_a_card_in_the_shadow_sees_colleagues_too(session: Session, now: datetime) -> None:
    """Though the one that scores does not ask for them."""
    ann, bob = meet(session, now - DAY, "ann", "bob")
    timeline.record(session, [fact(who, now - HOUR, form=str(who)) for who in (ann, bob)], now)
    rules = current.current(session)
    tried = replace(rules, card=a_card(_line(REGISTRY["account.people_active"])))
    seen = snapshots(session, [session.get_one(ProspectRow, ann)], now)
    (alone,) = with_colleagues(session, seen, rules, now)
    (both,) = with_colleagues(session, seen, rules, now, shadow=tried)
    assert alone.company is not None
    assert both.company is not None
    assert (alone.company.active, both.company.active) == (None, Active(2, 1))

    own = written(titles=[{"words": "Head of IT", "function": "finance"}])
    told = replace(seen[0], company=both.company, person=replace(seen[0].person, title="CEO"))
    rows = session.execute(select(ProspectRow)).scalars().all()
    rows[0].title = "CIO"
    session.flush()
    (named,) = with_colleagues(session, [told], replace(own, card=tried.card), now)
    assert named.company is not None
    assert named.company.active == Active(2, 2)


def _line(feature: Feature) -> Line:
    return Line(
        feature=feature.name, side=feature.side, slope=0.01, centre=0, low=0, high=900, missing=-7
    )
