"""Secrets of sources and destinations, sealed before they are kept, and compared without being rewritten."""

from collections.abc import Callable, Mapping
from typing import Any

from app.workspace import variables
from prospects.sealing import SEALED, SealBrokenError, opened, seal

_SECRET_KEYS = frozenset(
    {"secrets", "verify_token", "access_token", "token", "client_secret", "refresh_token", "url"}
)
_PLAIN_IN_AUTH = frozenset({"header", "hmac_header", "encoding", "prefix"})

Change = Callable[[Any, str], Any]


def sealed(secret: str, body: Mapping[str, Any], origins: Mapping[str, str]) -> dict[str, Any]:
    """The body of a source or destination with every secret, and all that came from a variable, sealed."""

    def change(value: Any, place: str) -> Any:
        origin = origins.get(place)
        if not isinstance(value, str) or not (origin or _is_secret(place)):
            return value
        return seal(secret, value, name=variables.name_in(origin) if origin else None)

    found: dict[str, Any] = _walked(body, change)
    return found


def same(secret: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two sealed bodies say the same, by the same names; not if one cannot be opened."""
    try:
        return bool(_revealed(secret, one) == _revealed(secret, other))
    except SealBrokenError:
        return False


def _is_secret(place: str) -> bool:
    first, *rest = place.split(".")
    if first == "auth":
        return not _PLAIN_IN_AUTH.intersection(rest)
    return first in _SECRET_KEYS


def _revealed(secret: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        if SEALED in value:
            return ("sealed", value.get("name"), opened(secret, value))
        return {key: _revealed(secret, each) for key, each in value.items()}
    if isinstance(value, list):
        return [_revealed(secret, each) for each in value]
    return value


def _walked(value: Any, change: Change, place: str = "") -> Any:
    lead = f"{place}." if place else ""
    if isinstance(value, Mapping):
        return {key: _walked(each, change, f"{lead}{key}") for key, each in value.items()}
    if isinstance(value, list):
        return [_walked(each, change, f"{lead}{n}") for n, each in enumerate(value)]
    return change(value, place)
