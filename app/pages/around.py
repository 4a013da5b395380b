"""What stands around the engine: Redis, the database, its tables, the last backup, the version."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import revision
from app.database import Database
from app.pages import ops_words
from app.pages.ops_views import Fact
from app.pages.views import Tone
from app.settings import Settings
from app.up import valkey
from nurture import switches
from prospects import audit
from prospects.store import on_sqlite

BACKUP = "backup"
"""How the audit names it (app/backup/last.py)."""


def facts(
    session: Session, database: Database, settings: Settings, now: datetime
) -> Sequence[Fact]:
    """Each thing around, and what its state means."""
    return [
        ops_words.redis(redis_state(settings)),
        _database(session),
        ops_words.tables(revision.current(database.readers), _wanted()),
        *ops_words.restored(switches.restored_at(session)),
        ops_words.backup(audit.latest(session, BACKUP), now),
        Fact(
            name="Version",
            state=revision.release(),
            tone=Tone.PLAIN,
            means="The Warmline that runs.",
        ),
    ]


def redis_state(settings: Settings) -> str:
    """`ok`, `away` or `absent`."""
    if settings.redis_url is None:
        return "absent"
    return "ok" if valkey.answers(settings.redis_url) else "away"


def _database(session: Session) -> Fact:
    if on_sqlite(session):
        pages, each = (_ask(session, f"PRAGMA {name}") for name in ("page_count", "page_size"))
        name, means = "SQLite", "One file in the data folder, right for one machine."
        size = int(pages) * int(each)
    else:
        release = str(_ask(session, "SHOW server_version")).split()[0]
        name, means = f"PostgreSQL {release}", "It may be shared by several machines."
        size = int(_ask(session, "SELECT pg_database_size(current_database())"))
    state = f"{name}, {ops_words.size(size)}"
    return Fact(name="Database", state=state, tone=Tone.GOOD, means=means)


def _ask(session: Session, question: str) -> str:
    return str(session.execute(text(question)).scalar_one())


@cache
def _wanted() -> str | None:
    return revision.head()
