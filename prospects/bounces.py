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
_HARD_CODES = frozenset(
    {"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.4.4", "5.7.17", "5.7.18"}
)
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
    if any(code.startswith(_SOFT_CODES) for code in codes - _HARD_CODES):
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
    # A reply that begins with 4 (RFC 5321, 4.2.1) is of today, whatever it says beside that.
    r"(?:^|said:|answered:|responded:|response:|error:|smtp;|> ?:)[\s<>.,;:\"'(]{0,4}4[2-7]\d[ -]",
    r"mail ?box (?:is )?(?:over|full|temporar|busy|size|quota|disabled|inactive)", r"(?:over|exceed\w*)(?: \w+){0,3} quota",
    r"quota (?:exceeded|full)", r"(?:is|was) full", r"insufficient (?:disk|system|storage)", r"no space left", r"disk quota",
    r"\bspam", r"blacklist", r"block(?:ed|list)", r"\brbl\b", r"dnsbl", r"reputation", r"\bban(?:ned)?\b",
    r"polic(?:y|ies)", r"virus", r"rate limit", r"too many", r"too (?:large|big)", r"exceeds? (?:the )?(?:size|maximum)", r"try (?:again|sending) (?:later|in|it)", r"try later",
    r"not found,? try again", r"no such (?:file|process|command|option|service)",
    r"temporar", r"gr[ae]ylist", r"timed? ?out", r"relay(?:ing)? (?:not|denied|access|prohibited)|(?:unable|not \w+) to relay|relaying",
    r"\bspf\b", r"\bdkim\b", r"\bdmarc\b", r"reverse dns|\bptr\b", r"malformed or unexpected name server reply",
    r"sender(?:'s)? (?:e?-?mail )?(?:address |domain )?(?:is )?(?:rejected|denied|refused|verif|not|must|does|invalid|unknown)", r"domain of sender", r"\b5\.1\.[78]\b",
    r"suspend", r"\b(?:helo|ehlo)\b", r"(?:account|mailbox)(?: \S+){0,7} is (?:disabled|inactive)", r"\bsyntax\b", r"loop",
    # The server took the recipient, and then would not have the mail: mailboxes that filter answer so.
    r"backscatter|\bbatv\b|access denied", r"from: ?domain", r"may not have permission",
    r"in reply to (?:the )?end of data", r"in reply to data", r"after (?:end of )?data", r"smtp command ?data\b",
    r"550:? ?: user unknown", r"550[ -]'?unknown user \S+@\S*docomo",
)  # fmt: skip
_SURE = _any(
    r"recipient address rejected: access denied", r"no smtp service", r"does ?n[o']t accept (?:e-?)?mail(?! from)", r"user(?: is)? suspended permanently",
)  # fmt: skip
"""So much said of the address itself that nothing beside it counts."""
_WHO = r"(?:users?|recipients?|mail ?box(?:es)?|e?-?mail address(?:es)?|addressees?|address(?:es)?|accounts?|user ?id|person|inbox|subscriber|maildrop)"
_WHERE = rf"(?:{_WHO[3:-1]}|hosts?|domains?)"
"""What somebody is reached by; of a host and a domain less is said that is for good."""
_NOT = r"(?:is|are|was|were|could|can|does)? ?(?:not|n't|n’t)"
_HARD = _any(
    rf"{_WHERE}(?: name)?(?: \S+)? ?(?:is |are |was |were )?-?(?:unknown|not ?-?known|invalid|undeliverable|non-?existent)",
    rf"(?:unknown|invalid|non-?existent|bad|undeliverable)[ -]?(?:or \S+ )?(?:virtual |local |final delivery |destination )?{_WHO}",
    r"unknown (?:local|host|domain|e-?mail|virtual)",
    rf"no such (?:\S+ )?{_WHERE}", r"no such (?:local|name)", rf"(?:no|any) (?:\S+ )?{_WHO}(?: \S+){{0,3}} (?:here|by that name|at this address|with that name|for this user)",
    r"no ?(?:one|body) (?:here|by that name|at this address|with that name)",
    r"(?:does|do|did|dos) ?(?:n't|n’t|not) exist", r"\bnot exist",
    rf"{_WHO} (?:\S+ )?(?:is )?(?:unavailable|unavaiable|not (?:present|local|ok|active|accepted|valid|listed|recogni[sz]ed))",
    rf"not an? (?:local|valid|known|active|e-?mail) {_WHO}", r"not email addresses",
    rf"{_WHERE}(?: \S+){{0,3}} ?{_NOT} ?-?(?:been |be )?found", rf"{_WHO}[ .-]?not[ -]?found", r"could(?:n't|n’t| not) be found",
    r"mailbox here", r"no mail ?box", r"not found in (?:the )?(?:directory|domino)", r"not (?:listed|present) in", r"has (?:moved|been replaced by)",
    r"is ?n[o']t recogni[sz]ed", r"no valid recipients?", r"delivery error: dd", r"no longer (?:with|works?|exist|valid|in use|available|accepts? (?:e-?)?mail)",
    r"does ?(?:n't|n’t|not) have an? \S+ account", r"mail receiving disabled", r"(?:bad|valid)(?:rcpt|recipient)to", r"domain or user is ?n[o']t in",
    r"recipient address rejected[:.] ?(?:user|unknown|invalid|undeliverable|non|\(in reply to rcpt)",
    r"check (?:if|that|whether) (?:the )?address is correct", r"unrout(?:e?able|eable) (?:address|mail domain)", r"domain must exist", r"domain is (?:not reachable|unreachable)", r"name or service not known", r"no mx|null ?mx",
    r"dns.{0,20}(?:nxdomain|no such)", r"not our customer",
    r"(?:utilisateur|destinataire|adresse|bo[iî]te|compte)(?: \S+){0,3} (?:inconnue?|n'existe pas)", r"nessun utente",
    r"(?:usu[aá]rio|destinat[aá]rio|utente|indirizzo|cuenta|conta|buz[oó]n)(?: \S+)? (?:desco(?:nocido|nhecid[oa])|inexistente|sconosciuto|n(?:o|ã|a)o? exist|non (?:trovato|esiste))",
    r"no existe (?:\S+ )?(?:usuario|persona|cuenta|buz)", r"(?:benutzer|empf[aä]nger|adressat)(?: \S+)? (?:ist )?(?:unbekannt|nicht (?:gefunden|bekannt|vorhanden)|existiert nicht)", r"unbekannter (?:benutzer|empf[aä]nger)",
    r"onbekende (?:gebruiker|ontvanger)", r"見つかりません", r"リストにありません", r"存在しません", r"неизвестн\w+ пользовател", r"пользователь не найден",
)  # fmt: skip
