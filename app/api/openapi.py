"""The OpenAPI 3.1 document, drawn from the views' descriptions and the models that check bodies and answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from app.api import described
from app.api.described import Described
from app.api.examples import example
from app.api.shapes.common import Problem

blueprint = Blueprint("api_document", __name__)

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
MEANINGS = {
    200: "Done, or found.",
    201: "Made.",
    202: "Promised.",
    204: "Done; there is nothing to say.",
    400: "The body cannot be read.",
    401: "No token, or one that is unknown or was taken back.",
    403: "The role of this token may not do that.",
    404: "There is no such thing, or it is somebody else's.",
    409: "That does not fit the present state; `code` says which.",
    413: "The body is too long.",
    415: "The body must be JSON.",
    422: "Some fields or parameters cannot be taken; each is named with its mend.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "Not able to work just now.",
}
OF_ALL = (401, 403, 429, 503)
OF_WRITING = (400, 409, 413, 415, 422)


@blueprint.get("/api/openapi.json")
@described.answers({200: None}, open=True)
def shown() -> ResponseReturnValue:
    """This document."""
    found: Schema = current_app.extensions.setdefault("openapi", document(current_app))
    return found


def document(app: Flask) -> Schema:
    """The document of every address that is described."""
    found = list(views(app))
    schemas, refs = _schemas([said for _, _, said in found if said])
    paths: dict[str, Schema] = {}
    for rule, method, said in found:
        if said is not None:
            operation = _operation(app, rule, method, said=said, refs=refs)
            paths.setdefault(path_of(rule), {})[method.lower()] = operation
    for schema in schemas.values():
        schema.setdefault("examples", [example(schema, schemas)])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Warmline",
            "version": "1",
            "description": "JSON for programs that come with a token.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


BESIDE_THE_API = ("health.", "metrics.")


def views(app: Flask) -> Iterator[tuple[Rule, str, Described | None]]:
    """Every address under /api and /healthz, /readyz, /metrics by method, and what was said of it."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") and not rule.endpoint.startswith(BESIDE_THE_API):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, described.of(app.view_functions[rule.endpoint])


def path_of(rule: Rule) -> str:
    """The address as OpenAPI writes it."""
    return rule.rule.replace("<", "{").replace(">", "}").replace("{path:", "{")


def statuses(rule: Rule, method: str, said: Described) -> list[int]:
    """Every status this address may answer with."""
    found = {*said.answers, *said.problems}
    if not said.open:
        found |= {*OF_ALL}
        found |= {422} if said.lists or said.query else set()
        found |= {404} if rule.arguments else set()
        found |= {*OF_WRITING} if method in ("POST", "PATCH", "PUT", "DELETE") else set()
    return sorted(found)


def _operation(
    app: Flask, rule: Rule, method: str, *, said: Described, refs: Mapping[type[BaseModel], Schema]
) -> Schema:
    view = app.view_functions[rule.endpoint]
    operation: Schema = {
        "operationId": rule.endpoint.removeprefix("api_").replace(".", "_"),
        "summary": (view.__doc__ or "").strip().splitlines()[0],
        "tags": [rule.rule.removeprefix("/api/v1/").strip("/").split("/")[0]],
        "parameters": list(_parameters(rule, method, said)),
        "responses": {
            str(status): _response(status, said, refs) for status in statuses(rule, method, said)
        },
    }
    if said.open:
        operation["security"] = []
    if said.body is not None:
        content = {"application/json": {"schema": refs[said.body]}}
        operation["requestBody"] = {"content": content, "required": False}
    return operation


def _parameters(rule: Rule, method: str, said: Described) -> Iterator[Schema]:
    text = {"type": "string"}
    for name in sorted(rule.arguments):
        yield {"name": name, "in": "path", "required": True, "schema": text}
    for name in said.query:
        yield {"name": name, "in": "query", "schema": text}
    if said.lists:
        limit = {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
        yield {"name": "limit", "in": "query", "schema": limit}
        yield {"name": "cursor", "in": "query", "schema": text}
    if method in ("POST", "PATCH") and not said.open:
        key = {"type": "string", "minLength": 1, "maxLength": 255}
        words = (
            "A repeat gets the same answer; `{}` if the person it was about was forgotten since."
        )
        yield {"name": "Idempotency-Key", "in": "header", "description": words, "schema": key}


def _response(status: int, said: Described, refs: Mapping[type[BaseModel], Schema]) -> Schema:
    response: Schema = {"description": MEANINGS[status]}
    if status not in said.answers:
        response["content"] = {"application/problem+json": {"schema": refs[Problem]}}
    elif model := said.answers[status]:
        response["content"] = {"application/json": {"schema": refs[model]}}
    if status == 429:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return response


def _schemas(
    said: list[Described],
) -> tuple[dict[str, Schema], Mapping[type[BaseModel], Schema]]:
    """Every model's schema by its name, and how to refer to each model."""
    asked: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "validation")]
    for each in said:
        asked += [(model, "validation") for model in (each.body, *each.answers.values()) if model]
    found, definitions = models_json_schema(list(dict.fromkeys(asked)), ref_template=REF)
    refs = {model: schema for (model, _), schema in found.items() if issubclass(model, BaseModel)}
    return definitions["$defs"], refs
