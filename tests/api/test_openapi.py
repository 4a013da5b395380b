"""The OpenAPI document: every address is in it, its examples fit, and what it says is what is answered."""

from collections.abc import Iterator
from json import dumps
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel

from app.api import openapi
from app.api.examples import example

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


def each_operation(document: Any) -> Iterator[Any]:
    for of in document["paths"].values():
        yield from of.values()


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
