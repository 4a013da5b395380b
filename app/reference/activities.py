"""The closed list of activity kinds: what each means, and who may tell of it."""

from collections.abc import Mapping

from app.reference.tables import table
from prospects.kinds import ANNOUNCED, OF_INTEREST, OUTSIDE, Kind

MEANINGS: Mapping[Kind, str] = {
    Kind.FORM: "a form was sent, on a site or an ad platform; a lead is one of these",
    Kind.PAGE_VIEW: "a page was looked at",
    Kind.CLICK: "a link in a mail of ours was followed",
    Kind.OPEN: "a mail of ours was opened, as far as that can be known",
    Kind.REPLY: "a mail of ours was answered",
    Kind.DOWNLOAD: "a paper was fetched",
    Kind.WEBINAR: "a webinar was attended",
    Kind.EVENT: "a fair or another event was visited",
    Kind.CHAT: "they chatted with us",
    Kind.CALL: "they and we were on the phone",
    Kind.MEETING: "they and we met, or they booked a meeting",
    Kind.MEETING_CHANGED: "a booked meeting was moved or canceled, as `change` says",
    Kind.TRIAL: "a trial was begun or used",
    Kind.PURCHASE: "something was bought",
    Kind.AD_CLICK: "an ad was clicked",
    Kind.CUSTOM: "something of your own was done; its name is `event`",
    Kind.CONSENT: "consent to mail on a topic was given or taken back",
    Kind.UNSUBSCRIBED: "they want no more mail on a topic, or none at all",
    Kind.IDENTIFIED: "a site or program told who they are",
    Kind.MAIL_SENT: "a mail of a flow was handed over",
    Kind.DELIVERED: "a mail reached their mailbox",
    Kind.DEFERRED: "a mail has to wait at their server, which is asked again",
    Kind.BOUNCED: "a mail came back: `bounce` is `hard` or `soft`",
    Kind.COMPLAINED: "a mail was called spam",
    Kind.AUTO_REPLY: "their mailbox answered by itself: `says` is `away` (with `until`), `left` or `received`",
    Kind.ENTERED_FLOW: "they entered a flow",
    Kind.LEFT_FLOW: "they left a flow, with the reason",
    Kind.SET: "a flow set a field or a tag",
    Kind.OFFERED: "the lead was offered to a rep",
    Kind.ACCEPTED: "a rep took the lead",
    Kind.DECLINED: "a rep passed the lead on, with the reason",
    Kind.OFFER_EXPIRED: "an offer ran out before it was taken",
    Kind.CONTACT_ATTEMPT: "a rep tried to reach them",
    Kind.FINDING_LATE: "a rep took the lead, and by the day has not said what they found",
    Kind.VERDICT: "a rep talked to them and said what they found",
    Kind.PROMISE: "a rep promised them something by a day",
    Kind.PROMISE_MISSED: "the day of a promise came, and it was not kept",
    Kind.OUTCOME: "the deal was won or lost",
    Kind.NOTE: "somebody wrote a note",
    Kind.TRANSFER_PROPOSED: "a won customer was proposed to somebody of the account team",
    Kind.TRANSFERRED: "the account team took the customer",
    Kind.WRITTEN_UP: "the desk wrote something up about them",
    Kind.EXPLORED: "they were drawn by chance to be asked, so that scoring learns; with the probability",
    Kind.DEAL: "what a CRM says became of a deal: open, won, lost or gone",
    Kind.WITHDRAWN: "the platform took the lead back",
}
OPENING = """# Kinds of activities

The list is closed: a source or program that names another kind is told so.
Only what the buyer did can make somebody warm.
"""


def page() -> str:
    """All kinds in the order of the code."""
    rows = [[f"`{kind}`", MEANINGS[kind], _who(kind), _warms(kind), _told(kind)] for kind in Kind]
    head = ["kind", "what happened", "told by", "can warm", "told to programs"]
    return OPENING + "\n" + table(head, rows)


def _who(kind: Kind) -> str:
    return "sources, programs" if kind in OUTSIDE else "Warmline itself"


def _warms(kind: Kind) -> str:
    return "yes" if kind in OF_INTEREST else ""


def _told(kind: Kind) -> str:
    return "yes" if kind in ANNOUNCED else ""
