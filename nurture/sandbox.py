"""The small Jinja that marketers' mails are written in: no way out, no way to blow up a word."""

from collections.abc import Callable, Iterator
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from prospects.faults import Fault, nearest

WIDEST = 200
"""Columns that `center` and `indent` may be asked for."""

FILTERS = frozenset(
    {
        "abs", "capitalize", "center", "count", "d", "default", "e", "escape", "first", "float",
        "indent", "int", "join", "last", "length", "list", "lower", "max", "min", "replace",
        "reverse", "round", "sort", "string", "striptags", "sum", "title", "trim", "truncate",
        "unique", "upper", "urlencode", "wordcount",
    }
)  # fmt: skip
"""What may be done to a value. `safe` is not among them: what a prospect typed is always escaped."""

METHODS: dict[type, frozenset[str]] = {
    str: frozenset({"capitalize", "endswith", "lower", "split", "startswith", "strip", "title"})
    | {"upper"},
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
}

VALUES = frozenset(
    {
        "account", "company", "country", "email", "fields", "first_name", "language",
        "name", "owner", "person", "prospect", "title", "unsubscribe", "unsubscribe_url",
    }
)  # fmt: skip
"""The names a mail can speak of; see `nurture/wording.py` for what each holds."""


class Unknown(StrictUndefined):
    """What we do not know of a person: `{{ name or "reader" }}` may ask, but nothing prints it."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja without loaders, globals, dangerous filters, or arithmetic on texts.

    It keeps templates from reaching the program, not from taking time and memory: only run it
    in the child of `nurture/render.py`, which is limited in both.
    """

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, *, html: bool) -> None:
        # Unoptimised, because the optimiser computes constants such as 'a' * 10**9 while compiling.
        super().__init__(autoescape=html, undefined=Unknown, optimized=False, finalize=_present)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.filters["center"] = _capped(self.filters["center"], 80)
        self.filters["indent"] = _capped(self.filters["indent"], 4)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if not super().is_safe_attribute(obj, attr, value):
            return False
        if not callable(value):
            return True
        return any(isinstance(obj, kind) and attr in known for kind, known in METHODS.items())

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not isinstance(left, int | float) or isinstance(right, str):
            raise SecurityError(f"`{operator}` is for numbers, and there is no `**`")
        return super().call_binop(context, operator, left, right)


def faults_of(source: str, *, html: bool) -> Iterator[Fault]:
    """What is wrong with a template as written; it is parsed, never run."""
    sandbox = Sandbox(html=html)
    try:
        tree = sandbox.parse(source)
    except TemplateSyntaxError as error:
        yield Fault("", f"line {error.lineno}: {error.message}", "see the Jinja documentation")
        return
    except RecursionError:
        yield Fault("", "too deeply nested", "write it flatter")
        return
    yield from _unknown_words(tree, sandbox)
    for node in tree.find_all(_REFUSED):
        yield Fault("", f"line {node.lineno}: {_REFUSED_WORDS[type(node)]} is not to be had", "")


_REFUSED_WORDS: dict[type[nodes.Node], str] = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from … import",
    nodes.Extends: "extends",
    nodes.ScopedEvalContextModifier: "autoescape",
}
_REFUSED = tuple(_REFUSED_WORDS)


def _unknown_words(tree: nodes.Template, sandbox: Sandbox) -> Iterator[Fault]:
    for done in tree.find_all((nodes.Filter, nodes.Test)):
        known = sandbox.filters if isinstance(done, nodes.Filter) else sandbox.tests
        if done.name not in known:
            yield _unknown(done.lineno, f"filter or test `{done.name}`", nearest(done.name, known))
    names = list(tree.find_all(nodes.Name))
    own = {node.name for node in names if node.ctx in ("store", "param")} | {
        node.name for node in tree.find_all(nodes.Macro)
    }
    for node in names:
        if node.ctx == "load" and node.name not in VALUES | own | {"loop", "caller"}:
            yield _unknown(node.lineno, f"`{node.name}`", nearest(node.name, VALUES))


def _unknown(line: int, what: str, mend: str) -> Fault:
    return Fault("", f"line {line}: there is no {what}", mend)


def _present(value: Any) -> Any:
    if value is None:
        raise SecurityError("a value is missing; give a default, like {{ name | default('you') }}")
    return value


def _capped(do: Callable[..., Any], usual: int) -> Callable[..., Any]:
    def capped(text: Any, width: int = usual, *rest: Any) -> Any:
        if not isinstance(width, int) or not 0 <= width <= WIDEST:
            raise SecurityError(f"a width is a number from 0 to {WIDEST}")
        return do(text, width, *rest)

    return capped
