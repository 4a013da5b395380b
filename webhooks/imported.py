"""Rows of an imported file as they are kept: items of `generic_json` under our own names. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from prospects.kinds import IMPORTED
from webhooks.adapter import Came, Item, Read
from webhooks.generic_items import read_item, read_items
from webhooks.sources import Source

HEADER = "warmline-import"
"""Stands on a kept delivery that a file made; no sender can put it there."""


def came(headers: Mapping[str, str]) -> Came | None:
    """How the rows of this delivery came; None if no file made it."""
    return Came(headers[HEADER]) if HEADER in headers else None


def written(items: Sequence[Mapping[str, Any]]) -> bytes:
    """The body of a delivery with these items."""
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")).encode()


def parse(body: bytes, source: Source, now: datetime, came: Came) -> list[Item]:
    """Each item of the body, in order, whatever kind its source is of; `now` is when it was kept."""
    plain = source.model_copy(update={"map": {}})
    return [_of_old(read_item(each, plain, now), each, came) for each in read_items(body)]


def _of_old(item: Item, given: Any, came: Came) -> Item:
    if not isinstance(item, Read):
        return item
    mark = {IMPORTED: True} if came is Came.QUIETLY else {}
    # A row that comes again is the same row, also where a live act would count each time.
    key = (
        item.key or f"row:{hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()}"
    )
    return replace(item, came=came, key=key, body={**item.body, **mark})
