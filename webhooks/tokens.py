"""Access tokens of destinations: as they are configured, or got with a refresh token or as an app, and kept."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from webhooks import outbound
from webhooks.destinations import Destination
from webhooks.outbound import Answered, Networks
from webhooks.platforms.conversion import Answer, usual

FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/json",
    "User-Agent": "Warmline",
}
SOONER = 120
"""Seconds before its end at which an access token is no longer used."""
UNTIL_REFUSED = 3600
"""Seconds for which a token is used whose end nobody says: Salesforce ends a session when it likes."""

_kept: dict[tuple[str | None, ...], tuple[str, float]] = {}
"""Access tokens that were got, and until when they hold, for this process."""


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no token now. `ours`: somebody must mend the destination first."""

    reason: str
    after: timedelta | None = None
    ours: bool = False


def access_token(
    destination: Destination, token_url: str, moment: float, *, allow: Networks
) -> str | Refused:
    """The access token, got anew where it is not configured and the last has run out.

    `moment` is in seconds of a clock that never goes back, and no instant.
    """
    if destination.client_secret is None or (
        destination.access_token and not destination.refresh_token
    ):
        return destination.access_token or ""
    token, until = _kept.get(_key(destination), ("", 0.0))
    if moment < until:
        return token
    asked = {
        "grant_type": "refresh_token" if destination.refresh_token else "client_credentials",
        "client_id": destination.client_id or "",
        "client_secret": destination.client_secret,
    }
    if destination.refresh_token:
        asked["refresh_token"] = destination.refresh_token
    url = destination.token_url or token_url
    came = outbound.post(url, FORM, urlencode(asked).encode(), allow=allow)
    if not isinstance(came, Answered):
        return Refused(came.reason, ours=came.forbidden)
    answer = Answer(came.status, came.headers, came.body)
    return _given(destination, answer, moment)


def forget(destination: Destination) -> bool:
    """The token was refused: the next is got anew. False if there is no way to get one."""
    return _kept.pop(_key(destination), None) is not None


def _given(destination: Destination, answer: Answer, moment: float) -> str | Refused:
    found, lasts = answer.document.get("access_token"), answer.document.get("expires_in")
    if answer.status != 200 or not isinstance(found, str):
        if later := usual(answer):
            return Refused(later.reason, later.after, later.ours)
        return Refused(f"no token was given (status {answer.status})", ours=True)
    seconds = lasts - SOONER if isinstance(lasts, int) else UNTIL_REFUSED
    _kept[_key(destination)] = (found, moment + max(seconds, 0))
    return found


def _key(destination: Destination) -> tuple[str | None, ...]:
    return (destination.client_id, destination.refresh_token, destination.client_secret)
