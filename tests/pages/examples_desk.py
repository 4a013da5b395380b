"""Example views for the pages of the desk."""

from dataclasses import replace
from datetime import date

from app.pages.views import Mistake, Tile, Tone
from app.pages.write_up_views import DeskNote, DeskPart, Fact, Queue, WriteUp
from tests.pages import examples as ex

LONG_NAMED = ex.person(ex.LONG, ex.CHINESE)
RIGHT_TO_LEFT = ex.person(ex.ARABIC, "شركة النور للتبريد")
FACTS = [
    Fact(what="40 plants in 6 countries", source="https://nordlicht.example/about", url="https://nordlicht.example/about", on=date(2026, 3, 2)),
    Fact(what=ex.HOSTILE, source=ex.LONG, url=None, on=None),
]  # fmt: skip
WROTE = DeskNote(what="The security paper", state="written", tone=Tone.GOOD, by="Dana Roth", at=ex.ago(hours=1), text=f"{ex.CHINESE}\n\nSecond part.", facts=FACTS)  # fmt: skip
BACK = DeskNote(what=ex.HOSTILE, state="given back", tone=Tone.BAD, by=ex.LONG, at=ex.ago(hours=2), reason=ex.ARABIC)  # fmt: skip
OPEN = DeskNote(what="Who signs there?", state="nobody has taken it yet", tone=Tone.SOON, at=ex.ago(hours=3))  # fmt: skip
PART = DeskPart(notes=[OPEN, WROTE, BACK], unknown=["their phone", "their title"], once="018f")


def tile(who: ex.Who, line: str, **more: object) -> Tile:
    return Tile(url="/gallery/write-up", who=who, line=line, **{"next": "Take it", **more})  # type: ignore[arg-type]


QUEUE = Queue(
    mine=[tile(ex.person(), "The security paper", until=ex.soon(hours=3), tone=Tone.SOON, next="Dana Roth writes it")],
    to_take=[tile(LONG_NAMED, ex.HOSTILE, until=ex.ago(hours=1), tone=Tone.BAD), tile(RIGHT_TO_LEFT, "Who signs there?")],
    elsewhere=[tile(ex.person("Ama Mensah", "Gold Coast Foods"), ex.LONG, next=f"{ex.LONG} writes it")],
    done=[tile(ex.person("Ama Mensah", "Gold Coast Foods"), "Compare with the old one", next="Dana Roth wrote it")],
)  # fmt: skip
TO_TAKE = WriteUp(
    url="/gallery/write-up",
    who=ex.person(),
    note=OPEN,
    why="Rita is at a fair until Thursday.",
    asked_by="Max Mayer",
    asked_at=ex.ago(hours=3),
    until=ex.soon(hours=5),
    until_tone=Tone.SOON,
    lead_url="/gallery/brief",
    may_take=True,
)
WRONG = replace(
    TO_TAKE,
    who=RIGHT_TO_LEFT,
    may_take=False,
    may_write=True,
    may_put_back=True,
    typed={"text": [ex.ARABIC], "what": ["40 plants", ex.LONG], "source": ["their site", ""], "on": ["2026-03-02", ""]},
    mistakes={
        "source.1": Mistake(reason="The source of the fact is missing.", mend="Where it stands."),
        "on.1": Mistake(reason="The day of the fact is missing.", mend="When it was so."),
        "reason": Mistake(reason="Why you give it back is missing.", mend="A few words will do."),
    },
)  # fmt: skip
DONE = replace(TO_TAKE, who=LONG_NAMED, note=WROTE, may_take=False, until=None, lead_url=None)
