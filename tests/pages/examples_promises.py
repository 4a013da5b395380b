"""Example views for the pages of promises and absences."""

from dataclasses import replace
from datetime import date

from app.pages.away_views import Away, Leave, Person
from app.pages.promise_views import PromiseForm, PromiseLine, Promises
from app.pages.promises import PAGES, SAYINGS
from app.pages.views import Mistake, Tone
from tests.pages import examples as ex

ID = "018f0000-0000-7000-8000-000000000000/018f0000-0000-7000-8000-000000000002"


def owed(who: ex.Who, what: str, **more: object) -> PromiseLine:
    known: dict[str, object] = {"due_at": ex.soon(days=2), "tone": Tone.PLAIN, "own": True}
    return PromiseLine(id=ID, who=who, lead_url="/gallery/brief", what=what, **{**known, **more})  # type: ignore[arg-type]


QUOTE = owed(ex.person(), "Send the quote for two plants", due_at=ex.ago(days=1), tone=Tone.BAD)
PAPER = owed(
    ex.person(ex.LONG, ex.CHINESE), ex.HOSTILE, changes=[f"{ex.ARABIC} moved it from yesterday 17:00: {ex.LONG}"]
)  # fmt: skip
STUCK = owed(
    ex.person(ex.ARABIC, "شركة النور للتبريد"), "Ask engineering about ammonia", tone=Tone.BAD,
    trouble="Nobody there answers me before the fair",
)  # fmt: skip
PROMISES = Promises(pressing=[QUOTE, STUCK], ahead=[PAPER])
EVERYBODYS = Promises(
    pressing=[replace(QUOTE, own=False, by=f"{ex.LONG} (away until Monday 9 March)")],
    ahead=[PAPER],
    everybody=True,
    giving=True,
    next_url="/promises?due=x",
)


def form(act: str, line: PromiseLine, **more: object) -> PromiseForm:
    title, says, button = PAGES[act]
    return PromiseForm(act=act, title=title, says=says, button=button, line=line, **more)  # type: ignore[arg-type]


MOVING = form("move", QUOTE, mistakes={name: SAYINGS[name] for name in ("due_at", "reason")})
GIVING = form("give", STUCK, colleagues=[("1", "Dee Dorn, the desk"), ("2", ex.ARABIC)])

TRIP = Leave(first=date(2026, 3, 9), last=date(2026, 3, 20), reason=ex.ARABIC, of_files=False)
FAIR = Leave(first=date(2026, 4, 1), last=date(2026, 4, 1), reason=ex.HOSTILE, of_files=True)
RITA = Person(id="1", name="Rita Okoye", zone="Europe/Berlin", leaves=[TRIP, FAIR])
LONG = Person(id="2", name=ex.LONG, zone="UTC", leaves=[TRIP])
NEVER = Person(id="3", name=ex.CHINESE, zone="UTC", leaves=[])
AWAY = Away(people=[RITA], typed={"from": "2026-03-02"}, mistakes={"until": Mistake(reason="This ends before it begins.", mend="Swap the two.")})  # fmt: skip
ALL_AWAY = Away(people=[RITA, LONG, NEVER], everybody=True)
NOT_AWAY = Away(people=[NEVER])
