"""What was written, as values that know where they stand: plain values from them, and spots for faults. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.workspace.mistakes import Spot
from prospects.faults import Fault


@dataclass(frozen=True, slots=True)
class Node:
    """One value: a scalar, a mapping of nodes or a list of nodes; `keys` says where keys stand."""

    value: "bool | int | float | str | Mapping[str, Node] | list[Node] | None"
    spot: Spot
    keys: Mapping[str, Spot] = field(default_factory=dict)


def plain(node: Node) -> Any:
    """The value without its spots, as JSON can hold it."""
    if isinstance(node.value, Mapping):
        return {key: plain(each) for key, each in node.value.items()}
    if isinstance(node.value, list):
        return [plain(each) for each in node.value]
    return node.value


def replaced(node: Node, change: Callable[[Node, str], Node], place: str = "") -> Node:
    """The same with every scalar changed; `change` gets it and its dotted place."""
    lead = f"{place}." if place else ""
    if isinstance(node.value, Mapping):
        changed = {key: replaced(each, change, lead + key) for key, each in node.value.items()}
        return Node(changed, node.spot, node.keys)
    if isinstance(node.value, list):
        items = [replaced(each, change, f"{lead}{n}") for n, each in enumerate(node.value)]
        return Node(items, node.spot)
    return change(node, place)


def spot_of(node: Node, fault: Fault) -> Spot:
    """Where a fault stands: at its value, or at the key if that is what is wrong.

    A value that begins below its key is found at the key. What is missing stands where that begins
    which should hold it.
    """
    spot = node.spot
    parts = fault.place.split(".") if fault.place else []
    while parts and (step := _step(node, parts)):
        key, below, parts = step
        at = node.keys.get(key, below.spot)
        about_key = not parts and (f"`{key}`" in fault.reason or "no such key" in fault.reason)
        spot = at if about_key or at.line < below.spot.line else below.spot
        node = below
    named = [each.spot for each in _items(node) if f"`{each.value}`" in fault.reason]
    named += [at for key, at in node.keys.items() if f"`{key}`" in fault.reason]
    return named[0] if named else spot


def spot_at(text: str, offset: int) -> Spot:
    """The spot of a character."""
    before = text[:offset]
    return Spot(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def _items(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else []


def _step(node: Node, parts: list[str]) -> tuple[str, Node, list[str]] | None:
    """The value under the first of `parts`; a key may have dots of its own."""
    index = parts[0]
    if isinstance(node.value, list) and index.isdecimal() and int(index) < len(node.value):
        return index, node.value[int(index)], parts[1:]
    if not isinstance(node.value, Mapping):
        return None
    for length in range(len(parts), 0, -1):
        key = ".".join(parts[:length])
        if key in node.value:
            return key, node.value[key], parts[length:]
    return None
