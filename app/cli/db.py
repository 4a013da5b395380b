"""`warmline db`: the database's tables, brought up to date, back, or compared."""

import click
from alembic.util import CommandError

from app import migrate
from app.cli.frame import with_settings
from app.database import open_database
from app.endings import FailedError
from app.settings import Settings


@click.group("db", no_args_is_help=False)
def command() -> None:
    """Bring the database's tables up to date, back, or look whether they are."""


@command.command("upgrade")
@with_settings
def upgrade(settings: Settings) -> None:
    """Bring the tables up to date."""
    migrate.upgrade(open_database(settings.database_url).engine)
    print("The tables are up to date.")


@command.command("downgrade", context_settings={"ignore_unknown_options": True})
@click.argument("revision", default="-1")
@with_settings
def downgrade(settings: Settings, revision: str) -> None:
    """Take the tables back to REVISION, one step if none is named."""
    try:
        migrate.downgrade(open_database(settings.database_url).engine, revision)
    except CommandError as error:
        raise click.UsageError(
            f"{error}; name a revision, `base` for all, or `-1` for one."
        ) from error
    print("The tables are taken back.")


@command.command("check")
@with_settings
def check(settings: Settings) -> None:
    """Say whether the tables are as this version needs them; exit 1 if not."""
    engine = open_database(settings.database_url).engine
    if migrate.current(engine) != migrate.head():
        raise FailedError("the tables are of another version; mend: warmline db upgrade")
    differences = migrate.differences(engine)
    if differences:
        raise FailedError("\n".join(f"differs: {difference}" for difference in differences))
    print("The tables are as this version needs them.")
