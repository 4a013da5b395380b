"""Words for what goes out: what each event and step is, and how a place is doing."""

from collections.abc import Mapping
from datetime import datetime

from app.pages.views import Tone
from app.pages.words import several
from webhooks.call_rows import CallState
from webhooks.conversion_rows import ConversionState
from webhooks.crm_report import Asked
from webhooks.destinations import DestinationKind, Milestone, Reading
from webhooks.endpoints import Endpoint
from webhooks.events import Event

EVENTS: Mapping[Event, str] = {
    Event.STAGE_CLAIMED: "marketing claims another buying stage",
    Event.WARMED: "somebody has grown warm",
    Event.OFFERED: "a lead is offered to a rep",
    Event.ACCEPTED: "the rep took it",
    Event.DECLINED: "the rep passed it on",
    Event.EXPIRED: "an offer ran out",
    Event.OVERDUE: "a rep has not said by the day what they found",
    Event.CONFIRMED: "a rep said what they found",
    Event.WON: "a lead was won",
    Event.LOST: "a lead was lost",
    Event.RECYCLED: "a lead is back in nurture",
    Event.PROMISE_MISSED: "a promise was not kept by its day",
    Event.BOUNCED: "a mail came back",
    Event.CONSENT_CHANGED: "somebody agreed to a topic, or took it back",
}
STEPS: Mapping[Milestone, str] = {
    Milestone.LEAD: "Came in",
    Milestone.WARM: "Grew warm",
    Milestone.ACCEPTED: "Taken by a rep",
    Milestone.CONFIRMED: "Found as claimed",
    Milestone.EARLIER: "Found earlier",
    Milestone.LATER: "Found later",
    Milestone.WRONG_PERSON: "Wrong person",
    Milestone.NOT_A_BUYER: "Not a buyer",
    Milestone.WON: "Won",
    Milestone.LOST: "Lost",
}
KINDS: Mapping[DestinationKind, str] = {
    DestinationKind.META: "Meta",
    DestinationKind.GOOGLE: "Google",
    DestinationKind.LINKEDIN: "LinkedIn",
    DestinationKind.TIKTOK: "TikTok",
    DestinationKind.SLACK: "Slack",
    DestinationKind.TEAMS: "Teams",
    DestinationKind.HUBSPOT: "HubSpot",
    DestinationKind.SALESFORCE: "Salesforce",
    DestinationKind.HTTP_JSON: "Lookup",
}
READS: Mapping[Reading, str] = {
    Reading.OWNERS: "owners",
    Reading.CUSTOMERS: "customers",
    Reading.DEALS: "deals",
    Reading.DO_NOT_CONTACT: "who must not be mailed",
}
CALLS: Mapping[CallState, tuple[str, Tone]] = {
    CallState.WAITING: ("being told", Tone.SOON),
    CallState.DELIVERED: ("told", Tone.GOOD),
    CallState.DEAD: ("given up", Tone.BAD),
}
CONVERSIONS: Mapping[ConversionState, tuple[str, Tone]] = {
    ConversionState.WAITING: ("being told", Tone.SOON),
    ConversionState.ACCEPTED: ("taken", Tone.GOOD),
    ConversionState.REFUSED: ("refused", Tone.BAD),
    ConversionState.WITHHELD: ("not told", Tone.PLAIN),
    ConversionState.REHEARSED: ("rehearsed", Tone.PLAIN),
}


def asked(seen: Asked) -> str:
    """How a CRM is asked, and what to do where it is not well."""
    if not seen.reads:
        return "It is asked nothing: write `reads` in destinations.yaml to have it asked."
    what = ", ".join(READS[each] for each in seen.reads)
    if seen.trouble:
        return f"Asked for {what}. The last time it failed: {seen.trouble}. It is tried again."
    if seen.at is None:
        return f"Asked for {what}. The first look is under way."
    return f"Asked for {what}, and it answers."


def doing(
    endpoint: Endpoint,
    now: datetime,
    *,
    active: bool,
    reason: str | None = None,
    dry_run: bool = False,
    asked: bool = False,
) -> tuple[str, Tone, str]:
    """A word, its colour, and a sentence with what to do next; `asked`: it is told nothing, only asked."""
    verb = "asked" if asked else "told"
    if not active:
        why = f": {reason}" if reason else ""
        return "switched off", Tone.BAD if reason else Tone.PLAIN, f"It is {verb} nothing{why}."
    if endpoint.is_shut(now):
        words = "It failed again and again, so it is left alone for a while. Nothing is lost."
        return "left alone", Tone.BAD, f"{words} Last: {endpoint.reason}."
    if endpoint.failures:
        times = several(endpoint.failures, "time", "times")
        return "failing", Tone.SOON, f"It failed {times} in a row. Last: {endpoint.reason}."
    if dry_run:
        return "rehearsing", Tone.PLAIN, "Everything is checked and written down; nothing is sent."
    if endpoint.told_at is None:
        return "waiting", Tone.PLAIN, f"It was {verb} nothing yet."
    return "well", Tone.GOOD, "It answers." if asked else "It takes what it is told."
