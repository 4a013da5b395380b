"""Months and days in SQL, the same on SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Float, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class month_of(FunctionElement[str]):  # noqa: N801  (a function in SQL)
    """The month of an instant in UTC, as `2026-03`."""

    type = String()
    inherit_cache = True


class days_between(FunctionElement[float]):  # noqa: N801
    """Days from the first instant to the second; null where one is."""

    type = Float()
    inherit_cache = True


@compiles(month_of)
def _month(element: Any, compiler: Any, **given: Any) -> str:
    return f"strftime('%Y-%m', {compiler.process(element.clauses, **given)})"


@compiles(month_of, "postgresql")
def _month_there(element: Any, compiler: Any, **given: Any) -> str:
    at = compiler.process(element.clauses, **given)
    return f"to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM')"


@compiles(days_between)
def _days(element: Any, compiler: Any, **given: Any) -> str:
    first, second = (compiler.process(each, **given) for each in element.clauses)
    return f"(julianday({second}) - julianday({first}))"


@compiles(days_between, "postgresql")
def _days_there(element: Any, compiler: Any, **given: Any) -> str:
    first, second = (compiler.process(each, **given) for each in element.clauses)
    return f"(EXTRACT(EPOCH FROM ({second} - {first})) / 86400.0)"
