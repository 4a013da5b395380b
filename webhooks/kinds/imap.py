"""`imap`: mails of a mailbox that we look into every minute; nobody posts them here. Pure."""

from datetime import datetime

from webhooks.adapter import Adapter, Incoming, Item, Posted, Refused, Verified
from webhooks.inbound import understand
from webhooks.mail_made import read_mail
from webhooks.sources import Source


def verify(_request: Incoming, _source: Source, _now: datetime) -> Verified | Refused:
    """A mailbox is read, never posted to."""
    return Refused(404, "there is no such source")


def parse(posted: Posted, _source: Source) -> list[Item]:
    """One mail, as it lay in the mailbox."""
    return understand(read_mail(posted.body), posted.received_at)


ADAPTER = Adapter(verify=verify, parse=parse)
