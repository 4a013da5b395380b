"""The demo on an SQLite file of the bench's own, filled by the engine itself as `up --demo` does."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from app.database import open_database
from app.demo.story import PRESENT
from app.demo_state.sign_ins import SIGN_INS
from app.migrate import upgrade
from bench.crowd import Size
from bench.kept import Kept, Say
from prospects.rows import ActivityRow, ProspectRow
from tests.support.demo import SECRET, filled, settings_of


@contextmanager
def demo(say: Say) -> Iterator[Kept]:
    """A filled demo, gone afterwards; its clock stands at the morning on which the demo begins."""
    with tempfile.TemporaryDirectory(prefix="warmline-demo-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'demo.db'}"
        database = open_database(url)
        upgrade(database.engine)
        say("filling the demo, about half a minute")
        filled(database, settings_of(folder, url))
        database.close()
        yield at(folder, url)


def at(folder: Path, url: str) -> Kept:
    """The filled demo in this database, and who looks at it."""
    database = open_database(url)
    with database.readers.connect() as connection:
        people, acts = (
            connection.execute(select(func.count()).select_from(row)).scalar_one()
            for row in (ProspectRow, ActivityRow)
        )
    database.close()
    return Kept(url, folder, PRESENT, Size(people, acts), SIGN_INS, SECRET)
