"""Example views for the pages of the account team."""

from dataclasses import replace

from app.pages.company_views import Insider
from app.pages.transfer_views import Customer, Customers, Giving, Heard, Question
from app.pages.views import Evidence, Mistake, Promise, Tile, Tone
from tests.pages import examples as ex

LONG_NAMED = ex.person(ex.LONG, ex.CHINESE)
RIGHT_TO_LEFT = ex.person(ex.ARABIC, "شركة النور للتبريد")


def tile(who: ex.Who, line: str, **more: object) -> Tile:
    return Tile(url="/gallery/customer", who=who, line=line, next="Take them, or ask", **more)  # type: ignore[arg-type]


CUSTOMERS = Customers(
    proposed=[
        tile(ex.person(), "Won by Rita Okoye.", until=ex.soon(hours=30)),
        tile(LONG_NAMED, ex.HOSTILE, until=ex.ago(hours=1), tone=Tone.BAD),
    ],
    asked=[tile(RIGHT_TO_LEFT, "Asked Rita Okoye: Which delivery day?", until=ex.soon(hours=3), tone=Tone.SOON)],
    taken=[tile(ex.person("Ama Mensah", "Gold Coast Foods"), "With Eva Lind, won by Rita Okoye.")],
)  # fmt: skip
TO_TAKE = Customer(
    url="/gallery/customer",
    who=ex.person(),
    state="waits to be taken",
    tone=Tone.SOON,
    rep="Rita Okoye",
    manager="Eva Lind",
    why="Of 2 on the account team, it is the turn of Eva Lind.",
    won_at=ex.ago(hours=3),
    reason="We could start before the summer.",
    sold="Chiller 400, 48,000.00 EUR",
    heard=Heard(verdict="Further", stage="Decision", fact="Two plants by May.", spoke_with="Maren Brandt", channel="Call", at=ex.ago(days=2)),
    needs=["The security paper", ex.CHINESE],
    insiders=[
        Insider(name="Maren Brandt", title="Head of Operations", stake="champion", stance="for"),
        Insider(name=ex.LONG, title=ex.CHINESE, stake="blocker", stance="against"),
        Insider(name="Ole Brandt", stake="decision_maker", stance="neutral", source="as Rita Okoye heard"),
    ],
    promises=[
        Promise(id="1", what="Send the security paper", due_at=ex.soon(hours=20), tone=Tone.SOON),
        Promise(id="2", what="Call the plant in Kiel", due_at=ex.ago(days=1), tone=Tone.GOOD, kept_at=ex.ago(hours=2)),
    ],
    history=[Evidence(text="Looked at: /pricing", at=ex.ago(days=1))],
    questions=[Question(text="Which delivery day?", by="Eva Lind", at=ex.ago(hours=2), answer="Thursday, before nine.", answered_by="Rita Okoye", answered_at=ex.ago(hours=1))],
    until=ex.soon(hours=30),
    may_take=True,
    may_ask=True,
    once="018f",
)  # fmt: skip
ASKED = replace(
    TO_TAKE,
    state="a question is open",
    questions=[Question(text="Which delivery day?", by="Eva Lind", at=ex.ago(hours=2))],
    may_take=False,
    may_ask=False,
    may_answer=True,
    give_url="/gallery/giving",
    person_url="/gallery/person",
    back=("/today", "Today"),
    mistakes={"answer": Mistake(reason="The answer is missing.")},
)
HARD = replace(
    TO_TAKE,
    who=RIGHT_TO_LEFT,
    state="with the account team",
    tone=Tone.GOOD,
    rep=ex.LONG,
    manager=ex.ARABIC,
    reason=ex.HOSTILE,
    sold="",
    heard=None,
    needs=(),
    insiders=(),
    history=(),
    until=None,
    questions=[Question(text=ex.HOSTILE, by=ex.LONG, at=ex.ago(hours=2), answer=ex.ARABIC, answered_by=ex.LONG, answered_at=ex.ago(hours=1))],
    may_take=False,
    may_ask=False,
    may_keep=True,
)  # fmt: skip
GIVING = Giving(
    url="/gallery/customer",
    who=LONG_NAMED,
    colleagues=[("1", "Eva Lind"), ("2", f"{ex.ARABIC} (away until 2026-03-09)")],
    mistakes={
        "to": Mistake(reason="To whom is missing.", mend="Choose a colleague."),
        "reason": Mistake(reason="The reason is missing.", mend="Say why, in a few words."),
    },
)
