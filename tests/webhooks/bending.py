"""Bodies bent out of shape: a document with parts replaced, doubled or taken away, or plain noise."""

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

STRANGE: list[Any] = [None, True, 0, -1, 1.5, 2**63, "", " ", "\ud800", "a\0b", "x" * 3000, [], {}]
STRANGE += [[None], [[]], [{}], {"": ""}, {"a": {"b": [1]}}, "2026-13-99", "é@ü", 10**18]


def bent(document: Any, random: Random) -> bytes:
    """The document with a few of its parts replaced, doubled or taken away."""
    document = json.loads(json.dumps(document))
    for _ in range(random.randint(1, 3)):
        place, key = random.choice(list(_places(document)) or [([document], 0)])
        match random.randrange(3):
            case 0 if isinstance(place, dict):
                del place[key]
            case 1 if isinstance(place, list):
                place.append(deepcopy(place[key]))
            case _:
                place[key] = deepcopy(random.choice(STRANGE))
    return json.dumps(document).encode()


def noise(body: bytes, random: Random) -> bytes:
    """The bytes with some of them changed, cut off or repeated; or none of them."""
    match random.randrange(4):
        case 0:
            return random.randbytes(random.randrange(200))
        case 1:
            return body[: random.randrange(len(body))]
        case 2:
            at = random.randrange(len(body))
            return body[:at] + body[at : at + 40] * random.randrange(1, 5) + body[at:]
        case _:
            other = bytearray(body)
            for _ in range(random.randint(1, 8)):
                other[random.randrange(len(other))] = random.randrange(256)
            return bytes(other)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])
