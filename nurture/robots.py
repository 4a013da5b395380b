"""Tells a request that nobody made by hand from one that somebody may have. Pure.

What is told here is only marked: it stays in the history and earns nothing. Scanners that look like
people in every header are told by their pace (nurture/clicks.py).
"""

import re
from collections.abc import Mapping

# Browsers, mail programs and their proxies say so when they fetch what nobody has asked for yet.
_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AHEAD_WORDS = re.compile(r"\b(prefetch|prerender|preview)\b", re.IGNORECASE)
# Those that name themselves, such as what chats show of a link; Cubot is a maker of telephones.
_DECLARED = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|externalhit|whatsapp|scanner", re.IGNORECASE
)
NAVIGATE = "navigate"


def looks_ahead(headers: Mapping[str, str]) -> bool:
    """Whether these headers (their names in any case) say that no person followed the link."""
    said = {name.lower(): value for name, value in headers.items()}
    if any(_AHEAD_WORDS.search(said.get(name.lower(), "")) for name in _AHEAD):
        return True
    # Who follows a link goes somewhere; a script or a picture that fetches one does not.
    if said.get("sec-fetch-mode", NAVIGATE).lower() != NAVIGATE:
        return True
    return bool(_DECLARED.search(said.get("user-agent", "")))
