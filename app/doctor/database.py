"""What the doctor finds of the database: there, safe, of this version, and with the same clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import revision
from app.database import Database, NotDurableError, check_durable
from app.doctor.diagnosis import Diagnosis, broken, warning, well

OLDEST_POSTGRES = 14
SKEW = timedelta(seconds=2)
"""Clocks of machines that ask a time server differ by milliseconds; offers and sessions feel seconds."""


def reachable(database: Database) -> Diagnosis | None:
    """None if it answers. To ask a SQLite that is not there would make one."""
    file = database.engine.url.database
    if database.on_sqlite and not (file and Path(file).exists()):
        return broken("database", f"There is none yet at {file}.", "run `warmline up` to make it")
    try:
        with database.readers.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
        mend = "see that it runs, and that DATABASE_URL names it, its user and the password"
        return broken("database", f"It does not answer: {said[0]}.", mend)
    return None


def tables(database: Database) -> Diagnosis:
    """Whether the tables are of this version."""
    at, wanted = revision.current(database.readers), revision.head()
    if at == wanted:
        return well("tables", "They are as this version needs them.")
    if at is None:
        mend = "run `warmline up`, or `warmline prepare` where the parts run one by one"
        return broken("tables", "There are none yet.", mend)
    if not revision.knows(at):
        line = f"They are of a newer Warmline ({at}) than this one ({wanted})."
        return broken("tables", line, "install that version here")
    line = f"They are of an older version: at {at}, and {wanted} is needed."
    return broken("tables", line, "run `warmline prepare`, which backs up first")


def safe(database: Database) -> Diagnosis:
    """Whether an acknowledged commit survives a power cut."""
    try:
        check_durable(database.engine)
    except NotDurableError as error:
        return broken("database", f"{error}.", "an acknowledged lead could be lost until then")
    return well("database", f"{_name(database)} answers, and keeps what it has acknowledged.")


def server(database: Database, now: datetime) -> Iterator[Diagnosis]:
    """Whether a server is new enough, and has the same clock as this machine."""
    if database.on_sqlite:
        return
    with database.readers.connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
        theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    if version < OLDEST_POSTGRES:
        line = f"PostgreSQL {version} is older than what Warmline is tested with."
        yield warning("database", line, f"go to PostgreSQL {OLDEST_POSTGRES} or newer")
    yield clocks(theirs.astimezone(UTC) - now)


def clocks(skew: timedelta) -> Diagnosis:
    """What it means that the database's clock is ahead by so much."""
    apart = abs(skew)
    if apart <= SKEW:
        return well("clock", "The database's and this machine's agree.")
    which = "ahead of" if skew > timedelta(0) else "behind"
    line = f"The database's is {apart.total_seconds():.0f} s {which} this machine's."
    return warning("clock", line, "have both ask a time server, by systemd-timesyncd or chrony")


def _name(database: Database) -> str:
    return "SQLite" if database.on_sqlite else "PostgreSQL"
