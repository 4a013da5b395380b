"""A training on the record: what is learned from, what comes of it, and that it can be killed anywhere."""

from datetime import datetime, timedelta
from functools import partial
from time import sleep
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs import training
from app.learning import run
from app.learning.heart import Heart
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.topics import Topic
from scoring import models
from scoring.card.card import Card
from scoring.features.registry import REGISTRY
from scoring.learning import record, trainings
from scoring.learning.labels import Aim
from scoring.learning.record import put_to_sales
from scoring.learning.rows import TrainingRow
from scoring.learning.trainings import Hold, LeaseLostError, State
from scoring.models import By
from scoring.rows import ModelRow
from scoring.stage_evidence import rule_of
from scoring.written.learning import Learning
from tests.app.learning.market import a_market

MARA = By("mara@acme.example")


def a_hold(database: Database, now: datetime) -> Hold:
    begin = partial(trainings.begin, because="somebody asked", now=now, by=MARA)
    hold = perform(database, begin)
    assert hold is not None
    return hold


def trained(database: Database, now: datetime) -> run.Came:
    return run.work(database, a_hold(database, now), lambda *_: None, by=MARA)


def now_of(database: Database) -> datetime:
    return database.clock.now()


def the_model(database: Database, came: run.Came) -> tuple[ModelRow, Card]:
    with reading(database) as session:
        assert came.model is not None, came.words
        row = models.one(session, came.model)
        assert row is not None
        return row, models.card_of(row)


