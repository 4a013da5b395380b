"""YAML written anew: only values that changed, so that comments, order and quotes of the rest survive."""

import json
from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import zip_longest
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from app.workspace.nodes import plain
from app.workspace.written import UnreadableError, read

_NAMES = ("email", "slug", "id", "name")
_FIRST = (
    *_NAMES,
    "flow",
    "kind",
    "stage",
    "activity",
    "if",
    "field",
    "op",
    "enter",
    "exits",
    "to",
    "template",
)
"""Keys that people write first; a database may have lost their order."""
_ABSENT = object()


def fresh(body: Mapping[str, Any]) -> str:
    """A document as YAML that reads as exactly this body."""
    text = _dumped(_in_order(body))
    # JSON is YAML too: ugly, and right whatever the values are.
    return text if _says(text, body) else json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def rewritten(text: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    """The text of a document, changed only where `after` differs from `before`.

    `before` is what the text meant when it was applied, its `${NAME}` filled in; None: what it says
    literally. A text that cannot be changed in place is written afresh.
    """
    try:
        said = plain(read(text))
    except UnreadableError:
        return fresh(after)
    target = _meant(said, said if before is None else before, after)
    if same(said, target):
        return text
    changed = _changed(text, said, target)
    return changed if changed and _says(changed, target) else fresh(target)


def same(one: Any, other: Any) -> bool:
    """Equal, and true is not one."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def named(items: Sequence[Any]) -> dict[str, int] | None:
    """Where each item of a list stands by its own name; None if they have no names of their own."""
    for key in _NAMES:
        names = [str(each[key]) for each in items if isinstance(each, Mapping) and key in each]
        if items and len(set(names)) == len(items):
            return {name: place for place, name in enumerate(names)}
    return None


def _meant(said: Any, before: Any, after: Any) -> Any:
    """What the text must say for `after` to stand: as it was said wherever that did not change."""
    if same(before, after):
        return said
    if _all(Mapping, said, before, after):
        return {
            key: _meant(said.get(key, _ABSENT), before.get(key, _ABSENT), after[key])
            for key in after
        }
    if _all(list, said, before, after) and len(said) == len(before):
        places = _places(before, after)
        return [
            each if place is None else _meant(said[place], before[place], each)
            for each, place in zip(after, places, strict=True)
        ]
    return after


def _places(before: list[Any], after: list[Any]) -> list[int | None]:
    """For each item of `after` the place it had in `before`."""
    old, new = named(before), named(after)
    if old is None or new is None:
        return [place if place < len(before) else None for place in range(len(after))]
    return [old.get(name) for name in new]


def _changed(text: str, said: Any, target: Any) -> str | None:
    try:
        document = _yaml().load(text)
        _change(document, said, target)
        out = StringIO()
        _yaml().dump(document, out)
    except (YAMLError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        # Whatever the text holds that the library cannot carry over: it is then written afresh.
        return None
    return out.getvalue()


def _change(node: Any, said: Any, target: Any) -> None:
    if isinstance(said, Mapping):
        _change_mapping(node, said, target)
    else:
        _change_list(node, said, target)


def _change_mapping(node: Any, said: Mapping[str, Any], target: Mapping[str, Any]) -> None:
    # The library may hold a key as a number or a date where we read a text.
    keys = dict(zip(said, list(node), strict=True))
    for name in said.keys() - target.keys():
        del node[keys[name]]
    for name, value in target.items():
        if name not in said:
            node[name] = _in_order(value)
        elif not same(said[name], value):
            _put(node, keys[name], said[name], value)


def _change_list(node: Any, said: list[Any], target: list[Any]) -> None:
    old, new = named(said), named(target)
    if old and new:
        said = _come_and_gone(node, said, target, old=old, new=new)
    for place, (was, value) in enumerate(zip_longest(said, target, fillvalue=_ABSENT)):
        if was is _ABSENT:
            node.append(_in_order(value))
        elif value is not _ABSENT and not same(was, value):
            _put(node, place, was, value)
    del node[len(target) :]


def _come_and_gone(
    node: Any, said: list[Any], target: list[Any], *, old: Mapping[str, int], new: Mapping[str, int]
) -> list[Any]:
    """What the list says once entries that went are taken out and those that came are put in."""
    if [name for name in old if name in new] != [name for name in new if name in old]:
        raise ValueError("the order is another one")
    for name in [name for name in reversed(list(old)) if name not in new]:
        del node[old[name]]
    left = [said[place] for name, place in old.items() if name in new]
    for place in (place for place, name in enumerate(new) if name not in old):
        node.insert(place, _in_order(target[place]))
        left.insert(place, target[place])
    return left


def _put(node: Any, key: Any, was: Any, value: Any) -> None:
    if _all(Mapping, was, value) or _all(list, was, value):
        _change(node[key], was, value)
    else:
        node[key] = _in_order(value)


def _all(kind: type, *values: Any) -> bool:
    return all(isinstance(value, kind) for value in values)


def _in_order(value: Any) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: _FIRST.index(key) if key in _FIRST else len(_FIRST))
        return {key: _in_order(value[key]) for key in keys}
    return [_in_order(each) for each in value] if isinstance(value, list) else value


def _dumped(value: Any) -> str:
    out = StringIO()
    try:
        _yaml().dump(value, out)
    except (YAMLError, ValueError):
        return ""
    return out.getvalue()


def _says(text: str, body: Any) -> bool:
    try:
        return same(plain(read(text)), body)
    except UnreadableError:
        return False


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    # As people indent, and no line is broken that was not.
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 1 << 20
    return yaml
