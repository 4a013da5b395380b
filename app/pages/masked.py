"""A body for who may not read what people said in it: its shape and names stay, every answer is covered. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from prospects.reading import UnreadableError, read_json

COVERED = "•••"
DEEPEST = 30
_NAME = re.compile(r"[\w.\- \[\]?:/()]{1,80}")


def masked(body: bytes) -> str:
    """The body with every text and number covered; what is neither JSON nor a form is covered whole."""
    try:
        return json.dumps(_covered(read_json(body)), ensure_ascii=False, indent=2)
    except UnreadableError:
        fields = _fields(body)
    return "\n".join(f"{_named(name)}={COVERED}" for name in fields) if fields else COVERED


def _fields(body: bytes) -> list[str]:
    text = body.decode("utf-8", "replace")
    if "=" not in text or any(char in text for char in "\n<{"):
        return []
    return [name for name, _ in parse_qsl(text, keep_blank_values=True)]


def _covered(value: Any, depth: int = 0) -> Any:
    match value:
        case bool() | None:
            return value
        case Mapping() if depth < DEEPEST:
            return {_named(str(name)): _covered(each, depth + 1) for name, each in value.items()}
        case list() if depth < DEEPEST:
            return [_covered(each, depth + 1) for each in value]
        case _:
            return COVERED


def _named(name: str) -> str:
    """The name of a field as it is; not one that looks like somebody's address or number."""
    strange = not _NAME.fullmatch(name) or sum(char.isdigit() for char in name) > 6
    return COVERED if strange else name
