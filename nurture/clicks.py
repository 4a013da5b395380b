"""Links in a letter lead by way of us: signed, so that nobody can make one that leads elsewhere."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from nurture.opens import before_end
from nurture.rows import SendRow
from nurture.sending import SendRef
from prospects import groups, outbox, robots, timeline
from prospects.ids import ActivityId, ProspectId, SendId, parse_id
from prospects.kinds import Kind
from prospects.robots import Followed
from prospects.rows import ActivityRow
from prospects.timeline import Fact
from prospects.topics import Topic

SALT = "click"
SOURCE = "nurture"
PATH = "/c/"
A_DAY = timedelta(days=1)
"""A link that is followed several times within it is one click."""
TRAP = ""
"""Where the link leads that no reader sees: nowhere."""
HIDDEN = 'style="display:none" tabindex="-1" aria-hidden="true"'
_NO_HEADER = re.compile(r"[\x00-\x1f\x7f]")
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")(https?://[^"]+)(")', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Click:
    """Which link of which mail."""

    ref: SendRef
    url: str


def led_by_us(html: str, ref: SendRef, *, secret: str, base_url: str) -> str:
    """The letter with every link of its own leading by `base_url`; what leads to us stays as it is.

    Where there is such a link, one more is hidden at the end, which only robots follow.
    """

    def by_us(link: re.Match[str]) -> str:
        url = unescape(link[2])
        if url.startswith(f"{base_url}/") or not _leads_somewhere(url):
            return link[0]
        token = _signer(secret).dumps([ref.prospect_id.hex, ref.send_id.hex, url])
        return f"{link[1]}{escape(f'{base_url}{PATH}{token}')}{link[3]}"

    token = _signer(secret).dumps([ref.prospect_id.hex, ref.send_id.hex, TRAP])
    led = _LINK.sub(by_us, html)
    if led == html:
        return html
    trap = f'<a href="{escape(f"{base_url}{PATH}{token}")}" {HIDDEN}></a>'
    return before_end(led, trap)


def click_of(secret: str, token: str) -> Click | None:
    """What a token says; None for one that we never made."""
    try:
        who, which, url = _signer(secret).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    prospect_id, send_id = parse_id(who), parse_id(which)
    if prospect_id is None or send_id is None or not (url == TRAP or _leads_somewhere(url)):
        return None
    return Click(SendRef(ProspectId(prospect_id), SendId(send_id)), url)


def record(session: Session, click: Click, now: datetime, *, robot: bool = False) -> bool:
    """Write the click down, once a day for each link; nothing of somebody who was forgotten.

    `robot`: the request says itself that no person made it; its pace tells the others, and marks
    what was taken for a person's a moment before. Returns whether a person may have made it.
    A scanner's look must not stand in the way of the person's own click later that day.
    """
    # Clicks of one mail at the same instant wait for each other, so that each sees the others.
    person = groups.lock(session, click.ref.prospect_id)
    send = session.get(SendRow, (click.ref.prospect_id, click.ref.send_id))
    if send is None or person is None or person.erased_at is not None:
        return False
    lately = _followed_lately(session, click.ref, now)
    followed = [
        Followed(link_of(each.body), each.happened_at, _is_trap(each.body)) for each in lately
    ]
    swept = robots.swept([*followed, Followed(click.url, now, click.url == TRAP)])
    robot = robot or len(lately) in swept or robots.is_too_soon(send.handed_over_at, now)
    timeline.suspect(
        session,
        click.ref.prospect_id,
        [ActivityId(each.id) for n, each in enumerate(lately) if n in swept],
        now,
    )
    fact = _fact(click, send, now, robot=robot, again=_swallowed(lately, click, swept))
    news = timeline.record(session, [fact], now, ring=False)
    if not robot:
        # By then a scanner that looks like a person has followed the next link.
        outbox.post(session, Topic.REACT, news, now, due_at=now + robots.BURST)
    return not robot


def _fact(click: Click, send: SendRow, now: datetime, *, robot: bool, again: bool) -> Fact:
    link = hashlib.sha256(click.url.encode()).hexdigest()[:16]
    which = ":robot" if robot else f":{now:%H%M%S}" if again else ""
    where = {"trap": True} if click.url == TRAP else {"url": click.url}
    return Fact(
        prospect_id=click.ref.prospect_id,
        kind=Kind.CLICK,
        happened_at=now,
        source=SOURCE,
        key=f"click:{send.id}:{link}:{now:%Y-%m-%d}{which}",
        body={**where, "send": str(send.id), "flow": send.flow, "template": send.template},
        suspect_robot=robot,
    )


def _followed_lately(session: Session, ref: SendRef, now: datetime) -> list[ActivityRow]:
    """This mail's clicks, for as long as one of them may stand in another's way."""
    query = select(ActivityRow).where(
        ActivityRow.prospect_id == ref.prospect_id,
        ActivityRow.happened_at > now - A_DAY,
        ActivityRow.kind == Kind.CLICK,
    )
    mail = str(ref.send_id)
    return [each for each in session.execute(query).scalars() if each.body.get("send") == mail]


def _swallowed(lately: Sequence[ActivityRow], click: Click, swept: Collection[int]) -> bool:
    """Whether a click that was taken for a person's stands where this one would be written."""
    return any(
        link_of(each.body) == click.url and (each.suspect_robot or n in swept)
        for n, each in enumerate(lately)
    )


def link_of(body: Mapping[str, Any]) -> str:
    """Which link of its mail a click followed."""
    return str(body.get("url", TRAP))


def _is_trap(body: Mapping[str, Any]) -> bool:
    return bool(body.get("trap"))


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
