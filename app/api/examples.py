"""An example for every schema, put together from the examples of its parts. Pure."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def example(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """A document that fits `schema`; the first of its own examples if it has any."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    if "const" in schema:
        return schema["const"]
    if "default" in schema:
        return schema["default"]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return example(schema[word][0], schemas)
    return _of_type(schema, schemas)


def _of_type(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    match schema.get("type"):
        case "object":
            parts = schema.get("properties", {})
            return {name: example(part, schemas) for name, part in parts.items()}
        case "array":
            return [example(schema["items"], schemas)] if schema.get("items") else []
        case "string" if schema.get("format") == "date-time":
            return "2026-03-03T10:00:00Z"
        case "string" if schema.get("format") == "uuid":
            return "019cb323-e500-7b10-9c06-4ad22f84066e"
        case "string" if schema.get("format") == "date":
            return "2026-06-30"
        case "string":
            return "text"
        case "integer":
            return 1
        case "number":
            return 1.0
        case "boolean":
            return True
        case _:
            return {}
