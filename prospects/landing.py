"""What a link of our mail brings along to our own site, so that a visit can be told from a stranger's."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from itsdangerous import BadData, URLSafeSerializer

from prospects.ids import ProspectId, parse_id

SALT = "landing"
PARAMETER = "wl"
"""Its name in the address; the script takes it out before anybody can pass the address on."""
LASTS = timedelta(minutes=15)
"""A visit begins with the click; an address that is passed on later must not tell of its sender."""


def pass_of(secret: str, prospect_id: ProspectId, now: datetime) -> str:
    """What tells, for a while, that the visit is this person's."""
    return str(_signer(secret).dumps([prospect_id.hex, int(now.timestamp())]))


def with_pass(url: str, told: str) -> str:
    """The address with what tells whose visit it is."""
    parts = urlsplit(url)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=f"{query}{PARAMETER}={told}"))


def whose(secret: str, told: str, at: datetime) -> ProspectId | None:
    """Whose visit it is; None for what we never made and for what is too old."""
    try:
        who, stamp = _signer(secret).loads(told)
    except (BadData, ValueError, TypeError):
        return None
    prospect_id = parse_id(who)
    if prospect_id is None or not isinstance(stamp, int):
        return None
    return ProspectId(prospect_id) if abs(at.timestamp() - stamp) <= LASTS.total_seconds() else None


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
