"""YAML as somebody wrote it: plain values, and the line and column of each.

Built from the parser's events, so nothing is expanded, constructed or guessed: anchors, tags,
merge keys and doubled keys are refused, dates stay texts, keys are texts.
"""

import re
from collections.abc import Iterator, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from app.workspace.mistakes import Spot
from app.workspace.nodes import Node, spot_at
from prospects.faults import Fault, shown
from prospects.texts import storable

DEEPEST = 40
MOST_VALUES = 100_000
LARGEST_NUMBER = 10**15
"""Beyond about nine of these a JSON number is no longer exact everywhere."""

# YAML 1.2's core schema (spec 10.3.2) without octal and hexadecimal, which nobody means.
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_ADVICE = "look at the indents, colons, brackets and quotes just before"


class UnreadableError(Exception):
    """This is not YAML as a workspace takes it; `found` lists what is wrong and where."""

    def __init__(self, *found: tuple[Spot, Fault]) -> None:
        super().__init__(*(str(fault) for _, fault in found))
        self.found = found


def read(text: str) -> Node:
    """The one document in `text`; an empty one is null. Raises UnreadableError."""
    reader = _Reader(text)
    try:
        node = reader.document()
    except MarkedYAMLError as error:
        raise UnreadableError(_told(error, reader.open)) from None
    except YAMLError as error:
        spot = spot_at(text, int(getattr(error, "position", 0)))
        fault = Fault("", "this character cannot stand in YAML", "take it out")
        raise UnreadableError((spot, fault)) from None
    if reader.found:
        raise UnreadableError(*reader.found)
    return node


def _told(error: MarkedYAMLError, still_open: list[Spot]) -> tuple[Spot, Fault]:
    """Where the parser stopped, or the bracket before it that nobody closed."""
    mark = error.problem_mark or error.context_mark
    spot = Spot(mark.line + 1, mark.column + 1) if mark else Spot()
    reason = str(error.problem or error.context or "this is not YAML")
    if still_open and still_open[-1].line < spot.line:
        reason = f"this bracket is still open in line {spot.line}: {reason}"
        return still_open[-1], Fault("", reason, "close it")
    return spot, Fault("", reason, _ADVICE)


class _Reader:
    """Builds nodes from events; `found` gathers what can be told without stopping.

    `open` holds where the brackets stand that are not closed yet.
    """

    def __init__(self, text: str) -> None:
        self.found: list[tuple[Spot, Fault]] = []
        self.open: list[Spot] = []
        self._text = text
        self._events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))
        self._count = 0

    def document(self) -> Node:
        node = Node(None, Spot())
        for number, start in enumerate(self._starts()):
            if number:
                self._fault(start, "there is a second document", "one document a file")
                break
            if start.version or start.tags:
                self._fault(start, "directives are not taken", "take away the line with `%`")
                break
            node = self._node(next(self._events), depth=1)
        return node

    def _starts(self) -> Iterator[DocumentStartEvent]:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                yield event

    def _node(self, event: Event, *, depth: int) -> Node:
        self._count += 1
        if depth > DEEPEST or self._count > MOST_VALUES:
            reason = "nested too deep" if depth > DEEPEST else "too much for one file"
            raise UnreadableError((_spot(event), Fault("", reason, "make it smaller")))
        if isinstance(event, NodeEvent) and event.anchor:
            self._fault(event, f"`{event.anchor}` is an anchor or alias", "write the value itself")
        if getattr(event, "tag", None):
            self._fault(event, "tags have no meaning here", "write the value without `!`")
        match event:
            case ScalarEvent():
                return Node(self._scalar(event), _spot(event))
            case SequenceStartEvent() | MappingStartEvent():
                return self._collection(event, depth)
            case _:
                return Node(None, _spot(event))

    def _collection(self, start: CollectionStartEvent, depth: int) -> Node:
        # `[a: 1]` holds a mapping too, which has no bracket of its own.
        in_brackets = self._text[start.start_mark.index] in "[{"
        if in_brackets:
            self.open.append(_spot(start))
        if isinstance(start, MappingStartEvent):
            node = self._mapping(start, depth)
        else:
            node = Node(self._items(depth), _spot(start))
        if in_brackets:
            self.open.pop()
        return node

    def _items(self, depth: int) -> list[Node]:
        items = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._node(event, depth=depth + 1))
        return items

    def _mapping(self, start: Event, depth: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Spot] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(event, depth)
            value = self._node(next(self._events), depth=depth + 1)
            if key in values:
                reason = f"`{key[:60]}` stands here twice"
                self._fault(event, reason, f"the first is on line {keys[key].line}; keep one")
                continue
            values[key], keys[key] = value, _spot(event)
        return Node(values, _spot(start), keys)

    def _key(self, event: Event, depth: int) -> str:
        if not isinstance(event, ScalarEvent):
            self._fault(event, "this cannot be a key", "write `key: value`")
            self._node(event, depth=depth + 1)
            return ""
        self._node(event, depth=depth + 1)
        if event.value == "<<":
            self._fault(event, "merge keys are not taken", "write the values themselves")
        return str(event.value)

    def _scalar(self, event: ScalarEvent) -> bool | int | float | str | None:
        text = str(event.value)
        if not storable(text):
            self._fault(event, "there is a character that cannot be kept", "take it out")
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if not _NUMBER.fullmatch(text):
            return text
        number = float(text) if len(text) > 20 or not _WHOLE.fullmatch(text) else int(text)
        if not abs(number) <= LARGEST_NUMBER:
            self._fault(event, f"{shown(text)} is too large", "write a smaller number")
        return number

    def _fault(self, event: Event, reason: str, mend: str) -> None:
        self.found.append((_spot(event), Fault("", reason, mend)))


def _spot(event: Event) -> Spot:
    return Spot(event.start_mark.line + 1, event.start_mark.column + 1)
