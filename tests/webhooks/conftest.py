"""A receiving site on a fresh database, and somebody who posts to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.webhooks.support import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site that receives, on SQLite and on PostgreSQL in turn."""
    opened = Site(database_url, tmp_path)
    yield opened
    opened.close()
