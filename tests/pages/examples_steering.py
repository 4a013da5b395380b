"""Example views for the pages of managers."""

from app.pages.company_views import Company, CompanyStage, Insider, Ring, Said, gap
from app.pages.decision_views import DecisionLine, DecisionPage, Decisions, Weighed
from app.pages.found_views import FoundOut
from app.pages.out_views import Place
from app.pages.steering_views import ParkedLine, Steering, Stuck, StuckGroup, StuckLine, Undo
from app.pages.stuck import ACTS
from app.pages.transfer_views import Untaken
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
    customers=[
        Untaken(url="/gallery/customer", who=ex.person(), cause="Eva Lind has not taken this customer yet.", until=ex.ago(days=1)),
        Untaken(url="/gallery/customer", who=HARD, cause="There is nobody to take this customer."),
    ],
    desk=[Untaken(url="/gallery/write-up", who=HARD, cause="Nobody of the desk has taken it yet: " + ex.HOSTILE, until=ex.ago(days=1))],
    outside=[Place(url="/gallery/out-program", name="linkedin-" + "x" * 50, kind="LinkedIn", state="left alone", tone=Tone.BAD, line="It failed again and again, so it is left alone for a while. Nothing is lost. Last: status 503.")],
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

GERMAN = "Rule german sends to team:dach; of 2 free, it is their turn."


def decided(who: ex.Who, to: str = "Rita Okoye", why: str = GERMAN) -> DecisionLine:
    return DecisionLine(url="/gallery/decision", who=who, to=to, why=why, at=ex.ago(hours=2))


DECISIONS = Decisions(
    lines=[decided(ex.person()), decided(HARD, ex.LONG), decided(RIGHT_TO_LEFT, ex.ARABIC, ex.HOSTILE)],
    next_url="/gallery/decisions",
)  # fmt: skip
DECISION = DecisionPage(
    who=ex.person(),
    lead_url="/gallery/brief",
    to="Rita Okoye",
    why=GERMAN,
    at=ex.ago(hours=2),
    weighed=[
        Weighed(name="Rita Okoye", chosen=True, why="got it", level="4.5"),
        Weighed(name="Bruno Keller", chosen=False, why="away until Monday 9 March", level="4"),
        Weighed(name=ex.ARABIC, chosen=False, why="at capacity: 20 of 20 open leads", level="3"),
        Weighed(name=ex.LONG, chosen=False, why="free, but it was not their turn", level="5"),
    ],
    rule="german",
    lane="fast",
    team="dach",
    turn=41,
    configuration=7,
    others=[decided(ex.person(), "Bruno Keller")],
)
NOBODY_FREE = DecisionPage(
    who=HARD,
    lead_url="/gallery/brief",
    to="Max Mayer",
    why="No rule matches; the fallback owner answers for it.",
    at=ex.ago(hours=2),
    weighed=[],
    rule=None,
    lane="normal",
    team=None,
    turn=None,
    configuration=7,
    fallback=True,
)
STAGE = CompanyStage(
    stage="Evaluation",
    sure="fairly sure",
    conflict=True,
    says=(
        Said(name="Maren Brandt", stage="Evaluation", url="/people/1", found=True),
        Said(name=ex.LONG, stage="Awareness", url="/people/2"),
        Said(name=ex.ARABIC, stage=ex.CHINESE),
        Said(name="a director", stage="Consideration"),
    ),
)
COMPANY = Company(
    url="/gallery/company",
    name="Nordlicht Kühltechnik",
    domain="nordlicht.example",
    owner="Rita Okoye",
    insiders=[
        Insider(name="Maren Brandt", title="Head of Operations", url="/people/1", stage="Evaluation", stake="champion", stance="for", source="as Rita Okoye says", editable=True),
        Insider(name=ex.LONG, title=ex.CHINESE, url="/people/2", stage="Awareness", stake="blocker", stance="against", source="as Rita Okoye heard", editable=True),
        Insider(name=ex.ARABIC, title=ex.HOSTILE, url="/people/3", editable=True),
        Insider(name="Ole Brandt", title="Owner", stake="decision_maker", stance="neutral", source="as Rita Okoye heard"),
    ],
    gap=gap({"champion"}),
    lead_url="/gallery/brief",
    lead_line="Maren Brandt: with Rita Okoye, who talks to them.",
    rings=[
        Ring(what="Promised: Send the quote for two plants", at=ex.ago(hours=3), tone=Tone.BAD, url="/gallery/brief"),
        Ring(what="Say what was found", at=ex.soon(hours=5), tone=Tone.SOON, url="/gallery/brief"),
        Ring(what=f"Deal expected: {ex.LONG}", at=ex.soon(days=40)),
    ],
    days=ex.HISTORY,
    older_url="/gallery/company",
    stage=STAGE,
    found_out=[
        FoundOut("How many work there", "240", "facts", ex.ago(days=2)),
        FoundOut("x" * 80, ex.HOSTILE + "ما حجم شركتك؟" * 9, "y" * 60, ex.ago(days=40)),
    ],
)  # fmt: skip
UNKNOWN = Company(
    url="/gallery/company",
    name=ex.LONG,
    domain=None,
    owner=None,
    insiders=[],
    gap=gap(set()),
    lead_url=None,
    lead_line="",
    rings=[],
    days=[],
)
