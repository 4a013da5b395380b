"""The OpenAPI document: every address is in it, its examples fit, and what it says is what is answered."""

from collections.abc import Callable, Iterator
from json import dumps
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from app.api import openapi
from app.api.examples import example
from prospects.member import Role
from tests.api.conftest import Program
from tests.api.documented import hold_to_the_document

NOBODY_S = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def document(site: Flask) -> Any:
    answer = site.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.json


def test_every_address_is_described(site: Flask) -> None:
    silent = [f"{method} {rule.rule}" for rule, method, said in openapi.views(site) if said is None]
    assert silent == [], "say what it answers with app.api.described"


def test_the_document_lists_every_address_with_a_summary(site: Flask, document: Any) -> None:
    listed = {(path, method) for path, of in document["paths"].items() for method in of}
    assert listed == {
        (openapi.path_of(rule), method.lower()) for rule, method, _ in openapi.views(site)
    }
    operations = list(each_operation(document))
    assert all(operation["summary"] for operation in operations)
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere(document: Any) -> None:
    known = set(document["components"]["schemas"])
    assert {ref.rpartition("/")[2] for ref in references(document)} <= known


def test_a_body_that_is_read_is_in_the_document(site: Flask) -> None:
    silent = [
        rule.rule
        for rule, method, said in openapi.views(site)
        if method in ("POST", "PATCH") and said and said.body is None
    ]
    assert silent == []


def test_every_example_fits_its_model(site: Flask, document: Any) -> None:
    schemas = document["components"]["schemas"]
    models = {
        model
        for _, _, said in openapi.views(site)
        if said
        for model in (said.body, *said.answers.values())
        if model
    }
    assert len(models) > 20
    for model in models:
        model.model_validate_json(example_of(model, schemas))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", list(Role))
def test_whatever_is_sent_is_answered_as_the_document_says(
    site: Flask, document: Any, program: Callable[..., Program], role: Role
) -> None:
    somebody = program(role, "kim@us.example")
    known = somebodys_ids(program)
    client, schemas = site.test_client(), document["components"]["schemas"]

    @settings(
        max_examples=120,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def anything(data: st.DataObject) -> None:
        path, method, operation = data.draw(st.sampled_from(operations(document)))
        for name in path_names(operation):
            path = path.replace(f"{{{name}}}", data.draw(st.sampled_from(known)))
        body = data.draw(a_body(operation, schemas))
        answer = client.open(
            path,
            method=method.upper(),
            query_string=data.draw(a_query(operation)),
            json=body,
            headers=somebody.headers,
        )
        assert answer.status_code < 500, (method, path, body)
        hold_to_the_document(site, method.upper(), path.removeprefix("/api/v1"), answer)

    anything()


def somebodys_ids(program: Callable[..., Program]) -> list[str]:
    told = program(Role.ADMIN).post("/activities", {"kind": "form", "email": "ada@acme.example"})
    return [told["prospect"], told["id"], NOBODY_S, "none", "%00"]


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, of in document["paths"].items()
        for method, operation in of.items()
        if path.startswith("/api/v1/")
    ]


def each_operation(document: Any) -> Iterator[Any]:
    for of in document["paths"].values():
        yield from of.values()


def path_names(operation: Any) -> list[str]:
    return [each["name"] for each in operation["parameters"] if each["in"] == "path"]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def example_of(model: type[BaseModel], schemas: Any) -> str:
    plain = model.model_json_schema(ref_template=openapi.REF)
    return dumps(example(plain, {**schemas, **plain.get("$defs", {})}))


def a_query(operation: Any) -> st.SearchStrategy[dict[str, str]]:
    names = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
    if not names:
        return st.just({})
    values = st.one_of(st.sampled_from(["1", "7", NOBODY_S, "open", "*"]), st.text(max_size=12))
    return st.dictionaries(st.sampled_from(names), values, max_size=2)


def a_body(operation: Any, schemas: Any) -> st.SearchStrategy[Any]:
    if "requestBody" not in operation:
        return st.none()
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return st.one_of(of_schema(schema, schemas), of_schema(schema, schemas), anything_json())


def anything_json() -> st.SearchStrategy[Any]:
    leaf = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    )


def of_schema(schema: Any, schemas: Any) -> st.SearchStrategy[Any]:
    """Documents that fit a schema, or nearly."""
    if "$ref" in schema:
        return of_schema(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([of_schema(each, schemas) for each in schema["anyOf"]])
    if schema.get("type") == "object":
        parts = {k: of_schema(v, schemas) for k, v in schema.get("properties", {}).items()}
        must = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {k: v for k, v in parts.items() if k in must},
            optional={k: v for k, v in parts.items() if k not in must},
        )
    if schema.get("type") == "array":
        return st.lists(of_schema(schema.get("items", {}), schemas), max_size=2)
    return of_leaf(schema)


def of_leaf(schema: Any) -> st.SearchStrategy[Any]:
    match schema.get("type"):
        case "string" if schema.get("format") == "date-time":
            return st.datetimes().map(lambda at: f"{at.isoformat()}Z")
        case "string":
            return st.text(max_size=30) | st.just(str(example(schema, {})))
        case "integer":
            return st.integers()
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "boolean":
            return st.booleans()
        case _:
            return anything_json()
