"""Reasons in plain sentences: what a buyer did and when, what a rep found, what made a person warm. Pure.

A reason is kept with the belief it explains, so its date is a date: "2 days ago" would be wrong
tomorrow. `ago` puts the distance beside it where a page knows the present. What stands in a
sentence may have been typed by a stranger: show it escaped.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from prospects.kinds import Kind, Verdict
from prospects.values import Activity, Reason

LONGEST_NAME = 60

_DID = {
    Kind.FORM: ("Sent the form “{}”", "Sent a form", ("form",)),
    Kind.PAGE_VIEW: ("Looked at {}", "Looked at our pages", ("page",)),
    Kind.CLICK: ("Clicked a link in the mail “{}”", "Clicked a link in a mail", ("template",)),
    Kind.OPEN: ("Opened the mail “{}”", "Opened a mail", ("template",)),
    Kind.REPLY: ("Replied to the mail “{}”", "Replied to a mail", ("template",)),
    Kind.DOWNLOAD: ("Downloaded “{}”", "Downloaded something", ("name", "title", "file")),
    Kind.WEBINAR: ("Took part in the webinar “{}”", "Took part in a webinar", ("name", "title")),
    Kind.EVENT: ("Came to “{}”", "Came to an event", ("name", "title")),
    Kind.CHAT: ("Chatted with us about {}", "Chatted with us", ("topic",)),
    Kind.CALL: ("Talked with us on the phone about {}", "Talked with us on the phone", ("topic",)),
    Kind.MEETING: ("Made an appointment: “{}”", "Made an appointment", ("name", "title")),
    Kind.TRIAL: ("Started a trial of {}", "Started a trial", ("product", "name")),
    Kind.PURCHASE: ("Bought {}", "Bought from us", ("product", "name")),
    Kind.AD_CLICK: ("Clicked the ad “{}”", "Clicked an ad", ("ad", "campaign")),
    Kind.CUSTOM: ("Did “{}”", "Did something", ("event",)),
}

_FOUND = {
    Verdict.CONFIRMED: "A rep confirmed {stage} with the buyer",
    Verdict.LATER: "A rep found the buyer at {stage}, further than we claimed",
    Verdict.EARLIER: "A rep found the buyer at {stage}, not as far as we claimed",
    Verdict.WRONG_PERSON: "A rep found that this is the wrong person",
    Verdict.NOT_A_BUYER: "A rep found that this is not a buyer",
    Verdict.NOT_REACHED: "A rep did not reach the buyer",
}


def did(acts: Sequence[Activity], text: str | None = None) -> str:
    """What the buyer did, how often and when last; `acts` are in order of time and at least one.

    `text` is the marketer's wording for it.
    """
    last = acts[-1]
    named = text or _named(acts)
    if len(acts) == 1:
        return f"{named} on {day(last.happened_at)}"
    return f"{named} {len(acts)} times, last on {day(last.happened_at)}"


def found(verdict: Verdict, stage: str | None, at: datetime) -> str:
    """What a rep found; `stage` is the stage's name for people."""
    return f"{_FOUND[verdict].format(stage=stage or 'another stage')} on {day(at)}"


def day(at: datetime) -> str:
    """A date as people write it, in UTC: 3 March 2026."""
    return f"{at.day} {_MONTHS[at.month]} {at.year}"


def ago(then: datetime, now: datetime) -> str:
    """How long ago in one round figure: just now, 20 minutes ago, 2 days ago, 3 months ago."""
    passed = max(now - then, timedelta())
    for name, length in _UNITS:
        if (count := passed // length) > 0:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def strongest(reasons: Sequence[Reason], *, up: int = 3, down: int = 2) -> list[Reason]:
    """The reasons worth a line in a brief: the `up` that add most, then the `down` that take most away."""
    ordered = sorted(reasons, key=lambda reason: (-reason.value, reason.term))
    raising = [reason for reason in ordered if reason.value >= _WORTH_A_LINE]
    lowering = [reason for reason in reversed(ordered) if reason.value <= -_WORTH_A_LINE]
    return raising[:up] + lowering[:down]


def sentences(reasons: Sequence[Reason]) -> list[str]:
    """The strongest reasons with their share: "Sent the form “demo” on 1 March 2026 (+25)"."""
    return [f"{reason.text} ({reason.value:+.0f})" for reason in strongest(reasons)]


_MONTHS = (
    *("", "January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WORTH_A_LINE = 0.5
_UNITS = (
    ("year", timedelta(days=365)),
    ("month", timedelta(days=30)),
    ("week", timedelta(weeks=1)),
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)


def _named(acts: Sequence[Activity]) -> str:
    kind = acts[-1].kind
    with_name, without, keys = _DID.get(kind, ("{}", str(kind).replace("_", " "), ()))
    names = {_name(act.body, keys) for act in acts}
    name = names.pop() if len(names) == 1 else None
    return with_name.format(name) if name else without


def _name(body: Mapping[str, Any], keys: Sequence[str]) -> str | None:
    for key in keys:
        value = body.get(key)
        if isinstance(value, str) and (name := one_line(value[:500])):
            return name
    return None


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """What a stranger typed as a part of a sentence: printable, on one line, at most 60 characters."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= LONGEST_NAME else f"{flat[: LONGEST_NAME - 1]}…"
