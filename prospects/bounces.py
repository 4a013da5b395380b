"""Whether a mail that came back tells of a mailbox that does not exist, from the words that came with it. Pure.

Hard is only what says that nobody can be reached there, now or later: the address, its domain, or that
whoever it belonged to has moved. What is said of this mail, of its sender or of today (full, blocked,
spam, policy, broken) is soft, whatever the first digit of its code.
"""

import re
from enum import StrEnum


class Bounce(StrEnum):
    """Hard: there is no such mailbox, and there will be none. Soft: this mail came back, another may not."""

    HARD = "hard"
    SOFT = "soft"


LONGEST = 8_000
"""Characters that are looked at; a server's answer is a few lines."""

# Enhanced codes of RFC 3463 and its registry that say what is asked here, whatever words stand beside them.
_HARD_CODES = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.4.4"})
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")


def judge(words: str, *, otherwise: Bounce) -> Bounce:
    """Hard or soft, from a server's answer and the codes in it; `otherwise` where it says neither."""
    text = " ".join(words[:LONGEST].lower().split())
    if _SOFT.search(text):
        return Bounce.SOFT
    if _HARD.search(text):
        return Bounce.HARD
    codes = {found[1] for found in _CODE.finditer(text)}
    if codes & _HARD_CODES:
        return Bounce.HARD
    return Bounce.SOFT if any(code.startswith("4.") for code in codes) else otherwise


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


# What is said of this mail, its sender or today. It goes first: servers put 5.1.1 before anything.
_SOFT = _any(
    r"mail ?box (?:is )?(?:over|full|temporar|busy|size|quota)", r"(?:over|exceed\w*)(?: \w+){0,3} quota",
    r"quota (?:exceeded|full)", r"is full", r"insufficient (?:disk|system|storage)", r"no space left",
    r"\bspam", r"blacklist", r"block(?:ed|list)", r"\brbl\b", r"dnsbl", r"reputation",
    r"polic(?:y|ies)", r"virus", r"rate limit", r"too many", r"too large", r"try again", r"try later",
    r"temporar", r"greylist", r"graylist", r"timed? ?out", r"relay", r"\bspf\b", r"\bdkim\b", r"\bdmarc\b",
)  # fmt: skip
_HARD = _any(
    r"user (?:is )?unknown", r"unknown (?:user|recipient|address|mailbox|local)", r"no such (?:user|recipient|mailbox|address|person|domain)",
    r"(?:does|do) ?(?:n't|not) exist", r"doesn't exist", r"not a valid (?:user|mailbox|recipient)", r"invalid (?:user|recipient|mailbox|address)",
    r"(?:user|recipient|mailbox|address)(?: \S+)? not found", r"no mailbox here", r"(?:domain|host)(?: \S+){0,3} not found", r"has moved",
)  # fmt: skip
