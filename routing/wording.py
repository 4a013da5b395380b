"""What happened, in words a salesperson reads: one short line for each activity. Pure."""

from collections.abc import Mapping
from typing import Any

from prospects.bidi import isolated
from prospects.kinds import Kind
from prospects.mail_names import UNPROVED
from prospects.values import Activity

LONGEST = 160
"""Characters of what somebody typed that a line shows; the rest is on the history page."""

BY_ADDRESS = " (known by the address alone)"
"""Anybody can write an address as the sender of a mail."""

# What was done, and the keys of the body that say with what; the first that is there is named.
_LINES: dict[Kind, tuple[str, tuple[str, ...]]] = {
    Kind.FORM: ("Sent the form", ("form", "form_name", "campaign")),
    Kind.PAGE_VIEW: ("Looked at", ("title", "page", "url")),
    Kind.CLICK: ("Followed a link in our mail", ("link", "url", "template")),
    Kind.OPEN: ("Opened our mail", ("template", "subject")),
    Kind.REPLY: ("Answered our mail", ("subject",)),
    Kind.DOWNLOAD: ("Downloaded", ("title", "file", "content")),
    Kind.WEBINAR: ("Took part in a webinar", ("title", "name", "webinar")),
    Kind.EVENT: ("Came to an event", ("title", "name", "event")),
    Kind.CHAT: ("Chatted with us", ("topic", "subject")),
    Kind.CALL: ("Was on a call with us", ("topic", "subject", "outcome")),
    Kind.MEETING: ("Met us", ("title", "topic", "name")),
    Kind.MEETING_CHANGED: ("Their meeting was", ("change",)),
    Kind.TRIAL: ("Tried the product", ("step", "name", "product")),
    Kind.PURCHASE: ("Bought", ("product", "title", "name")),
    Kind.AD_CLICK: ("Came from an advertisement", ("campaign", "ad", "source")),
    Kind.CUSTOM: ("Did", ("event", "name")),
    Kind.CONSENT: ("Agreed to hear from us", ("topic",)),
    Kind.UNSUBSCRIBED: ("Unsubscribed", ("topic",)),
    Kind.IDENTIFIED: ("Was named by a site or program", ("group",)),
    Kind.MAIL_SENT: ("Was sent our mail", ("template", "subject")),
    Kind.DELIVERED: ("Our mail arrived", ("template", "subject")),
    Kind.DEFERRED: ("Our mail has to wait at their server", ("reason",)),
    Kind.BOUNCED: ("Our mail came back", ("template", "reason")),
    Kind.COMPLAINED: ("Called our mail spam", ("template",)),
    Kind.AUTO_REPLY: ("Their mailbox answered by itself", ("says",)),
    Kind.ENTERED_FLOW: ("Entered the flow", ("flow",)),
    Kind.LEFT_FLOW: ("Left the flow", ("flow",)),
    Kind.SET: ("Was noted by a flow", ("tag", "field")),
    Kind.OFFERED: ("Was offered to a rep", ("lane",)),
    Kind.ACCEPTED: ("A rep took the lead", ()),
    Kind.DECLINED: ("A rep passed the lead on", ("reason",)),
    Kind.OFFER_EXPIRED: ("A rep let the offer pass", ()),
    Kind.CONTACT_ATTEMPT: ("A rep tried to reach them", ("channel",)),
    Kind.FINDING_LATE: ("What was found is not said yet", ()),
    Kind.VERDICT: ("A rep talked to them", ("verdict",)),
    Kind.PROMISE: ("Was promised", ("what",)),
    Kind.PROMISE_MISSED: ("A promise was not kept by its day", ()),
    Kind.OUTCOME: ("It ended", ("result",)),
    Kind.NOTE: ("Note", ("text", "note")),
    Kind.DEAL: ("A deal in the CRM", ("state", "name")),
    Kind.WITHDRAWN: ("Took something back", ("reason",)),
    Kind.TRANSFER_PROPOSED: ("Was put to the account team", ()),
    Kind.TRANSFERRED: ("Is with the account team", ()),
    Kind.WRITTEN_UP: ("The desk wrote up", ("what",)),
    Kind.EXPLORED: ("Was drawn to be asked, to learn from", ()),
}


def line(activity: Activity) -> str:
    """The activity as one line, such as "Sent the form: demo"."""
    if activity.kind is Kind.AUTO_REPLY:
        return _by_itself(activity.body)
    done, keys = _LINES[activity.kind]
    if activity.kind is Kind.CONSENT and "given" in activity.body:
        may = activity.body["given"]
        return "May be profiled again" if may else "Does not want to be profiled"
    if activity.kind is Kind.MEETING and activity.body.get("starts_at"):
        done = "Booked a meeting with us"
    if activity.body.get(UNPROVED):
        done += BY_ADDRESS
    named = next((activity.body[key] for key in keys if activity.body.get(key)), None)
    return f"{done}: {isolated(short(named))}" if named is not None else done


def _by_itself(body: Mapping[str, Any]) -> str:
    """What a mailbox says of whom it belongs to."""
    until = f" until {body['until']}" if body.get("until") else ""
    match body.get("says"):
        case "away":
            return f"Their mailbox says that they are away{until}"
        case "left":
            return "Their mailbox says that they have left"
        case _:
            return "Their mailbox answered by itself"


def short(text: object) -> str:
    """At most 160 characters on one line, with an ellipsis where something is missing."""
    flat = " ".join(str(text).split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
