"""Promises are kept in batches; poison and a busy subject hold nobody else up."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.database import Database
from app.door import perform
from app.jobs import drain as jobs
from app.jobs.errand import Done, Errand, PutOff
from app.settings import Settings
from prospects import outbox
from prospects.message import MessageRow
from prospects.topics import Queue, Topic


@pytest.fixture
def settings(database_url: str, folder: Any) -> Settings:
    return Settings(data=folder, database_url=database_url, secret_key="s")


def post(database: Database, topic: Topic, *refs: str) -> None:
    at = clock.now() - timedelta(seconds=1)
    perform(database, lambda session: outbox.post(session, topic, refs, at))


def left(database: Database) -> list[MessageRow]:
    return perform(database, lambda session: list(session.execute(select(MessageRow)).scalars()))


def test_one_batch_folds_all_waiting_rows_of_one_subject(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[list[str]] = []

    def work(_s: Session, refs: Sequence[str], _n: datetime, _st: Settings) -> Collection[str]:
        batches.append(sorted(refs))
        return ()

    monkeypatch.setattr(jobs, "INSIDE", {Topic.REACT: work})
    post(database, Topic.REACT, "a", "b")
    post(database, Topic.REACT, "a")
    assert jobs.drain(database, settings, Queue.INSIDE) == 3
    assert batches == [["a", "b"]]
    assert left(database) == []


def test_poison_is_put_off_alone_and_its_mates_are_done(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()

    def work(_s: Session, refs: Sequence[str], _n: datetime, _st: Settings) -> Collection[str]:
        if "poison" in refs:
            raise ValueError("ann@acme.example typed something odd")
        seen.update(refs)
        return ()

    monkeypatch.setattr(jobs, "INSIDE", {Topic.REACT: work})
    post(database, Topic.REACT, "a", "poison", "b")
    jobs.drain(database, settings, Queue.INSIDE)
    assert seen == {"a": 1, "b": 1}
    (row,) = left(database)
    assert (row.ref, row.lease, row.last_error) == ("poison", None, "ValueError")


def test_a_busy_subject_is_tried_again_in_a_moment(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(_s: Session, refs: Sequence[str], _n: datetime, _st: Settings) -> Collection[str]:
        return [ref for ref in refs if ref == "busy"]

    monkeypatch.setattr(jobs, "INSIDE", {Topic.REACT: work})
    post(database, Topic.REACT, "free", "busy")
    jobs.drain(database, settings, Queue.INSIDE)
    (row,) = left(database)
    assert (row.ref, row.attempt, row.crashes) == ("busy", 0, 0)


def test_an_errand_acts_with_no_transaction_open_and_settles_what_came_of_it(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(call: str, _settings: Settings) -> str:
        # On SQLite a transaction left open by prepare would make this wait in vain.
        perform(database, lambda session: outbox.post(session, Topic.REACT, [call], clock.now()))
        return call

    errand = Errand(
        prepare=lambda _s, ref, _n, _st: None if ref == "gone" else ref,
        act=act,
        settle=lambda _s, call, _r, _n, _st: Done() if call == "good" else PutOff("429"),
    )
    monkeypatch.setattr(jobs, "ERRANDS", {Topic.FETCH: errand})
    post(database, Topic.FETCH, "good", "slow", "gone")
    jobs.drain(database, settings, Queue.OUTSIDE)
    rows = {(row.topic, row.ref): row.last_error for row in left(database)}
    assert rows == {("fetch", "slow"): "429", ("react", "good"): None, ("react", "slow"): None}
