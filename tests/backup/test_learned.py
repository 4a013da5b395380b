"""What scoring learned, believes and is about to change comes back from a backup as it was, and goes on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import migrate
from app.backup.making import backup
from app.backup.restoring import restore
from app.database import Database, open_database
from app.doctor import database as store
from app.doctor import work
from app.doctor.diagnosis import Level
from app.door import perform
from app.jobs import reassess
from app.jobs.drain import drain
from app.settings import Settings
from prospects import overrides, percentages
from prospects.ids import AccountId, ProspectId
from prospects.message import MessageRow
from prospects.overrides import Wanted
from prospects.rows import ProspectRow
from prospects.topics import Queue, Topic
from scoring import current, models
from scoring.changes import rules_changes
from scoring.changes.rows import State
from scoring.learning import trainings
from scoring.learning.rows import DriftRow
from scoring.models import By, Origin
from tests.backup.conftest import Fresh
from tests.backup.test_backup import rows_of
from tests.support import many

MIA = By("mia@acme.example", None)
HELD = (
    *("model_version", "training", "known_before", "shadow", "shadow_tally", "model_drift"),
    *("rules_change", "crossing", "override", "account_override", "feature_state", "assessment"),
    "hidden_percentage",
)


@pytest.fixture
def learned(migrated: Fresh, tmp_path: Path) -> Iterator[Database]:
    """Forty people under a second card, one tried beside it, a release half done and a look just begun."""
    database = open_database(migrated())
    now = datetime.now(UTC) - timedelta(hours=3)
    many.make(database, 40, now - timedelta(hours=1))
    many.change(database, many.LOWER, now)
    worked(database, tmp_path)
    perform(database, lambda session: _decided(session, now))
    worked(database, tmp_path)
    yield database
    database.close()


def _decided(session: Session, now: datetime) -> None:
    (version,) = [row.version for row in rules_changes.changes(session, limit=1)]
    rules_changes.release(session, version, now, by=MIA, pace=1)
    for n in range(3):
        card = many.card_of(now, shift=n / 4)
        models.keep(session, card, {"gate": {}}, now, origin=Origin.RECORD, by=MIA)
        if n:
            models.approve(session, card.id, now, by=MIA)
    hold = trainings.begin(session, "it was time", now, by=MIA)
    assert hold is not None
    trainings.say_known(session, "fields.project", now, known=True, by=MIA)
    session.add(DriftRow(model_id=card.id, day=now.date(), body={"psi": {"x": 0.1}}, at=now))
    percentages.hide(session, card.id, {"words": ["later findings disagree"]}, now)
    first = session.execute(select(ProspectRow).order_by(ProspectRow.id).limit(1)).scalar_one()
    wanted = Wanted(value=1.5, reason="met at the fair", until=now + timedelta(days=9), by="Mia")
    overrides.add(session, ProspectId(first.id), wanted, now)
    assert first.account_id is not None
    overrides.add_for_company(session, AccountId(first.account_id), wanted, now)


def worked(database: Database, folder: Path) -> None:
    """What the sweep and a worker do by now."""
    perform(database, lambda session: reassess.plan(session, datetime.now(UTC)))
    drain(database, _settings(folder), Queue.INSIDE)


def _settings(folder: Path) -> Settings:
    return Settings(data=folder, database_url="", secret_key="k" * 40)


def test_it_comes_back_across_databases_as_it_was_and_goes_on(
    learned: Database, postgres_stores: Any, tmp_path: Path
) -> None:
    before = rows_of(learned)
    assert [table for table in HELD if not before[table]] == []
    url, last = (
        postgres_stores.fresh(empty=True),
        open_database(f"sqlite:///{tmp_path / 'last.db'}"),
    )
    there, now = open_database(url), datetime.now(UTC)
    for n, (here, other) in enumerate([(learned, there), (there, last)]):
        file = tmp_path / f"{n}.tar.gz"
        backup(here, file, now, _settings(tmp_path))
        restore(other, file, now, _settings(tmp_path))
        after = rows_of(other)
        assert [table for table in HELD if before[table] != after[table]] == []
        assert migrate.differences(other.engine) == []
    goes_on(there, tmp_path)
    for each in (there, last):
        each.close()
    postgres_stores.drop(url)


def goes_on(database: Database, folder: Path) -> None:
    """The card that is tried scores the same people the same, and the release lets the next over."""
    with Session(database.readers) as session:
        rules = current.current(session)
        change = rules_changes.changes(session, limit=1)[0]
        shadow = current.shadow(session)
        assert (change.state, change.version) == (State.RELEASING, rules.version)
        assert shadow is not None
        assert shadow.card_id is not None
        tally = rules_changes.tallies(session, [change.version])[change.version]
        ref = select(MessageRow.ref).where(MessageRow.topic == Topic.RELEASE)
        promised = [*session.execute(ref).scalars()]
    later, settings = datetime.now(UTC) + timedelta(hours=2), _settings(folder)
    perform(database, lambda session: reassess.let_over(session, promised, later, settings))
    worked(database, folder)
    with Session(database.readers) as session:
        after = rules_changes.tallies(session, [change.version])[change.version]
        assert (after.released, after.waiting) == (tally.released + 1, tally.waiting - 1)
        now = datetime.now(UTC)
        said = [work.dead(session), *work.looks(session, now), *work.lateness(session, now)]
    assert {each.level for each in (*said, store.tables(database))} == {Level.OK}
