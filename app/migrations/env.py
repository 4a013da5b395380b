"""Runs migrations on the connection that app/migrate.py hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

import app.tables  # noqa: F401 - every room's tables
from app.migrate import compare_type
from prospects.table import Base, UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our two types by their names, which every migration imports."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(item, JSON):
        return "Json"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=compare_type,
    render_item=render_item,
    # On SQLite all of them are one turn: between two steps another process would take the next one.
    transaction_per_migration=connection.dialect.name != "sqlite",
    # Alembic thinks that SQLite cannot take tables back, and would commit after each step all the same.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
