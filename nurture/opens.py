"""A picture of one dot tells that a letter was opened: only where its reader agreed to that, and worth nothing by itself."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from nurture.rows import SendRow
from nurture.sending import SendRef
from prospects import consents, groups, robots, timeline
from prospects.ids import ProspectId, SendId, parse_id
from prospects.kinds import Kind
from prospects.timeline import Fact

SALT = "open"
SOURCE = "nurture"
PATH = "/o/"
TOPIC = "tracking"
"""What somebody agrees to who lets us see when they open a mail; consent to the mail itself is another."""
BODY_ENDS = "</body>"


@dataclass(frozen=True, slots=True)
class Dot:
    """Which mail's picture was fetched."""

    ref: SendRef


def with_dot(html: str, ref: SendRef, *, secret: str, base_url: str) -> str:
    """The letter with the picture at its end."""
    token = _signer(secret).dumps([ref.prospect_id.hex, ref.send_id.hex])
    picture = f'<img src="{escape(f"{base_url}{PATH}{token}")}" width="1" height="1" alt="">'
    return before_end(html, picture)


def before_end(html: str, more: str) -> str:
    """The letter with something more at the end of its body."""
    at = html.lower().rfind(BODY_ENDS)
    return html + more if at < 0 else html[:at] + more + html[at:]


def dot_of(secret: str, token: str) -> Dot | None:
    """What a token says; None for one that we never made."""
    try:
        who, which = _signer(secret).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    prospect_id, send_id = parse_id(who), parse_id(which)
    if prospect_id is None or send_id is None:
        return None
    return Dot(SendRef(ProspectId(prospect_id), SendId(send_id)))


def record(session: Session, dot: Dot, now: datetime, *, robot: bool = False) -> None:
    """Write the opening down, once a day; nothing of who has not agreed, or not any more."""
    person = groups.lock(session, dot.ref.prospect_id)
    send = session.get(SendRow, (dot.ref.prospect_id, dot.ref.send_id))
    if person is None or person.erased_at is not None or send is None:
        return
    if not consents.agreed(session, ProspectId(person.id), TOPIC):
        return
    robot = robot or robots.is_too_soon(send.handed_over_at, now)
    fact = Fact(
        prospect_id=dot.ref.prospect_id,
        kind=Kind.OPEN,
        happened_at=now,
        source=SOURCE,
        key=f"open:{send.id}:{now:%Y-%m-%d}{':robot' if robot else ''}",
        body={"send": str(send.id), "flow": send.flow, "template": send.template},
        suspect_robot=robot,
    )
    timeline.record(session, [fact], now)


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
