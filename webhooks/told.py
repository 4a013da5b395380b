"""What a capture keeps beside its delivery: what its notification told of it, and what was fetched. Pure."""

import base64
import json
from collections.abc import Sequence

from webhooks.adapter import Item, Thin


def of(item: Item) -> bytes | None:
    """What a thin item brought along; None for any other."""
    if not isinstance(item, Thin) or item.told is None:
        return None
    return json.dumps(item.told, ensure_ascii=False, separators=(",", ":")).encode()


def kept(item: Item) -> bytes | None:
    """The same, as it is kept until the rest is fetched."""
    given = of(item)
    return packed([given]) if given else None


def packed(bodies: Sequence[bytes]) -> bytes:
    """The bodies as they came, as one JSON list of base64 texts."""
    return json.dumps([base64.b64encode(each).decode() for each in bodies]).encode()


def unpacked(document: bytes | None) -> list[bytes]:
    """The bodies in what was packed."""
    return [base64.b64decode(each) for each in json.loads(document)] if document else []


def first(document: bytes | None) -> bytes | None:
    """The first body in what was packed."""
    return next(iter(unpacked(document)), None)
