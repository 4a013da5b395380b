"""Makes an empty database a demo's, and refuses every other one."""

from pathlib import Path

from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import app.tables  # noqa: F401 - every room's tables
from app.database import Database
from app.demo_state.rows import DemoRow
from app.door import perform, reading
from app.endings import RefusedError
from prospects.table import Base

SEED = 20260317
OURS = frozenset({"secret.key", "up.lock", "address", "valkey", "backups", "never-again.jsonl"})
"""What `up` itself puts into an empty folder before it looks."""


def check_empty(engine: Engine, folder: Path) -> None:
    """Raise RefusedError unless there is nothing here yet, or a demo already."""
    names = set(inspect(engine).get_table_names())
    if "demo" in names and _is_demo(engine):
        return
    if names:
        raise RefusedError(
            f"{folder} holds a workspace of its own, which a demo must not touch;"
            " give the demo an empty folder: warmline up --demo --data DIR"
        )
    strangers = sorted(each.name for each in folder.iterdir() if _is_strange(each))
    if strangers:
        raise RefusedError(
            f"{folder} is not empty (there is {strangers[0]});"
            " give the demo an empty folder: warmline up --demo --data DIR"
        )


def check_no_demo(engine: Engine, folder: Path) -> None:
    """Raise RefusedError where a demo is: its clock and its mail are not a workspace's."""
    if inspect(engine).has_table("demo") and _is_demo(engine):
        raise RefusedError(
            f"{folder} holds a demo; go on with it by `warmline up --demo`,"
            " or begin a workspace of your own elsewhere: warmline up --data DIR"
        )


def begin(database: Database, *, seed: int = SEED) -> None:
    """Write the row that makes it a demo; what was left of one that was not filled to its end goes."""
    with reading(database) as session:
        row = session.get(DemoRow, 1)
    if row is not None and row.filled_at is not None:
        return

    def work(session: Session) -> None:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        session.add(DemoRow(id=1, seed=seed))

    perform(database, work)


def _is_demo(engine: Engine) -> bool:
    try:
        with Session(engine) as session:
            return session.execute(select(DemoRow.id)).first() is not None
    except SQLAlchemyError:
        return False


def _is_strange(path: Path) -> bool:
    return not (
        path.name in OURS or path.name.startswith((".", "warmline.db")) or path.suffix == ".log"
    )
