"""Links in a letter lead by way of us: signed, so that nobody can make one that leads elsewhere."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape, unescape
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture.rows import SendRow
from nurture.sending import SendRef
from prospects import timeline
from prospects.ids import ProspectId, SendId, parse_id
from prospects.kinds import Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.timeline import Fact

SALT = "click"
SOURCE = "nurture"
PATH = "/c/"
AT_ONCE = timedelta(seconds=3)
"""Nobody reads a mail this soon after it left: scanners follow links before anybody sees them."""
TOGETHER = timedelta(seconds=2)
"""Nobody follows two links of one mail within this: scanners follow all of them, one after another."""
_NO_HEADER = re.compile(r"[\x00-\x1f\x7f]")
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]+)(")', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Click:
    """Which link of which mail."""

    ref: SendRef
    url: str


def led_by_us(html: str, ref: SendRef, *, secret: str, base_url: str) -> str:
    """The letter with every link of its own leading by `base_url`; what leads to us stays as it is."""

    def by_us(link: re.Match[str]) -> str:
        url = unescape(link[2])
        if url.startswith(f"{base_url}/") or not _leads_somewhere(url):
            return link[0]
        token = _signer(secret).dumps([ref.prospect_id.hex, ref.send_id.hex, url])
        return f"{link[1]}{escape(f'{base_url}{PATH}{token}')}{link[3]}"

    return _LINK.sub(by_us, html)


def click_of(secret: str, token: str) -> Click | None:
    """What a token says; None for one that we never made."""
    try:
        who, which, url = _signer(secret).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    prospect_id, send_id = parse_id(who), parse_id(which)
    if prospect_id is None or send_id is None or not _leads_somewhere(url):
        return None
    return Click(SendRef(ProspectId(prospect_id), SendId(send_id)), url)


def record(session: Session, click: Click, now: datetime, *, robot: bool = False) -> None:
    """Write the click down, once a day for each link; nothing of somebody who was forgotten.

    `robot`: the request says itself that no person made it; a scanner's pace tells the others.
    A scanner's look must not stand in the way of the person's own click later that day.
    """
    send = session.get(SendRow, (click.ref.prospect_id, click.ref.send_id))
    person = session.get(ProspectRow, click.ref.prospect_id)
    if send is None or person is None or person.erased_at is not None:
        return
    link = hashlib.sha256(click.url.encode()).hexdigest()[:16]
    robot = robot or send.handed_over_at is None or now - send.handed_over_at < AT_ONCE
    robot = robot or _one_of_several(session, click, now)
    who = ":robot" if robot else ""
    fact = Fact(
        prospect_id=click.ref.prospect_id,
        kind=Kind.CLICK,
        happened_at=now,
        source=SOURCE,
        key=f"click:{send.id}:{link}:{now:%Y-%m-%d}{who}",
        body={"url": click.url, "send": str(send.id), "flow": send.flow, "template": send.template},
        suspect_robot=robot,
    )
    timeline.record(session, [fact], now)


def _one_of_several(session: Session, click: Click, now: datetime) -> bool:
    """Whether another link of the same mail was followed a moment ago."""
    lately = select(ActivityRow.body).where(
        ActivityRow.prospect_id == click.ref.prospect_id,
        ActivityRow.happened_at > now - TOGETHER,
        ActivityRow.kind == Kind.CLICK,
    )
    mail = str(click.ref.send_id)
    bodies = session.execute(lately).scalars()
    return any(body.get("send") == mail and body.get("url") != click.url for body in bodies)


def _leads_somewhere(url: object) -> bool:
    """Whether a browser can be sent there: what a prospect typed may have made an address that is none."""
    if not isinstance(url, str) or _NO_HEADER.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").encode("idna"), parts.port
        url.encode()
    except ValueError:  # UnicodeError is one
        return False
    return parts.scheme in ("http", "https") and bool(host)


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
