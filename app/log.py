"""What the processes say: lines for people on a terminal, one JSON object a line elsewhere.

Logs name events and ids, never what a person typed: error texts lose the parts that repeat values.
"""

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

# Where a driver's error repeats the row that upset it.
REVEALING = ("DETAIL:", "CONTEXT:", "[SQL:", "[parameters:")


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
        return [_discreet_exception, structlog.dev.ConsoleRenderer(exception_formatter=_plain)]
    return [_discreet_exception, structlog.processors.JSONRenderer()]


def _plain(stream: TextIO, _error: Any) -> None:
    stream.write("")


def _discreet_exception(logger: Any, method: str, event: EventDict) -> EventDict:
    event = structlog.processors.format_exc_info(logger, method, event)
    text = event.get("exception")
    if isinstance(text, str):
        lines = text.splitlines()
        event["exception"] = "\n".join(
            line for line in lines if not line.lstrip().startswith(REVEALING)
        )
    return event
