"""The curl lines of docs/api.md do what the page says."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import ADMINISTRATOR

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"```sh\n(.*?)```\n\n```json\n(.*?)```", re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Each curl command with the beginning of its answer."""
    return BLOCK.findall(PAGE.read_text())


def test_there_are_examples() -> None:
    assert len(examples()) >= 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_curl_line_is_answered_as_printed(site: Flask) -> None:
    seen: dict[str, Any] = {}
    for command, printed in examples():
        words = shlex.split(command.replace("\\\n", " "))
        assert words[0] == "curl"
        answer = asked(site, words[1:], seen)
        assert answer.status_code < 300, (command, answer.text)
        if answer.json and "prospect" in answer.json:
            seen["PERSON"] = answer.json["prospect"]
        for name in re.findall(r'"([a-z_]+)":', printed):
            assert f'"{name}":' in answer.text, (command, name)


def asked(site: Flask, words: list[str], seen: dict[str, Any]) -> Any:
    method, data, headers, path = "GET", None, {}, ""
    rest = iter(words)
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value.replace("$TOKEN", ADMINISTRATOR)
        elif word == "--json":
            data, method = next(rest), "POST"
            headers["Content-Type"] = "application/json"
        else:
            assert not word.startswith("-"), word
            path = word.replace("$WARMLINE", "").replace("$PERSON", seen.get("PERSON", ""))
    assert path.startswith("/api/v1/"), words
    return site.test_client().open(path, method=method, data=data, headers=headers)


def test_every_address_stands_in_the_table_of_resources(site: Flask) -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    missing = []
    for rule in site.url_map.iter_rules():
        parts = [part for part in rule.rule.split("/")[3:] if not part.startswith("<")]
        if rule.rule.startswith("/api/v1/") and not any(told(row, parts) for row in rows):
            missing.append(rule.rule)
    assert missing == []


def told(row: str, parts: list[str]) -> bool:
    """Whether a row is about the resource, and names the last part of the address."""
    cell = row.split("|")[1]
    return f"/{parts[0]}" in cell and f"/{parts[-1]}" in cell
