"""Whose key a workspace is sealed with: noted at its beginning, and told from another one ever after."""

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.database import Database, open_database
from app.door import perform, reading
from app.endings import RefusedError
from app.settings import SECRET_FILE, Settings
from prospects import configuration
from prospects.sealing import fingerprint

ANOTHER = "the workspace in this database is sealed with another secret key than the one here"
MEND = (
    f"give --data the folder that holds its {SECRET_FILE}, or set WARMLINE_SECRET_KEY to what its"
    " other processes have; if it is lost for good, `warmline apply DIR --new-key` takes this one"
)


def is_another(session: Session, secret: str) -> bool:
    """Whether this workspace was sealed with a key that is not `secret`; one that noted none, with any."""
    noted = configuration.sealed_with(session)
    return noted is not None and noted != fingerprint(secret)


def refusal() -> RefusedError:
    """What whoever comes with another key is told."""
    return RefusedError(f"{ANOTHER}; mend: {MEND}")


def check(database: Database, settings: Settings) -> None:
    """Raises RefusedError where this workspace was sealed with another key than these settings hold.

    Going on would seal anew what nobody who runs could open, and every lead would be turned away.
    """
    try:
        with reading(database) as session:
            another = is_another(session, settings.secret_key)
    except SQLAlchemyError:
        return  # Tables of another version, or a database that is away: others say that.
    if another:
        raise refusal()


def check_before(settings: Settings) -> None:
    """The same, for who has not opened the database yet."""
    database = open_database(settings.database_url, connections=1)
    try:
        check(database, settings)
    finally:
        database.close()


def own(database: Database, settings: Settings) -> None:
    """Note the key if none is noted yet. Raises RefusedError as `check` does."""
    check(database, settings)
    perform(database, lambda s: configuration.seal_with(s, fingerprint(settings.secret_key)))
