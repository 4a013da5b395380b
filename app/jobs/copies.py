"""The topic `copy`: a copy of a rep's own mail, which came in by mail, goes to the lead it was addressed to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from email.utils import parseaddr

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import capture_address
from app.settings import Settings
from prospects import team
from prospects.ids import HandoffId, ProspectId, parse_id
from prospects.values import HandoffRef
from routing import captured_mail
from routing.captured_mail import Copy
from routing.refusals import NotAcceptedError, NotYoursError
from routing.rows import HandoffRow
from webhooks import ingest
from webhooks.fed_back import Copied
from webhooks.rows import CaptureRow, CaptureState

NO_LEAD = "no lead has this address"
NOBODY_HERE = "nobody who works here wrote it"


def keep(
    session: Session, refs: Sequence[str], now: datetime, settings: Settings
) -> Collection[str]:
    """Write these copies down as tries to reach the buyer; a capture that is none says why."""
    for ref in refs:
        capture = session.get(CaptureRow, parse_id(ref))
        item = capture and ingest.item_of(session, capture, secret=settings.secret_key)
        if capture is None or not isinstance(item, Copied):
            continue
        found = _kept(session, item, now, settings)
        if isinstance(found, str):
            capture.state, capture.reason = CaptureState.QUARANTINED, found
        else:
            capture.prospect_id = found
    return ()


def _kept(session: Session, item: Copied, now: datetime, settings: Settings) -> ProspectId | str:
    """Whose history it is in now; or why in nobody's."""
    domain, secret = settings.capture_domain, settings.secret_key
    handoff = capture_address.handoff_of(item.to, secret=secret, domain=domain) if domain else None
    ref = _lead(session, handoff) if handoff else None
    if ref is None:
        return NO_LEAD
    author = team.by_email(session, parseaddr(item.sender)[1])
    if author is None or not author.active:
        return NOBODY_HERE
    copy = Copy(message_id=item.key, subject=item.subject, text=item.text, at=item.at)
    try:
        captured_mail.keep(session, ref, author, copy, now)
    except (NotYoursError, NotAcceptedError):
        return NO_LEAD
    return ref.prospect_id


def _lead(session: Session, handoff: HandoffId) -> HandoffRef | None:
    query = select(HandoffRow.prospect_id).where(HandoffRow.id == handoff)
    who = session.execute(query).scalar_one_or_none()
    return HandoffRef(ProspectId(who), handoff) if who else None
