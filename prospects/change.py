"""What a flow writes down about somebody: a field of theirs, or a tag put on or taken off. Pure."""

from dataclasses import dataclass, replace
from typing import assert_never

from prospects.values import Snapshot

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class SetField:
    """A field of the person's own; None takes it away."""

    name: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class SetTag:
    """A tag, put on or taken off."""

    name: str
    on: bool


Change = SetField | SetTag


def changed(seen: Snapshot, change: Change) -> Snapshot:
    """The person after the change; the very same snapshot where it changes nothing."""
    match change:
        case SetField(name, value):
            fields = seen.person.fields
            if fields.get(name) == value and type(fields.get(name)) is type(value):
                return seen
            kept = {key: each for key, each in fields.items() if key != name}
            after = kept if value is None else {**kept, name: value}
            return replace(seen, person=replace(seen.person, fields=after))
        case SetTag(name, on):
            if (name in seen.tags) is on:
                return seen
            tags = {*seen.tags, name} if on else {*seen.tags} - {name}
            return replace(seen, tags=tuple(sorted(tags)))
        case _:
            assert_never(change)
