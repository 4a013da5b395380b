"""A model's life: trained, tried in the shadow, active, retired; and back with one act."""

from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from prospects import audit, configuration
from prospects.audit import AuditRow
from scoring import current, kept_models, models
from scoring.card.card import Card, Rung
from scoring.features.registry import VERSION
from scoring.models import ITSELF, By, ModelMoveError, Origin, State
from scoring.rows import ModelRow
from tests.scoring.card.test_adding_up import a_card

MARA, WEEK = By("mara@acme.example"), timedelta(days=7)


def trained(session: Session, now: datetime, intercept: float = -2.0) -> str:
    card: Card = a_card().model_copy(update={"intercept": intercept})
    models.keep(session, card, {"words": []}, now, origin=Origin.RECORD, by=MARA)
    return card.id


def state(session: Session, model_id: str) -> str:
    row = models.one(session, model_id)
    assert row is not None
    return row.state


def set_model(session: Session) -> str:
    (document,) = configuration.read(session, "scoring").values()
    return str(document.body["model"])


def test_a_model_is_kept_once_tried_for_a_week_and_then_scores(
    session: Session, now: datetime
) -> None:
    model = trained(session, now)
    assert trained(session, now) == model
    with pytest.raises(ModelMoveError, match="approve it"):
        models.activate(session, model, now, by=MARA, shadow=WEEK)
    models.approve(session, model, now, by=MARA)
    with pytest.raises(ModelMoveError, match="say why"):
        models.activate(session, model, now + WEEK / 2, by=MARA, shadow=WEEK)
    models.activate(session, model, now + WEEK, by=ITSELF, shadow=WEEK)
    assert state(session, model) == State.ACTIVE
    assert set_model(session) == model
    acts = session.execute(select(AuditRow.act, AuditRow.who).order_by(AuditRow.id)).all()
    assert [tuple(each) for each in acts] == [
        ("model trained", MARA.name),
        ("model approved", MARA.name),
        ("model activated", ITSELF.name),
    ]


def test_one_click_goes_back_to_a_model_of_before_and_one_to_the_points(
    session: Session, now: datetime
) -> None:
    one, other = trained(session, now), trained(session, now, -1.0)
    for model in (one, other):
        models.approve(session, model, now, by=MARA)
        models.activate(session, model, now, by=MARA, shadow=WEEK, reason="they wait for it")
    assert (state(session, one), state(session, other)) == (State.RETIRED, State.ACTIVE)
    models.activate(session, one, now, by=MARA, shadow=WEEK)
    assert (state(session, one), state(session, other)) == (State.ACTIVE, State.RETIRED)
    models.retire(session, one, now, by=MARA)
    assert set_model(session) == "points"


def test_what_else_is_set_stays_as_it_was(session: Session, now: datetime) -> None:
    configuration.write(session, "scoring", "scoring", {"explore": 0.05}, now, by="apply")
    model = trained(session, now)
    models.approve(session, model, now, by=MARA)
    models.activate(session, model, now, by=MARA, shadow=WEEK, reason="now")
    (document,) = configuration.read(session, "scoring").values()
    assert document.body == {"explore": 0.05, "model": model}
    # So that files applied later say what they would undo.
    assert document.owner == "browser"


def test_the_states_follow_what_files_say(session: Session, now: datetime) -> None:
    model = trained(session, now)
    models.follow(session, model, now)
    assert state(session, model) == State.ACTIVE
    models.follow(session, None, now)
    assert state(session, model) == State.RETIRED
    before = audit.latest(session, "model followed")
    models.follow(session, None, now + WEEK)
    assert audit.latest(session, "model followed") == before


def test_a_model_that_is_not_there_is_moved_nowhere(session: Session, now: datetime) -> None:
    for move in (models.approve, models.retire):
        with pytest.raises(ModelMoveError, match="there is no model card-000000000000"):
            move(session, "card-000000000000", now, by=MARA)


def test_whatever_is_done_to_models_one_is_active_at_most_and_one_is_tried(
    session: Session, now: datetime
) -> None:
    dice = Random(7)
    known = [trained(session, now, n / 10) for n in range(4)]
    bodies = dict(session.execute(select(ModelRow.id, ModelRow.sha256)).all())
    for _ in range(60):
        model, act = dice.choice(known), dice.choice(("approve", "activate", "retire"))
        try:
            if act == "activate":
                models.activate(session, model, now, by=MARA, shadow=WEEK, reason="why not")
            else:
                getattr(models, act)(session, model, now, by=MARA)
        except ModelMoveError:
            continue
        counts = dict(
            session.execute(select(ModelRow.state, func.count()).group_by(ModelRow.state)).all()
        )
        assert counts.get(State.ACTIVE, 0) <= 1
        assert counts.get(State.APPROVED, 0) <= 1
        active = models.in_state(session, State.ACTIVE)
        if configuration.read(session, "scoring"):
            assert set_model(session) == (active.id if active else "points")
    assert dict(session.execute(select(ModelRow.id, ModelRow.sha256)).all()) == bodies


def test_a_model_of_other_features_is_not_switched_on_and_scores_nobody(
    session: Session, now: datetime
) -> None:
    card = a_card()
    old = card.model_copy(update={"feature_version": "features-000000-000000000000"})
    models.keep(session, old, {"words": []}, now, origin=Origin.RECORD, by=MARA)
    with pytest.raises(ModelMoveError, match="mean something else"):
        models.approve(session, old.id, now, by=MARA)
    assert current.unread(session) is None
    configuration.write(session, "scoring", "scoring", {"model": old.id}, now, by="test")
    assert current.current(session).card is None
    assert old.id in str(current.unread(session))
    # New features, or other words for them, leave what a card reads as it was.
    worded = card.model_copy(update={"feature_version": f"{VERSION.rpartition('-')[0]}-other"})
    models.keep(session, worded, {"words": []}, now, origin=Origin.RECORD, by=MARA)
    configuration.write(session, "scoring", "scoring", {"model": worded.id}, now, by="test")
    assert current.current(session).card == worded


def test_the_list_goes_on_behind_a_model_and_holds_what_a_line_tells(
    session: Session, now: datetime
) -> None:
    ids = [trained(session, now + timedelta(hours=n // 2), -float(n)) for n in range(5)]
    whole = kept_models.kept(session, limit=9)
    places = [(model.trained_at, model.id) for model in whole]
    assert ({model.id for model in whole}, places) == (set(ids), sorted(places, reverse=True))
    behind = kept_models.kept(session, limit=2, below=whole[1].id)
    assert behind == whole[2:4]
    assert kept_models.kept(session, limit=2, below=whole[-1].id) == []
    row = models.one(session, whole[0].id)
    assert row
    assert whole[0].body["rung"] == row.body["rung"]
    assert whole[0].body["window"].items() <= row.body["window"].items()
    assert "terms" not in whole[0].body


def test_the_newest_that_says_more_than_stages_is_held_against_findings(
    session: Session, now: datetime
) -> None:
    assert kept_models.newest_that_scores(session) is None
    older = trained(session, now, -1.0)
    card = a_card().model_copy(update={"rung": Rung.STAGES, "terms": ()})
    models.keep(session, card, {}, now + WEEK, origin=Origin.RECORD, by=MARA)
    brought = a_card().model_copy(update={"intercept": -7.0})
    models.keep(session, brought, {}, now + WEEK, origin=Origin.FILE, by=MARA)
    found = kept_models.newest_that_scores(session)
    assert found
    assert found.id == older
