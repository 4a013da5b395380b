"""Holds what the API answers to what its OpenAPI document says: the status, and every field."""

from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.api import described, openapi
from app.api.shapes.common import Problem


def hold_to_the_document(site: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Fail on a status or a field that the document does not know."""
    try:
        rule, _ = _routed(site, method, f"/api/v1{path.partition('?')[0]}")
    except HTTPException:
        return
    said = described.of(site.view_functions[rule.endpoint])
    if said is None:
        return
    where = f"{method} {rule.rule}"
    assert answer.status_code in openapi.statuses(rule, method, said), where
    if answer.is_json and answer.json == {} and method == "POST" and answer.status_code < 300:
        return  # kept under an Idempotency-Key, about somebody who was forgotten since
    if answer.status_code not in said.answers:
        Problem.model_validate(answer.json)
    elif model := said.answers[answer.status_code]:
        model.model_validate(answer.json, strict=True)
    else:
        assert not answer.is_json or rule.rule.endswith("openapi.json"), where


def _routed(site: Flask, method: str, path: str) -> Any:
    return site.url_map.bind("localhost").match(path, method, return_rule=True)
