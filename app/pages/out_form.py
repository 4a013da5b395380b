"""What is wrong with a new program that is to be told."""

import re
from collections.abc import Mapping, Sequence

from app.pages.views import Mistake
from prospects.texts import storable
from webhooks.events import Event
from webhooks.outbound import Networks, refusal

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
LONGEST_URL = 2000


def mistakes(
    typed: Mapping[str, str], events: Sequence[Event], allow: Networks
) -> dict[str, Mistake]:
    """What is wrong with a new program, by field; its name is looked up, so no transaction may be open."""
    found = {}
    if not SLUG.fullmatch(typed["slug"]):
        mend = "Small letters, digits, - and _."
        found["slug"] = Mistake(reason="This name cannot be used.", mend=mend)
    url = typed["url"]
    odd = not url or len(url) > LONGEST_URL or not storable(url)
    why = "this is no address" if odd else refusal(url, allow)
    if why:
        mend = "An https address outside."
        found["url"] = Mistake(reason=f"{why[0].upper()}{why[1:]}.", mend=mend)
    if not events:
        found["events"] = Mistake(reason="Nothing is chosen.", mend="Choose what it is told.")
    return found
