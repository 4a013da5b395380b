"""What a platform's plain HTTP status complains of, and what follows from it. Pure."""

from collections.abc import Mapping

from webhooks.adapter import Reply, Trouble

TRANSIENT = frozenset({408, 425, 429})
REFUSED = "the access token was refused: renew `access_token`"
MAY_NOT = "the access token may not read this lead: check its permissions and roles"
NO_TOKEN = Trouble("no `access_token` is set", final=False, ours=True)
REDIRECTS = "the platform redirects: set `api_base_url` to where it answers itself"
OURS: Mapping[int, str] = {401: REFUSED, 403: MAY_NOT}


def trouble(reply: Reply, ours: Mapping[int, str] = OURS) -> Trouble | None:
    """What stands in the way; None if nothing does. `ours` says which statuses a setting of ours mends."""
    status = reply.status
    if status == 200:
        return None
    if status in ours:
        return Trouble(ours[status], final=False, ours=True)
    if status in TRANSIENT or status >= 500:
        return Trouble(f"the platform answered {status}", final=False, wait=reply.wait)
    if status in {404, 410}:
        return Trouble("the platform no longer has this lead", final=True)
    if 300 <= status < 400:
        return Trouble(REDIRECTS, final=False, ours=True)
    return Trouble(f"the platform refused the request ({status})", final=True)
