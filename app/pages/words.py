"""What our closed vocabularies are called on pages, in words for people."""

import re

from prospects.bidi import LAST
from prospects.kinds import Verdict
from prospects.values import Lifecycle

LIFECYCLES: dict[Lifecycle, str] = {
    Lifecycle.INQUIRY: "new",
    Lifecycle.NURTURING: "in nurture",
    Lifecycle.WARM: "warm",
    Lifecycle.OFFERED: "offered to a rep",
    Lifecycle.WITH_A_REP: "with a rep",
    Lifecycle.CHECKED: "checked with the buyer",
    Lifecycle.WON: "won",
    Lifecycle.LOST: "lost",
    Lifecycle.RECYCLED: "back in nurture",
    Lifecycle.DISQUALIFIED: "not a buyer",
}

VERDICTS: dict[Verdict, str] = {
    Verdict.CONFIRMED: "As marketing says",
    Verdict.EARLIER: "Earlier",
    Verdict.LATER: "Further",
    Verdict.WRONG_PERSON: "Wrong person",
    Verdict.NOT_A_BUYER: "Not a buyer",
    Verdict.NOT_REACHED: "Not reached",
}

WHY: dict[Verdict, str] = {
    Verdict.CONFIRMED: "They said so themselves.",
    Verdict.EARLIER: "They are not that far yet.",
    Verdict.LATER: "They are already further.",
    Verdict.WRONG_PERSON: "Somebody else there decides.",
    Verdict.NOT_A_BUYER: "They will not buy; no mail, no call.",
}

CHANNELS = (
    ("call", "Call"),
    ("meeting", "Meeting"),
    ("video", "Video"),
    ("mail", "Mail"),
    ("chat", "Chat"),
)

STANCES = (
    ("", "Not known"),
    ("for", "For us"),
    ("neutral", "Neutral"),
    ("against", "Against us"),
)

DECLINES = (
    ("not_my_area", "Not my area"),
    ("no_time", "No time now"),
    ("bad_data", "The data is wrong"),
    ("conflict", "A conflict of interest"),
    ("already_known", "Somebody of us is on it already"),
)

LATER = (("1h", "In an hour"), ("4h", "In four hours"), ("morning", "Tomorrow at 9:00"))
"""How long an offer can be put off."""

CLOSED = {
    "won": "won",
    "lost": "lost",
    "recycled": "back in nurture",
    "disqualified": "not a buyer",
}
"""Handoffs that are over, by their state."""

FITS = {
    "A": "Just whom we look for",
    "B": "Close to whom we look for",
    "C": "Some way from whom we look for",
    "D": "Not whom we look for",
}
ZEAL = {"1": "strong", "2": "clear", "3": "some", "4": "few"}
"""How much interest their acts show; nothing of when, for a first act of a minute ago is little as well."""
UNNAMED = re.compile(r"^(linkedin|meta)\.consent\.")
"""The topic of a platform's tick that no `map` gives a name."""
_TOPICS = {"*": "all mail", "profiling": "being profiled"}
ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "।")


def grade(mark: str | None) -> str:
    """A grade such as B2 in one sentence."""
    if not mark or len(mark) != 2 or mark[0] not in FITS:
        return ""
    return f"{FITS[mark[0]]}, {ZEAL.get(mark[1], ZEAL['4'])} signs of interest."


def likely(share: float) -> str:
    """A calibrated probability as people say it."""
    return f"Of 100 leads like this one, {of_hundred(share)} prove warm."


def percent(share: float | None) -> str | None:
    """A calibrated probability in a figure; None where there is none to show."""
    return None if share is None else f"{round(share * 100)} %"


def unbroken(share: float) -> str:
    """A share in a figure that no line ends in: 59 %."""
    return f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def of_hundred(share: float) -> str:
    """A share of a hundred in words: `about 34`, and never none or all of them."""
    many = round(share * 100)
    if many < 1:
        return "fewer than 1"
    return "more than 99" if many > 99 else f"about {many}"


def lifecycle(value: str) -> str:
    """Our side's place with a person."""
    return LIFECYCLES[Lifecycle(value)]


def verdict(value: str) -> str:
    """A rep's verdict."""
    return VERDICTS[Verdict(value)]


def topic(slug: str, text: str | None) -> str:
    """What somebody agreed to: the topic's name, or where a form's tick has none, what stood beside it."""
    if slug in _TOPICS:
        return _TOPICS[slug]
    unnamed = UNNAMED.search(slug)
    return (text or "a tick in a form") if unnamed else slug


def sentence(text: str) -> str:
    """What somebody typed, or routing wrote down, as a sentence of its own: with one end."""
    plain = " ".join(text.split())
    closed = plain.rstrip(LAST).endswith(ENDS)
    return f"{plain[:1].upper()}{plain[1:]}{'' if closed else '.'}" if plain else ""


def several(count: int, one: str, many: str) -> str:
    """`1 lead`, `3 leads`."""
    return f"{count} {one if count == 1 else many}"
