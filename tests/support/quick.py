"""What hundreds of sites in one test run need not do again: compile templates, addresses, statements."""

import gc
from collections.abc import Callable
from functools import cache
from typing import Any

import structlog
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from structlog.dev import ConsoleRenderer, plain_traceback
from werkzeug.routing import Map, Rule, RuleFactory

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
    """Every site of this process shares its rules for addresses, and what builds an address of them.

    Most of the time a site takes to be made goes into compiling these; they hold nothing of a site.
    """
    _share_builders()
    _share_rules()


def _share_rules() -> None:
    known: dict[tuple[object, ...], Rule] = {}

    def bound(rule: Rule, to: Map) -> Rule:
        key = (*_address(rule), rule.endpoint, frozenset(rule.methods or ()), *_manners(rule))
        if key not in known:
            rule.bind(to)
            known[key] = rule
        return known[key]

    def add(self: Map, factory: RuleFactory) -> None:
        for rule in (bound(each, self) for each in factory.get_rules(self)):
            if not rule.build_only:
                self._matcher.add(rule)
            self._rules_by_endpoint.setdefault(rule.endpoint, []).append(rule)
        self._remap = True

    Map.add = add  # type: ignore[method-assign]


def _address(rule: Rule) -> tuple[object, ...]:
    return (rule.rule, rule.subdomain, rule.host, str(rule.defaults))


def _manners(rule: Rule) -> tuple[object, ...]:
    automatic = getattr(rule, "provide_automatic_options", None)
    return (rule.strict_slashes, rule.merge_slashes, rule.build_only, rule.alias, automatic)


def _share_builders() -> None:
    compiling: Callable[[Rule, bool], Any] = Rule._compile_builder
    known: dict[tuple[object, ...], Any] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (*_address(rule), append_unknown)
        if key not in known:
            known[key] = compiling(rule, append_unknown)
        return known[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]


def log_plainly() -> None:
    """Errors that tests cause on purpose are logged without colours, which take seconds each."""
    plain = ConsoleRenderer(exception_formatter=plain_traceback)
    structlog.configure([*structlog.get_config()["processors"][:-1], plain])


def spare_what_stays() -> None:
    """Look for garbage less often, and not among what was loaded before the first test.

    A quarter of a test's time went into looking through all modules and every site there was.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


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