def test_a_training_learns_who_buys_and_twice_the_same(database: Database) -> None:
    now = now_of(database)
    wins = perform(database, lambda session: a_market(session, 200, now, drawn=0.5))
    came = trained(database, now)
    row, card = the_model(database, came)
    assert came.state is State.DONE
    assert 0 < card.window.positives <= wins
    assert row.report["unrouted"]["drawn"] > 30
    assert row.report["shares"]
    assert row.report["words"][0].startswith("Learned from")
    assert row.report["card"] == card.id
    assert card.id in row.report["markdown"]
    # The buying stage is learned from the same leads, for the stages there are.
    assert row.report["stages"]["findings"] > 30
    assert row.report["stages"]["learned"]
    assert card.stage is not None
    assert len(card.stage.ladder) == 5
    learned = {term.feature for term in card.stage.terms}
    assert {name for name in learned if rule_of(name) is None} <= set(REGISTRY)
    assert any(rule_of(name) for name in learned)
    assert "findings" in row.report["words"][-1]
    # The record is the same, so the card is, whenever it is trained.
    assert trained(database, now + timedelta(hours=5)).model == card.id
    with reading(database) as session:
        last = trainings.latest(session)
        assert last is not None
        assert (last.state, last.model_id, last.lease) == (State.DONE, card.id, None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_gives_the_outcome_away_holds_it_until_a_person_has_judged(database: Database) -> None:
    now = now_of(database)
    perform(database, lambda session: a_market(session, 200, now, leak=0.9))
    came = trained(database, now)
    assert came.state is State.HELD
    assert [each.name for each in came.suspects] == ["fields.project"]
    with reading(database) as session:
        assert session.execute(select(ModelRow)).first() is None
    judged = partial(trainings.say_known, column="fields.project", now=now, known=False, by=MARA)
    perform(database, judged)
    # It was all that the training waited for, so the next one is promised.
    with reading(database) as session:
        promised = trainings.latest(session)
        assert promised is not None
        assert promised.state == State.OPEN
    hold = perform(database, partial(trainings.take, training=promised.id, now=now))
    assert hold is not None
    row, card = the_model(database, run.work(database, hold, lambda *_: None, by=MARA))
    assert "fields.project" in card.left_out
    assert all(term.feature != "fields.project" for term in card.terms)
    assert row.trained_at >= now


def test_an_empty_record_is_said_in_words(database: Database) -> None:
    came = trained(database, now_of(database))
    assert (came.state, came.model) == (State.DONE, None)
    assert "nothing to learn" in came.words[0]


def test_a_few_findings_change_nothing(database: Database) -> None:
    now = now_of(database)
    perform(database, lambda session: a_market(session, 9, now))
    came = trained(database, now)
    assert came.model is None
    assert "The points stay." in " ".join(came.words)


def test_one_training_is_open_at_most_and_a_dead_one_is_taken_over(database: Database) -> None:
    now = now_of(database)
    first = a_hold(database, now)
    assert perform(database, partial(trainings.ask, because="again", now=now, by=MARA)) is None
    take = partial(trainings.take, training=first.training)
    assert perform(database, partial(take, now=now)) is None
    later = now + trainings.LEASE + timedelta(seconds=1)
    second = perform(database, partial(take, now=later))
    assert second is not None
    for lost in (
        partial(trainings.beat, hold=first, now=later, step="", done=0, total=0),
        partial(trainings.end, hold=first, state=State.DONE, now=later),
    ):
        with pytest.raises(LeaseLostError):
            perform(database, lost)
    perform(database, partial(trainings.end, hold=second, state=State.DONE, now=later))
    assert states(database) == {first.training: "done"}


def test_a_training_whose_command_was_killed_is_taken_up_and_stops_no_other_for_ever(
    database: Database,
) -> None:
    now = now_of(database)
    hold = a_hold(database, now)
    later = now + 2 * trainings.LEASE
    with reading(database) as session:
        assert not training.due(session, now)
        assert training.due(session, later)
    perform(database, partial(training.plan, now=later))
    with reading(database) as session:
        assert not training.due(session, later), "promised once"
        (promise,) = session.execute(select(MessageRow)).scalars()
        assert (promise.topic, promise.ref) == (Topic.TRAIN, str(hold.training))


def test_what_ends_its_process_three_times_has_failed(database: Database) -> None:
    now = now_of(database)
    hold = a_hold(database, now)
    for n in (1, 2, 3):
        later = now + n * 2 * trainings.LEASE
        taken = perform(database, partial(trainings.take, training=hold.training, now=later))
        assert (taken is not None) is (n < 3)
    assert states(database) == {hold.training: "failed"}


def states(database: Database) -> dict[UUID, str]:
    with reading(database) as session:
        return {row.id: row.state for row in session.execute(select(TrainingRow)).scalars()}


def test_trainings_are_due_weekly_or_with_a_tenth_more_and_never_while_one_is_held(
    database: Database,
) -> None:
    now = now_of(database)
    rules = Learning()

    def why(at: datetime) -> str | None:
        with reading(database) as session:
            return trainings.why_due(session, rules, at)

    assert why(now) is None
    perform(database, lambda session: a_market(session, 200, now))
    assert why(now) == "there is enough to learn from"
    with reading(database) as session:
        known = record.findings(session)
    hold = a_hold(database, now)
    assert why(now) is None
    perform(
        database, partial(trainings.end, hold=hold, state=State.DONE, now=now, labels=known - 5)
    )
    assert why(now) is None
    assert why(now + timedelta(days=7)) == "it was time"
    perform(database, lambda session: a_market(session, 60, now, seed=8))
    assert why(now) == "there is a tenth more to learn from"
    hold = a_hold(database, now)
    perform(database, partial(trainings.end, hold=hold, state=State.HELD, now=now, labels=0))
    assert why(now + timedelta(days=70)) is None


def test_who_lost_the_lease_stops_at_the_next_step(database: Database) -> None:
    now = now_of(database)
    hold = a_hold(database, now)
    late = now + trainings.LEASE + timedelta(seconds=1)
    assert perform(database, partial(trainings.take, training=hold.training, now=late)) is not None
    with Heart(database, hold, lambda *_: None) as heart, pytest.raises(LeaseLostError):
        for _ in range(500):
            heart.step("training", 0, 0)
            sleep(0.01)


def test_leads_are_read_for_all_at_once_and_none_of_who_is_forgotten(database: Database) -> None:
    now = now_of(database)
    perform(database, lambda session: a_market(session, 30, now))
    aim = Aim(
        stage="evaluation", ladder=("awareness", "evaluation", "decision"), within=timedelta(30)
    )
    with reading(database) as session:
        puts = put_to_sales(session, aim, now)
        assert len(puts) == 30
        assert puts == sorted(puts, key=lambda put: put.lead.offered_at)
        half = put_to_sales(session, aim, now, since=puts[15].lead.offered_at)
        assert half == puts[15:]

    def join(session: Session) -> None:
        # One who was offered long ago absorbs one who was lately, and the other way round.
        for head, other in ((2, 25), (27, 4)):
            absorbed = update(ProspectRow).where(ProspectRow.id == puts[other].prospect_id)
            session.execute(absorbed.values(absorbed_by=puts[head].prospect_id))

    perform(database, join)
    with reading(database) as session:
        whole = put_to_sales(session, aim, now)
        for since in (put.lead.offered_at for put in puts):
            late = [put for put in whole if put.lead.offered_at >= since]
            assert put_to_sales(session, aim, now, since=since) == late
