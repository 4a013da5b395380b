"""Percentages that findings contradict are hidden by the daily look, everywhere and without touching anybody's row, and come back."""

import math
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.jobs import reassess, training
from app.pipeline import believe
from prospects import configuration, percentages
from prospects.audit import AuditRow
from prospects.ids import ProspectId
from prospects.percentages import Shown
from prospects.rows import AssessmentRow, ProspectRow
from prospects.snapshots import snapshots
from routing.briefing import Wanted, briefs
from scoring import current, models
from scoring.card.card import Card
from scoring.changes.rows import RulesChangeRow, State
from scoring.learning import hiding, trainings, watching
from scoring.learning.rows import DriftRow
from scoring.models import By, Origin
from tests.app.learning.market import a_market
from tests.scoring.card.test_adding_up import a_card

MARA, DAY = By("mara@acme.example"), timedelta(days=1)


def right(share: float, now: datetime) -> Card:
    """A card that says of everybody in the market what is true of all together; it learned before all of them."""
    card = a_card()
    window = card.window.model_copy(update={"until": now - 181 * DAY})
    logit = math.log(share / (1 - share))
    return card.model_copy(update={"intercept": logit, "terms": (), "window": window})


def scores(session: Session, card: Card, now: datetime) -> str:
    models.keep(session, card, {}, now, origin=Origin.RECORD, by=MARA)
    configuration.write(session, "scoring", "scoring", {"model": card.id}, now, by="apply")
    models.follow(session, card.id, now)
    return card.id


def market(session: Session, now: datetime) -> float:
    """The share of those found far enough."""
    return a_market(session, 200, now) / 200


def look_at_all(session: Session, now: datetime) -> list[ProspectRow]:
    who = [ProspectId(each) for each in session.execute(select(ProspectRow.id)).scalars()]
    believe(session, who, current.current(session), now)
    session.expire_all()
    return list(session.execute(select(ProspectRow)).scalars())


def acts(session: Session) -> list[str]:
    query = select(AuditRow.act).where(AuditRow.act.startswith("percentage"))
    return list(session.execute(query.order_by(AuditRow.id)).scalars())


def test_what_is_right_stays_shown(session: Session, now: datetime) -> None:
    model = scores(session, right(market(session, now), now), now)
    watching.look(session, model, now)
    assert percentages.hidden(session) is None
    (day,) = session.execute(select(DriftRow)).scalars()
    assert day.body["holding"]["leads"] > 50
    assert day.body["holding"]["evidence"] < 20


def test_what_findings_contradict_is_hidden_and_nobodys_row_is_touched(
    session: Session, now: datetime
) -> None:
    market(session, now)
    model = scores(session, right(0.05, now), now)
    before = {row.id: (row.score, row.changed_at) for row in look_at_all(session, now)}
    beliefs = session.execute(select(func.count()).select_from(AssessmentRow)).scalar_one()
    watching.look(session, model, now)
    hides = percentages.hidden(session)
    assert hides is not None
    assert (hides.model_id, hides.since) == (model, now)
    assert "were foreseen" in hides.words[0]
    assert "off by about" in hides.words[-1]
    # Once, however often it is looked at; and another model is asked for at once.
    watching.look(session, model, now + DAY)
    assert acts(session) == ["percentage hidden"]
    last = trainings.latest(session)
    assert last is not None
    assert last.because == hiding.BECAUSE
    # What was believed stays as it was, and the next look believes the same.
    after = {row.id: (row.score, row.changed_at) for row in look_at_all(session, now)}
    assert after == before
    assert all(score is not None for score, _ in after.values())
    assert session.execute(select(func.count()).select_from(AssessmentRow)).scalar_one() == beliefs
    # What a rep is given says no percentage any more.
    row = session.execute(select(ProspectRow).limit(1)).scalar_one()
    seen = snapshots(session, [row], now)
    (brief,) = briefs(session, [Wanted(each) for each in seen], now).values()
    assert "score" not in brief.paper["standing"]
    assert brief.paper["standing"]["grade"]


def test_it_comes_back_when_later_findings_are_as_told(session: Session, now: datetime) -> None:
    share = market(session, now)
    model = scores(session, right(share, now), now)
    found = {"slope": 1.0, "move": -2.5, "words": ["They were told too high."]}
    percentages.hide(session, model, found, now - 5 * DAY)
    watching.look(session, model, now)
    assert percentages.hidden(session) is not None
    session.execute(update(percentages.HiddenPercentageRow).values(since=now - 170 * DAY))
    watching.look(session, model, now)
    assert percentages.hidden(session) is None
    (row,) = percentages.of_model(session, model)
    assert row.ended_because == Shown.AGREED
    assert acts(session) == ["percentage shown"]


def test_another_model_shows_its_own_once_everybody_was_looked_at_and_one_that_comes_back_does_not(
    session: Session, now: datetime
) -> None:
    share = market(session, now)
    wrong = scores(session, right(0.05, now), now)
    look_at_all(session, now)
    watching.look(session, wrong, now)
    scores(session, right(share, now), now + DAY)
    reassess.plan(session, now + DAY)
    training.plan(session, now + DAY)
    # While people still have scores of the model that was left, none is shown.
    assert percentages.hidden(session) is not None
    assert not hiding.unsettled(session, current.current(session))
    session.execute(update(RulesChangeRow).values(state=State.RELEASED))
    session.expire_all()
    assert training.due(session, now + DAY)
    training.plan(session, now + DAY)
    assert percentages.hidden(session) is None
    scores(session, right(0.05, now), now + 2 * DAY)
    training.plan(session, now + 2 * DAY)
    hides = percentages.hidden(session)
    assert hides is not None
    assert hides.model_id == wrong
    assert acts(session) == ["percentage hidden", "percentage shown", "percentage hidden"]


def test_a_model_that_shows_none_has_none_to_hide(session: Session, now: datetime) -> None:
    market(session, now)
    card = right(0.05, now)
    none = card.calibration.model_copy(update={"passed": False})
    model = scores(session, card.model_copy(update={"calibration": none}), now)
    watching.look(session, model, now)
    assert percentages.hidden(session) is None
