"""Logs can be read by programs, and hold nothing that a prospect typed."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import log
from app.database import Database

TYPED = "rita@acme.example"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    kept, level = list(root.handlers), root.level
    stream = io.StringIO()
    log.configure("info", stream)
    yield stream
    root.handlers = kept
    root.setLevel(level)
    structlog.reset_defaults()


def test_off_a_terminal_each_line_is_one_json_object(said: io.StringIO) -> None:
    structlog.get_logger("a").info("two\nlines", part="web")
    logging.getLogger("a.library").warning("said %s", "so")
    first, second = (json.loads(line) for line in said.getvalue().splitlines())
    assert (first["event"], first["part"], first["level"]) == ("two\nlines", "web", "info")
    assert second["event"] == "said so"


def test_an_error_is_logged_with_its_way_and_without_its_words(said: io.StringIO) -> None:
    try:
        float(TYPED)
    except ValueError:
        structlog.get_logger("a").exception("work failed")
    line = json.loads(said.getvalue())
    assert "builtins.ValueError" in line["exception"]
    assert "test_log.py" in line["exception"]
    assert TYPED not in said.getvalue()


def test_a_row_that_upset_the_database_is_not_repeated(
    said: io.StringIO, database: Database
) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE known (email VARCHAR PRIMARY KEY)"))
        connection.execute(text("INSERT INTO known VALUES (:e)"), {"e": TYPED})
    try:
        with database.engine.begin() as connection:
            connection.execute(text("INSERT INTO known VALUES (:e)"), {"e": TYPED})
    except DBAPIError:
        structlog.get_logger("a").exception("work failed")
    assert "IntegrityError" in said.getvalue()
    assert TYPED not in said.getvalue()


def test_what_is_wrong_with_the_machine_is_said_in_full(said: io.StringIO) -> None:
    try:
        raise RuntimeError(TYPED) from FileNotFoundError(2, "No such file", "x.db")
    except RuntimeError:
        logging.getLogger("a.library").exception("failed")
    assert "No such file" in said.getvalue()
    assert "which led to" in said.getvalue()
    assert 'builtins.RuntimeError"' in said.getvalue()
