"""Example views for the pages of managers."""

from app.pages.steering_views import ParkedLine, Steering, Stuck, StuckGroup, StuckLine, Undo
from app.pages.stuck import ACTS
from app.pages.views import Mistake, Tone
from tests.pages import examples as ex

REF = "018f0000-0000-7000-8000-000000000000/018f0000-0000-7000-8000-000000000001"
HARD = ex.person(ex.LONG, ex.CHINESE)
RIGHT_TO_LEFT = ex.person(ex.ARABIC, "شركة النور للتبريد")


def line(who: ex.Who, cause: str, act: str = "give", **more: object) -> StuckLine:
    words = {key.value: said for key, said in ACTS.items()}[act]
    return StuckLine(ref=REF, who=who, cause=cause, act=act, act_words=words, **more)  # type: ignore[arg-type]


STUCK = Stuck(
    groups=[
        StuckGroup(id="promises", title="Promises overdue", lines=[line(ex.person(), "Rita Okoye promised: Send the quote for two plants", until=ex.ago(days=1), tone=Tone.BAD)]),
        StuckGroup(id="held", title="Nobody took it", lines=[line(HARD, "Everybody was asked, and nobody took it. Max Mayer answers for it.", tone=Tone.BAD), line(RIGHT_TO_LEFT, ex.HOSTILE)]),
        StuckGroup(id="lapsing", title="About to lapse", lines=[line(ex.person("Ama Mensah", "Gold Coast Foods"), "Rita Okoye has not answered yet.", "extend", until=ex.soon(minutes=3), tone=Tone.SOON)]),
    ],
    parked=[ParkedLine(url="/gallery/person", who=HARD, flow="considered", step="sort", cause="the step is gone")],
    held=12,
    acts=[(act.value, words) for act, words in ACTS.items()],
    undo=Undo(batch=REF[:36], sentence="2 leads were given to somebody else.", until=ex.soon(seconds=40)),
)  # fmt: skip
GIVING = Steering(
    act="give",
    title="Give to somebody else",
    says="They are offered it, with a clock of their own.",
    button="Give to somebody else: 2 leads",
    leads=[(REF, ex.person()), (REF, HARD)],
    batch=REF[:36],
    colleagues=[("1", "Rita Okoye"), ("2", f"{ex.ARABIC} (away until 2026-03-09)")],
)
WRONG = Steering(
    act="extend",
    title="Give more time",
    says="The clock that runs, runs longer.",
    button="Give more time: 1 lead",
    leads=[(REF, RIGHT_TO_LEFT)],
    batch=REF[:36],
    spans=[("1h", "1 more hour"), ("4h", "4 more hours"), ("1d", "1 more day"), ("3d", "3 more days")],
    mistakes={
        "span": Mistake(reason="How much time is missing.", mend="Choose one."),
        "reason": Mistake(reason="The reason is missing.", mend="A few words will do."),
    },
)  # fmt: skip
