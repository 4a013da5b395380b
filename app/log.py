"""What the processes say: lines for people on a terminal, one JSON object a line elsewhere.

Logs name events and ids, never what a person typed. An error's text often repeats the value that
upset it, so only its kind and the way there are logged, and the text where it cannot hold such.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

# Their texts speak of files, hosts and locks, not of rows.
SPEAK_FREELY = ("OSError", "OperationalError", "RedisError")


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log line of this process, the libraries' too, to standard error (or `stream`)."""
    target = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    out = logging.StreamHandler(target)
    out.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_last(people=target.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [out]
    root.setLevel(level.upper())
    # What RQ says about each bell is of no use to anybody; the worker says what went wrong.
    logging.getLogger("rq").setLevel(logging.CRITICAL)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _last(*, people: bool) -> list[Processor]:
    if people:
        return [_discreet_exception, structlog.dev.ConsoleRenderer()]
    return [_discreet_exception, structlog.processors.JSONRenderer()]


def _discreet_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["exception"] = "".join(_lines(error)).rstrip()
    return event


def _lines(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _lines(earlier)
        yield "which led to\n"
    yield from traceback.format_tb(error.__traceback__)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    text = f": {error}".splitlines()[0] if kinds.intersection(SPEAK_FREELY) else ""
    yield f"{type(error).__module__}.{type(error).__qualname__}{text}\n"
