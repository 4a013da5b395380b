"""The backup that is made before a migration, so that a step that went wrong can be taken back."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import migrate
from app.backup.archive import Manifest
from app.backup.making import backup
from app.backup.shape import is_empty, shape_of
from app.database import Database
from app.endings import FailedError, RefusedError
from app.settings import Settings

FOLDER = "backups"
KEPT = 3


@dataclass(frozen=True, slots=True)
class Before:
    """A backup of tables that are about to be brought from one revision to another."""

    file: Path
    manifest: Manifest
    to: str | None


def before_migration(database: Database, settings: Settings, now: datetime) -> Before | None:
    """Back up into the data folder if there is something to migrate and something to lose.

    Keeps the last three of these. Raises FailedError, so that nothing is migrated, if it cannot;
    RefusedError for tables of a newer version.
    """
    with database.readers.connect() as connection:
        revision = migrate.revision_of(connection)
        if revision is None or revision == migrate.head():
            return None
        if not migrate.knows(revision):
            raise RefusedError(
                f"the tables are of a newer Warmline ({revision}); mend: install that version"
            )
        if is_empty(connection, shape_of(connection)):
            return None
    folder = settings.data / FOLDER
    file = folder / f"{now:%Y%m%dT%H%M%S}-before-{migrate.head()}.tar.gz"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        manifest = backup(database, file, now, settings)
        for old in sorted(folder.glob("*-before-*.tar.gz"))[:-KEPT]:
            old.unlink()
    except (OSError, FailedError) as error:
        raise FailedError(
            f"the tables were left as they are, because no backup could be made first: {error};"
            " mend that, or migrate without one by `warmline db upgrade`"
        ) from error
    return Before(file, manifest, migrate.head())
