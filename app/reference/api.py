"""Every address of the API, from the same description that programs read at `/api/openapi.json`."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask

from app.api import openapi
from app.reference.tables import Schema, kind_of, table

OPENING = """# The API, address by address

How it is used, with examples, is told in [api.md](../api.md); programs read the same at `/api/openapi.json`.
Every address answers mistakes as problem details (RFC 9457), and may answer 401, 403, 429 and 503.
"""
OF_ALL = {"401", "403", "429", "503"}


def page(site: Flask) -> str:
    """All addresses by resource, then all bodies."""
    whole = openapi.document(site)
    defs: Mapping[str, Schema] = whole["components"]["schemas"]
    by_tag: dict[str, list[str]] = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            tag = operation["tags"][0]
            by_tag.setdefault(tag, []).append(
                _operation(f"{method.upper()} {path}", operation, defs)
            )
    told = "".join(
        f"\n## The resource `{tag}`\n{''.join(found)}" for tag, found in sorted(by_tag.items())
    )
    return OPENING + told + "\n## Documents\n" + "".join(_documents(defs))


def _operation(name: str, operation: Schema, defs: Mapping[str, Schema]) -> str:
    parts = [f"\n### `{name}`\n\n{operation['summary']}\n\n"]
    if body := operation.get("requestBody"):
        schema = next(iter(body["content"].values()))["schema"]
        parts.append(f"- takes {kind_of(schema, defs)}\n")
    asked = [each for each in operation["parameters"] if each["in"] == "query"]
    if asked:
        parts.append(f"- may be asked with {', '.join(_asked(each, defs) for each in asked)}\n")
    for status, answer in operation["responses"].items():
        if status not in OF_ALL:
            parts.append(f"- {status}: {_answer(answer, defs)}\n")
    return "".join(parts)


def _asked(parameter: Schema, defs: Mapping[str, Schema]) -> str:
    return f"`{parameter['name']}` ({kind_of(parameter['schema'], defs)})"


def _answer(answer: Schema, defs: Mapping[str, Schema]) -> str:
    content: Mapping[str, Any] = answer.get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return str(answer["description"]) + (f" {kind_of(schema, defs)}" if schema else "")


def _documents(defs: Mapping[str, Schema]) -> Iterator[str]:
    for name, schema in sorted(defs.items()):
        if schema.get("properties"):
            about = str(schema.get("description", "")).split("\n\n")[0].replace("\n", " ")
            needed = schema.get("required", [])
            rows = [
                [f"`{key}`", kind_of(found, defs), "" if key in needed else "may be left out"]
                for key, found in schema["properties"].items()
            ]
            yield f"\n### {name}\n\n{about}\n\n" + table(["key", "is", ""], rows)
