"""A small world on a database of its own, where steps come in any order: what tests of whole lives begin with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy.orm import Session

from app.database import open_database
from app.settings import Settings
from tests.support.stores import PostgresStores, SqliteStores

SECRET = "a secret for tests"
MOMENT = timedelta(minutes=7)


class World(RuleBasedStateMachine):
    """Nobody is in it yet; `run` makes its stores and its folder known."""

    stores: SqliteStores | PostgresStores
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.url = self.stores.fresh()
        self.database = open_database(self.url)
        self.session = Session(self.database.engine, expire_on_commit=False)
        self.now = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
        self.settings = Settings(secret_key=SECRET, data=self.folder, database_url="")

    def teardown(self) -> None:
        self.session.close()
        self.database.close()
        self.stores.drop(self.url)


def run(
    world: type[World],
    stores: SqliteStores | PostgresStores,
    folder: Path,
    *,
    examples: int,
    steps: int,
) -> None:
    """Try so many courses of so many steps; what does not hold fails with the steps that led to it."""
    machine = type(f"Of{world.__name__}", (world,), {"stores": stores, "folder": folder})
    # To explain a failure takes longer than to read the steps that led to it.
    phases = [each for each in Phase if each is not Phase.explain]
    wanted = settings(max_examples=examples, stateful_step_count=steps, phases=phases)
    run_state_machine_as_test(machine, settings=wanted)
