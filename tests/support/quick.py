"""What hundreds of sites in one test run need not do again: compile templates and address patterns."""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import Rule

from app import database


class _Kept(BytecodeCache):
    """Compiled templates in memory, by name and source."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        known = self._codes.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def remember_templates() -> None:
    """Every site of this process shares its compiled templates."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Kept()}


def remember_addresses() -> None:
    """Every site of this process shares what builds an address from its parts.

    Most of the time a site takes to be made goes into compiling these; they hold nothing of a site.
    """
    compiling: Callable[[Rule, bool], Any] = Rule._compile_builder
    known: dict[tuple[object, ...], Any] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, rule.host, str(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compiling(rule, append_unknown)
        return known[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]


def remember_statements() -> None:
    """Every database of this process shares the statements compiled for its sort."""
    made = database.create_engine
    known: dict[str, Engine] = {}

    def create_engine(url: str, **options: Any) -> Engine:
        engine = made(url, **options)
        own = known.setdefault(engine.dialect.driver, engine)
        engine._compiled_cache = own._compiled_cache
        engine.dialect.__class__ = _alike(type(engine.dialect))
        return engine

    database.create_engine = create_engine


@cache
def _alike(kind: type[Any]) -> type[Any]:
    """A dialect that equals every other of its kind, because a compiled statement is kept by its dialect."""
    same = {
        "__eq__": lambda one, other: type(one) is type(other),
        "__hash__": lambda one: id(type(one)),
        "supports_statement_cache": True,
    }
    return type(kind.__name__, (kind,), same)
