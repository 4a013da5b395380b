"""Runs migrations on the connection that app/migrate.py hands over."""

from alembic import context

import app.tables  # noqa: F401 - every room's tables
from app.migrate import compare_type
from prospects.table import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=compare_type,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
