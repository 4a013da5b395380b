"""What somebody typed about a program that is to be told, what is wrong with it, and the form that shows it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.pages import out_words
from app.pages.out_views import Telling
from app.pages.views import Mistake
from prospects.texts import storable
from webhooks.events import Event
from webhooks.outbound import Networks, refusal

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
LONGEST_URL = 2000
EVENTS = [(each.value, words) for each, words in out_words.EVENTS.items()]


@dataclass(frozen=True, slots=True)
class Typed:
    """Where a program is told, and of what."""

    url: str = ""
    events: Sequence[Event] = ()


EMPTY = Typed()


def read(sent: MultiDict[str, str]) -> Typed:
    """What was sent; events there are not are left out."""
    chosen = sent.getlist("events")
    return Typed(sent.get("url", "").strip(), [each for each in Event if each in chosen])


def shown(typed: Typed, *, slug: str = "", wrong: Mapping[str, Mistake] | None = None) -> Telling:
    """The form as it is shown with this in it."""
    chosen = frozenset(each.value for each in typed.events)
    told = {"slug": slug, "url": typed.url}
    return Telling(events=EVENTS, chosen=chosen, typed=told, mistakes=wrong or {})


def wrong_name(slug: str) -> dict[str, Mistake]:
    """What is wrong with the name of a new program."""
    if SLUG.fullmatch(slug):
        return {}
    mend = "Small letters, digits, - and _."
    return {"slug": Mistake(reason="This name cannot be used.", mend=mend)}


def mistakes(typed: Typed, allow: Networks) -> dict[str, Mistake]:
    """What is wrong, by field; the address's name is looked up, so no transaction may be open."""
    found = {}
    odd = not typed.url or len(typed.url) > LONGEST_URL or not storable(typed.url)
    why = "this is no address" if odd else refusal(typed.url, allow)
    if why:
        mend = "An https address outside."
        found["url"] = Mistake(reason=f"{why[0].upper()}{why[1:]}.", mend=mend)
    if not typed.events:
        found["events"] = Mistake(reason="Nothing is chosen.", mend="Choose what it is told.")
    return found
