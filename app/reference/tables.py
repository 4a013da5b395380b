"""Writes Markdown tables, and JSON Schema in a reader's words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from prospects.durations import format_duration

Schema = Mapping[str, Any]
DURATION = "^[0-9]{1,9}[smhdw]$"
_ISO = TypeAdapter(timedelta)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar in a cell ends no cell."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(each) for each in line)} |\n" for line in lines)


def anchor(heading: str) -> str:
    """Where a heading is found on its own page."""
    kept = (letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return "#" + "".join(kept).replace(" ", "-")


def kind_of(schema: Schema, defs: Mapping[str, Schema]) -> str:
    """What a value must be, in words; another table of the same page is linked."""
    if "$ref" in schema:
        return _named(str(schema["$ref"]).rsplit("/", 1)[-1], defs)
    if schema.get("title") == "Condition":
        return "condition"
    if "anyOf" in schema:
        kinds = [kind_of(each, defs) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema or "const" in schema:
        return listed(schema.get("enum") or [schema["const"]])
    return _plain(schema, defs)


def default_of(schema: Schema) -> str:
    """What a key that is left out means; empty where it is nothing."""
    value = schema.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return ""
    if isinstance(value, str) and value.startswith("P"):
        try:
            return f"`{format_duration(_ISO.validate_python(value))}`"
        except ValidationError:
            pass
    return listed([value])


def listed(values: Iterable[object]) -> str:
    """Values as they are written in a file."""
    return ", ".join(
        f"`{str(each).lower() if isinstance(each, bool) else each}`" for each in values
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _named(name: str, defs: Mapping[str, Schema]) -> str:
    found = defs[name]
    return f"[{name}]({anchor(name)})" if found.get("properties") else kind_of(found, defs)


def _plain(schema: Schema, defs: Mapping[str, Schema]) -> str:
    match schema.get("type"):
        case "array":
            return f"list of {kind_of(schema.get('items', {}), defs)}"
        case "object":
            return _mapping(schema, defs)
        case "string":
            return _text(schema)
        case "number" | "integer":
            return _number(schema)
        case "boolean":
            return "`true` or `false`"
        case _:
            return "anything"


def _mapping(schema: Schema, defs: Mapping[str, Schema]) -> str:
    inner = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
    inside = next((each for each in inner if isinstance(each, dict) and each), None)
    if inside:
        return f"names, each with {kind_of(inside, defs)}"
    return "`{}`" if schema.get("additionalProperties") is False else "keys and values"


def _text(schema: Schema) -> str:
    if schema.get("pattern") == DURATION:
        return "duration"
    if "format" in schema:
        return {"date-time": "instant"}.get(schema["format"], str(schema["format"]))
    return f"text, ≤ {schema['maxLength']} letters" if "maxLength" in schema else "text"


def _number(schema: Schema) -> str:
    word = "whole number" if schema["type"] == "integer" else "number"
    bounds = {
        "≥": schema.get("minimum"),
        ">": schema.get("exclusiveMinimum"),
        "≤": schema.get("maximum"),
        "<": schema.get("exclusiveMaximum"),
    }
    said = " and ".join(f"{sign} {bound}" for sign, bound in bounds.items() if bound is not None)
    return f"{word} {said}".strip()
