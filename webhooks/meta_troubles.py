"""What Meta's Graph API complains of, and what follows from it. Pure."""

from collections.abc import Mapping
from typing import Any

from prospects.reading import UnreadableError, read_json
from webhooks.adapter import Reply, Trouble

# https://developers.facebook.com/docs/graph-api/guides/error-handling
TOKEN = frozenset({102, 190})
PERMISSION = frozenset({3, 10, *range(200, 300)})
OLD_VERSION = frozenset({2635})
TRANSIENT = frozenset({1, 2, 4, 17, 32, 341, 368, 613, *range(80_000, 80_015)})
"""Of a passing nature, or too many calls."""
GONE = (100, 33)
"""Code and subcode of an object that is not there, or that nobody with this token may see."""


def trouble(reply: Reply) -> Trouble | None:
    """What stands in the way; None if nothing does.

    Nearly everything comes with status 400; the error's code says what it is.
    """
    if reply.status == 200:
        return None
    if 300 <= reply.status < 400:
        reason = "the platform redirects: set `api_base_url` to where it answers itself"
        return Trouble(reason, final=False, ours=True)
    error = _error(reply.body)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    if ours := _our_fault(code, reply.status):
        return Trouble(ours, final=False, ours=True)
    if (code, subcode) == GONE:
        return Trouble("the platform no longer has this lead (100/33)", final=True)
    passing = code in TRANSIENT or error.get("is_transient") is True
    if passing or reply.status in {408, 425, 429} or reply.status >= 500:
        return Trouble(_told(reply.status, code), final=False, wait=reply.wait)
    return Trouble(f"the platform refused the request ({_told(reply.status, code)})", final=True)


def _our_fault(code: int | None, status: int) -> str | None:
    if code in TOKEN or (code is None and status == 401):
        return "token refused: renew `access_token`"
    if code in PERMISSION or (code is None and status == 403):
        return "the access token may not read this lead: check its permissions and Leads Access"
    if code in OLD_VERSION:
        return "this version is no longer served: set a newer one in `api_base_url`"
    return None


def _told(status: int, code: int | None) -> str:
    # The error's message may hold anything, so it is not repeated.
    return f"the platform answered {status}" + ("" if code is None else f", code {code}")


def _number(value: object) -> int | None:
    return value if type(value) is int else None


def _error(body: bytes) -> Mapping[str, Any]:
    try:
        document = read_json(body)
    except UnreadableError:
        return {}
    error = document.get("error") if isinstance(document, Mapping) else None
    return error if isinstance(error, Mapping) else {}
