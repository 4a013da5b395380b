"""Whether a mail that came back tells of a mailbox that does not exist, from the words that came with it. Pure.

Hard is only what says that nobody can be reached there, now or later: the address, its domain, or that
whoever it belonged to has moved. What is said of this mail, of its sender or of today (full, blocked,
spam, policy, broken) is soft, whatever the first digit of its code.
"""

import re
from enum import StrEnum
from typing import TypeVar


class Bounce(StrEnum):
    """Hard: there is no such mailbox, and there will be none. Soft: this mail came back, another may not."""

    HARD = "hard"
    SOFT = "soft"


OrNothing = TypeVar("OrNothing", Bounce, None)
LONGEST = 8_000
"""Characters that are looked at; a server's answer is a few lines."""

# Enhanced codes of RFC 3463 and its registry that say what is asked here, whatever words stand beside them.
_HARD_CODES = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.4.4"})
_SOFT_CODES = ("4.", "5.2.2", "5.2.3", "5.7.")
"""Codes of today, of size and of policy (RFC 3463): whatever words stand beside them, another mail may arrive."""
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")


def judge(words: str, *, otherwise: OrNothing) -> Bounce | OrNothing:
    """Hard or soft, from a server's answer and the codes in it; `otherwise` where it says neither."""
    text = " ".join(words[:LONGEST].lower().split())
    if _SURE.search(text):
        return Bounce.HARD
    if _SOFT.search(text):
        return Bounce.SOFT
    codes = {found[1] for found in _CODE.finditer(text)}
    if any(code.startswith(_SOFT_CODES) for code in codes):
        return Bounce.SOFT
    if _HARD.search(text):
        return Bounce.HARD
    if codes & _HARD_CODES:
        return Bounce.HARD
    return otherwise


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


# What is said of this mail, its sender or today. It goes first: servers put 5.1.1 before anything.
_SOFT = _any(
    r"mail ?box (?:is )?(?:over|full|temporar|busy|size|quota|disabled|inactive)", r"(?:over|exceed\w*)(?: \w+){0,3} quota",
    r"quota (?:exceeded|full)", r"(?:is|was) full", r"insufficient (?:disk|system|storage)", r"no space left", r"disk quota",
    r"\bspam", r"blacklist", r"block(?:ed|list)", r"\brbl\b", r"dnsbl", r"reputation", r"\bban(?:ned)?\b",
    r"polic(?:y|ies)", r"virus", r"rate limit", r"too many", r"too (?:large|big)", r"exceeds? (?:the )?(?:size|maximum)", r"try (?:again|sending) (?:later|in|it)", r"try later",
    r"temporar", r"gr[ae]ylist", r"timed? ?out", r"relay(?:ing)? (?:not|denied|access|prohibited)|(?:unable|not \w+) to relay|relaying",
    r"\bspf\b", r"\bdkim\b", r"\bdmarc\b", r"reverse dns|\bptr\b", r"malformed or unexpected name server reply",
    r"sender(?:'s)? (?:e?-?mail )?(?:address |domain )?(?:rejected|denied|verif|is not|must|does|invalid|unknown)", r"domain of sender", r"\b5\.1\.[78]\b",
    r"suspend", r"\b(?:helo|ehlo)\b", r"(?:account|mailbox)(?: \S+){0,7} is (?:disabled|inactive)", r"\bsyntax\b", r"loop",
    # The server took the recipient, and then would not have the mail: mailboxes that filter answer so.
    r"in reply to (?:the )?end of data", r"in reply to data", r"after (?:end of )?data", r"smtp command ?data\b",
    r"550:? ?: user unknown", r"550[ -]'?unknown user \S+@\S*docomo",
)  # fmt: skip
_SURE = _any(
    r"recipient address rejected: access denied", r"no smtp service", r"does ?n[o']t accept (?:e-?)?mail", r"user(?: is)? suspended permanently",
)  # fmt: skip
"""So much said of the address itself that nothing beside it counts."""
_HARD = _any(
    r"(?:user|recipient|mailbox|address|host|domain)(?: name)? (?:is )?(?:unknown|not known)", r"unknown (?:user|recipient|address|mailbox|local|host|domain|account|e-?mail)",
    r"no such (?:user|recipient|mailbox|address|person|domain|host|account|local)", r"(?:does|do|did) ?(?:n't|not) exist", r"\bnot exist", r"doesn't exist",
    r"not an? (?:valid|known|active) (?:user|mailbox|recipient|address|account)", r"invalid (?:user|recipient|mailbox|address|final delivery userid|account)",
    r"(?:user|recipient|mailbox|address|account)(?: \S+)? (?:(?:was|is|could ?n.t be|couldn't be) )?not (?:been )?found", r"address couldn't be found", r"couldn't be found",
    r"mailbox here", r"no mailbox", r"(?:domain|host)(?: \S+){0,3} not found", r"not found in (?:the )?(?:directory|domino)", r"has moved",
    r"is ?n[o']t recogni[sz]ed", r"not listed in", r"no valid recipients?", r"delivery error: dd", r"no longer (?:with|works?|exist|valid|in use|available)",
    r"check (?:if|that|whether) (?:the )?address is correct", r"unrouteable (?:address|mail domain)", r"name or service not known", r"no mx", r"dns.{0,20}(?:nxdomain|no such)", r"not our customer", r"user unknown", r"recipient unknown",
    r"見つかりません", r"リストにありません", r"存在しません", r"неизвестн\w+ пользовател", r"пользователь не найден",
)  # fmt: skip
