"""Who is no reader: crawlers, scanners of mail gateways, previews and the proxies of mail programs. Pure.

A mark, never a deletion: what a robot did stays on record and counts for nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

SCANNERS = (
    "barracuda",
    "bitdefender",
    "cisco",
    "fireeye",
    "forcepoint",
    "ironport",
    "messagelabs",
    "mimecast",
    "office 365",
    "proofpoint",
    "safelinks",
    "sophos",
    "symantec",
    "trendmicro",
    "urldefense",
    "zscaler",
)
"""Words in the names that gateways give themselves, where they give any; most call themselves a browser."""
PEOPLES_PROXIES = ("googleimageproxy", "yahoomailproxy")
"""They fetch a picture when somebody opens the mail, and hide no more than who it was."""
NOT_TOLD = "http-library"
"""Tag of crawlers that are none by their name alone: a scanner behind one gives itself away by its speed."""
DRIVEN = "browser-automation"
"""Tag of browsers that a program drives."""
APPLES_PROXY = "Mozilla/5.0"
"""All that Apple's mail proxy says of itself; it opens every mail, read or not."""
NAVIGATE = "navigate"
PREFETCH = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers by which a browser says that nobody has asked for this page yet."""
AT_ONCE = timedelta(seconds=3)
"""Nobody reads a mail this soon after it left: scanners follow links before anybody sees them."""
BURST = timedelta(seconds=2)
"""Within this no reader follows two links of one mail."""
SWEEP = timedelta(seconds=10)
SWEPT = 3
"""Links of one mail within SWEEP that no reader follows: sandboxes visit every link within ten seconds."""
TRAPPED = timedelta(minutes=10)
"""Around a visit to the link that nobody sees, a mail's other clicks are the same robot's."""
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Followed:
    """One link of one mail that was followed; `trap` is the one nobody sees."""

    link: str
    at: datetime
    trap: bool = False


def is_robot(headers: Mapping[str, str], *, automated: bool = True) -> bool:
    """Whether a request (header names in lower case) says itself that no reader made it.

    Without `automated` a browser that a program drives is none yet: it may be a company's own.
    """
    purposes = " ".join(headers.get(each, "").lower() for each in PREFETCH)
    if "prefetch" in purposes or "preview" in purposes or "prerender" in purposes:
        return True
    agent = headers.get("user-agent", "").strip()[:LONGEST]
    lowered = agent.lower()
    if any(each in lowered for each in PEOPLES_PROXIES):
        return False
    told = any(each in lowered for each in SCANNERS)
    return told or agent == APPLES_PROXY or _crawlers(automated).search(agent) is not None


def is_fetched(headers: Mapping[str, str]) -> bool:
    """Whether a script or a picture asked for it: who follows a link goes somewhere."""
    return headers.get("sec-fetch-mode", NAVIGATE).lower() != NAVIGATE


def is_too_soon(left_at: datetime | None, now: datetime) -> bool:
    """Whether a mail that left then can hardly have been seen by anybody yet."""
    return left_at is None or now - left_at < AT_ONCE


def swept(followed: Sequence[Followed]) -> set[int]:
    """Which of a mail's clicks (by their place in the list) come too fast for a reader, or with a trap."""
    found: set[int] = set()
    for first in followed:
        near = [n for n, each in enumerate(followed) if abs(each.at - first.at) <= SWEEP]
        fast = [n for n in near if abs(followed[n].at - first.at) <= BURST]
        if len({followed[n].link for n in fast}) > 1:
            found.update(fast)
        if len({followed[n].link for n in near}) >= SWEPT:
            found.update(near)
        if first.trap:
            found.update(n for n, each in enumerate(followed) if abs(each.at - first.at) <= TRAPPED)
    return found


@cache
def _crawlers(automated: bool) -> re.Pattern[str]:
    left_out = {NOT_TOLD} if automated else {NOT_TOLD, DRIVEN}
    patterns = (
        each["pattern"]
        for each in CRAWLER_USER_AGENTS_DATA
        if left_out.isdisjoint(each.get("tags", ()))
    )
    return re.compile("|".join(f"(?:{each})" for each in patterns))
