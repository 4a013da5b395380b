"""Only a training's own process loads what trains; killed, it is followed by another."""

import subprocess
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from app.database import Database
from app.door import perform, reading
from app.jobs import training as job
from app.settings import Settings
from scoring.learning import trainings
from scoring.models import By
from tests.app.learning.market import a_market

ROOT = Path(__file__).parents[3]
SERVING = (
    "app.web, app.web.server, app.queue, app.sweep, app.jobs.topics, app.api.models, app.cli.train"
)


def test_no_process_that_serves_works_or_sweeps_loads_what_trains(folder: Path) -> None:
    script = (
        f"import sys, {SERVING}\n"
        "from app.web import create_app\n"
        "from app.settings import read_settings\n"
        f"create_app(read_settings({{'WARMLINE_DATA': {str(folder)!r}}}))\n"
        "print([m for m in ('numpy', 'scipy', 'sklearn') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_killed_training_is_begun_anew_and_kept_once(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, database_url=database_url, secret_key="x" * 40)
    now = database.clock.now()
    perform(database, lambda session: a_market(session, 80, now))
    ask = partial(trainings.ask, because="it was time", now=now, by=By("mara"))
    asked = perform(database, ask)
    assert asked is not None
    first = job.start(asked, settings)
    while state(database) == ("open", 0):
        time.sleep(0.05)
    first.kill()
    first.wait()
    assert state(database) == ("open", 1)
    # Its lease runs out.
    perform(database, partial(_let_go, lease=timedelta(0)))
    assert job.start(asked, settings).wait(60) == 0
    assert state(database) == ("done", 2)


def _let_go(session: trainings.Session, lease: timedelta) -> None:
    row = trainings.latest(session)
    assert row is not None
    assert row.begun_at is not None
    row.lease_until = row.begun_at + lease


def state(database: Database) -> tuple[str, int]:
    with reading(database) as session:
        row = trainings.latest(session)
        assert row is not None
        return row.state, row.attempt
