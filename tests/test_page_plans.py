"""With tens of thousands of people no page and no list reads a whole table: indexes lead to what is shown.

Every address that `warmline bench pages` asks for is asked for here, and every statement explained.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.api import paging
from app.database import Database, open_database
from bench import pages
from bench.asked import Target
from bench.crowd import Size
from bench.crowd_learned import learn
from bench.kept import Kept, settle
from prospects import segments
from tests.support.stores import PostgresStores
from tests.test_plans import Plans

SIZE = Size(prospects=30_000, activities=120_000)
LARGE = {
    "activity", "assessment", "capture", "delivery", "first_touch", "identity", "message", "prospect",
    "prospect_words", "send", "shadow",
}  # fmt: skip
COUNTED = frozenset({"report, whole as CSV"})
"""What tells of everybody, and is no page."""
EVERYBODY = "SELECT count(*) AS count_1 FROM"
"""How many leads there are at all: of a narrow index at a million, of the table at these few."""


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[pages._Asking, Database]]:
    stores, folder = PostgresStores(), tmp_path_factory.mktemp("crowd")
    url, now = stores.fresh(empty=True), datetime.now(UTC).replace(microsecond=0)
    settle(url, folder, SIZE, now, lambda line: None)
    database = open_database(url)
    with database.engine.begin() as connection:
        assert connection.execute(text("SELECT to_regclass('ix_prospect_words_trgm')")).scalar_one()
    learn(Kept(url, folder, now, SIZE), lambda line: None)
    with pages._asking(Kept(url, folder, now, SIZE), database) as asked:
        yield asked, database
    database.close()
    stores.drop(url)
    stores.close()


def test_no_page_and_no_list_reads_a_whole_table(
    asking: tuple[pages._Asking, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is looked through a stretch at a time: at these few the stretch would be the table.
    monkeypatch.setattr(paging, "REACH", 500)
    monkeypatch.setattr(segments, "REACH", 500)
    asked, database = asking
    told: list[str] = []
    explained = 0
    for target in asked.wanted(""):
        plans = Plans(database)
        with plans.listening():
            for path in few(target):
                asked._ask(target, path)
        explained += plans.explained
        told += [
            f"{target.name}: {table}: {sql}"
            for table, sql in plans.read_whole
            if table in LARGE and target.name not in COUNTED and not sql.startswith(EVERYBODY)
        ]
    assert explained > 500
    assert not told, "\n".join(told)


def few(target: Target) -> tuple[str, ...]:
    """The first, the one in the middle and the last: the newest, far back, and what is odd."""
    paths = target.paths
    return tuple(dict.fromkeys((paths[0], paths[len(paths) // 2], paths[-1])))
