"""Example views for every page: empty, full, and with names and texts that try to break the layout."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.checkup import sender
from app.checkup.part import Part
from app.pages import office, setup_views, words
from app.pages.answer import ConfirmationForm
from app.pages.drawing import bars, ladder
from app.pages.views import (
    Brief,
    Claim,
    Contact,
    Day,
    Decider,
    Evidence,
    Finding,
    Happening,
    Mailing,
    Mistake,
    Offer,
    Promise,
    Question,
    Tile,
    Today,
    Tone,
    Voice,
    Who,
)  # fmt: skip

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
STAGES = [
    ("awareness", "Awareness"),
    ("consideration", "Consideration"),
    ("evaluation", "Evaluation"),
    ("decision", "Decision"),
    ("customer", "Customer"),
]
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 6
ARABIC = "عبد الرحمن بن محمد الفاتح الأندلسي"
CHINESE = "欧阳司徒上官慕容夏侯诸葛闻人东方赫连皇甫尉迟公羊澹台公冶宗政濮阳淳于单于太叔申屠公孙仲孙轩辕令狐"


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def soon(**span: float) -> datetime:
    return NOW + timedelta(**span)


def person(name: str = "Maren Brandt", company: str | None = "Nordlicht Kühltechnik") -> Who:
    return Who(id="018f", name=name, title="Head of Operations", company=company, country="DE")


CLAIM = Claim(
    stage="Evaluation",
    sure="fairly sure",
    held="7 of 10 such claims held",
    at=ago(days=2),
    model="points",
    evidence=[
        Evidence(text="Sent the form: demo", at=ago(hours=3)),
        Evidence(text="Looked at: /pricing (4 times)", at=ago(days=1)),
        Evidence(text="Downloaded: Comparison of cooling plants", at=ago(days=6)),
    ],
)
LADDER = ladder(STAGES, claimed="evaluation")


def tile(
    who: Who, line: str, until: datetime | None, tone: Tone, next: str = "Open the brief"
) -> Tile:
    return Tile(url="/gallery/brief", who=who, line=line, next=next, until=until, tone=tone)


TODAY = Today(
    calls=[replace(tile(person("Sofía Ríos", "Ríos Frío"), "Marketing says Evaluation, fairly sure.", ago(minutes=5), Tone.BAD, "Call now"), exact=True, note_url="/gallery/note")],
    offers=[
        tile(person(), "Marketing says Evaluation, fairly sure.", soon(minutes=9), Tone.SOON, "Take it or pass it on"),
        tile(person("Luis Herrera", "Vega Logística"), "Marketing says Decision, very sure.", soon(hours=3), Tone.PLAIN, "Take it or pass it on"),
    ],
    unconfirmed=[tile(person("Ama Mensah", "Gold Coast Foods"), "Marketing says Consideration, a guess.", ago(hours=2), Tone.BAD)],
    promises=[tile(person("Jonas Weber", "Weber & Söhne"), "Send the offer for two plants with the service contract", soon(hours=5), Tone.SOON)],
    working=[replace(tile(person("Priya Nair", "Malabar Cold Chain"), "Marketing says Decision, very sure.", None, Tone.PLAIN), note_url="/gallery/note")],
)  # fmt: skip
TODAY_HARD = Today(
    offers=[
        tile(person(LONG, LONG), "Marketing says Evaluation, fairly sure.", soon(minutes=9), Tone.SOON),
        tile(person(ARABIC, "شركة النور للتبريد"), "Marketing says Evaluation, fairly sure.", soon(days=3), Tone.PLAIN),
        tile(person(CHINESE, "深圳市冷链设备有限公司"), "Marketing says Evaluation, fairly sure.", soon(days=3), Tone.PLAIN),
        tile(person(HOSTILE, HOSTILE), HOSTILE, soon(days=3), Tone.PLAIN),
    ],
)  # fmt: skip


def offer(who: Who, claim: Claim | None = CLAIM) -> Offer:
    return Offer(
        url="/gallery/offer",
        who=who,
        claim=claim,
        ladder=LADDER if claim else ladder(STAGES, claimed=None),
        why_you=["Rule german: team dach. It was your turn."] if claim else [],
        grade="A2",
        summary=[Evidence(text="Came to an event: Cold Chain Days", at=ago(days=9))]
        if claim
        else [],
        expires_at=soon(minutes=12) if claim else None,
        reasons=words.DECLINES,
        lane="fast",
        tone=Tone.SOON,
        later=words.LATER,
    )


FINDING = Finding(
    verdict="As marketing says",
    stage="Evaluation",
    spoke_with="Maren Brandt",
    channel="call",
    at=ago(hours=1),
    fact="They compare us with two others and must decide before the summer heat.",
    by="Rita Okoye",
    still_needed=["A quote in writing", "A reference customer"],
    deciders=[Decider(name="Ole Brandt", role="Owner", stance="neutral")],
)


CALL_TIMES = [
    ("1h", "In an hour"), ("4h", "In four hours"),
    *((f"{day}{hour}", f"{day} {hour}") for day in ("Wed", "Thu", "Fri", "Mon") for hour in ("9:00", "14:00")),
]  # fmt: skip


def brief(who: Who, **changes: Any) -> Brief:
    full: dict[str, Any] = {
        "url": "/gallery/brief",
        "who": who,
        "contact": Contact(
            email="maren@nordlicht.example", phone="+49 40 123456", tel="+4940123456"
        ),
        "claim": CLAIM,
        "ladder": LADDER,
        "questions": [
            Question(ask="Which vendors are on your list?", disproves_if="none yet"),
            Question(ask="By when must it run?", disproves_if="no date"),
        ],
        "unknown": ["How many people work there?"],
        "needs": ["A comparison with what they have", "A quote they can show the owner"],
        "content": [("Comparison sheet", "https://acme.example/compare")],
        "upcoming": [Mailing(title="reference-customers", at=soon(days=2))],
        "changes": [Evidence(text="Looked at: /pricing", at=ago(minutes=20))],
        "why_you": ["Rule german: team dach. It was your turn."],
        "order": False,
        "confirm_by": soon(days=2),
        "attempts": [Evidence(text="Call", at=ago(hours=2))],
        "promises": [
            Promise(id="018f", what="Send the quote", due_at=soon(hours=6), tone=Tone.SOON)
        ],
        "finding": None,
        "draft_key": "gallery",
        "once": "018f",
        "call_times": CALL_TIMES,
        "steer": [("/gallery/steering", "Give to somebody"), ("/gallery/steering", "Withdraw")],
    }
    return Brief(**{**full, **changes})


DECIDED = {
    "order": True,
    "finding": FINDING,
    "ladder": ladder(STAGES, claimed="evaluation", found="decision"),
    "confirm_by": None,
    "endable": True,
}


def answer(
    typed: Mapping[str, list[str]], mistakes: Mapping[str, Mistake], **changes: Any
) -> ConfirmationForm:
    full: dict[str, Any] = {
        "url": "/gallery/brief",
        "who": person(),
        "claim": CLAIM,
        "stages_before": STAGES[:2],
        "stages_after": STAGES[3:],
        "verdicts": [(v.value, words.VERDICTS[v], why) for v, why in words.WHY.items()],
        "channels": words.CHANNELS,
        "stances": words.STANCES,
        "needs": ["A comparison with what they have", "A quote they can show the owner"],
        "typed": typed,
        "mistakes": mistakes,
        "draft_key": "gallery",
        "latest": "2026-03-03T11:00",
    }
    return ConfirmationForm(**{**full, **changes})


DEFAULTS = {"verdict": ["confirmed"], "channel": ["call"], "spoke_with": ["Maren Brandt"]}
WRONG = {
    "stage_found": Mistake(reason="Which stage did you find?", mend="Choose one that is earlier than Evaluation."),
    "fact": Mistake(reason="One thing they told you is missing.", mend="Write one sentence."),
}  # fmt: skip

HISTORY = [
    Day(
        day=date(2026, 3, 3),
        happenings=[
            Happening(at=ago(hours=1), sentence="Rita Okoye talked to them: as marketing says, Evaluation.", voice=Voice.REP, quote=FINDING.fact),
            Happening(at=ago(hours=3), sentence="Sent the form: demo", voice=Voice.BUYER),
        ],
    ),
    Day(
        day=date(2026, 2, 25),
        happenings=[
            Happening(at=ago(days=6), sentence="Downloaded: Comparison of cooling plants", voice=Voice.BUYER),
            Happening(at=ago(days=6.01), sentence="Was sent our mail: reference-customers", voice=Voice.MARKETING),
            Happening(at=ago(days=6.02), sentence="Note: met at Cold Chain Days"),
        ],
    ),
]  # fmt: skip


def human(who: Who, **changes: Any) -> office.Person:
    full: dict[str, Any] = {
        "who": who,
        "contact": Contact(
            email="maren@nordlicht.example", phone="+49 40 123456", tel="+4940123456"
        ),
        "lifecycle": "checked with the buyer",
        "owner": "Rita Okoye",
        "grade": "A2",
        "grade_words": words.grade("A2"),
        "points": 74,
        "ladder": ladder(STAGES, claimed="consideration", found="evaluation"),
        "claim": CLAIM,
        "finding": FINDING,
        "words": [
            office.Quote(text="Can it hold minus 30 in August?", at=ago(hours=3), said=True),
            office.Quote(text="Looked at: /pricing", at=ago(days=1)),
        ],
        "activity": bars([ago(days=n * n / 3) for n in range(16)], NOW),
        "places": [
            office.Place(
                flow="considered",
                url="/flows/considered?person=1",
                state="held",
                step="sort",
                tone=Tone.SOON,
            )
        ],
        "consents": [
            office.ConsentLine(
                topic="newsletter", given=True, at=ago(days=20), text="I agree to receive mails."
            )
        ],
        "days": HISTORY,
        "tags": ["key-account", "spring-fair", CHINESE],
        "handoff_url": "/gallery/brief",
    }
    return office.Person(**{**full, **changes})


NOBODY_YET: dict[str, Any] = {
    "contact": None, "owner": None, "grade": None, "grade_words": "", "points": 0, "claim": None,
    "ladder": ladder(STAGES, claimed=None), "finding": None, "words": [], "places": [], "consents": [],
    "days": [], "tags": [], "handoff_url": None, "activity": bars([], NOW), "lifecycle": "new",
}  # fmt: skip


def line(who: Who) -> office.PersonLine:
    return office.PersonLine(url="/gallery/person", who=who, stage="Evaluation", lifecycle="warm", grade="A2", points=74, changed_at=ago(hours=3))  # fmt: skip


def delivery(**changes: Any) -> office.Delivery:
    full: dict[str, Any] = {
        "url": "/gallery/delivery",
        "source": "meta-emea",
        "state": "entered in the record",
        "tone": Tone.GOOD,
        "reason": None,
        "mend": None,
        "received_at": ago(minutes=4),
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "size": 812,
        "raw": '{"object": "page", "entry": [{"id": "1122334455", "name": "' + HOSTILE + '"}]}',
        "cut": False,
        "captures": [office.CaptureLine(key="lead 0", state="entered in the record", tone=Tone.GOOD, person_url="/gallery/person", person="Maren Brandt")],
        "replayable": False,
    }  # fmt: skip
    return office.Delivery(**{**full, **changes})


REFUSAL = Part(title="The mail server", done=False, line="mail.acme.example:587 refused the mail: “550 5.7.1 Sender address rejected: not owned by user hello@acme.example”.", mend="Set WARMLINE_MAIL_FROM to an address it lets you use.")  # fmt: skip
REACHED = Part(title="Our own request", done=True, line="https://warmline.acme.example answered, and it is this Warmline.")  # fmt: skip
SENDER = setup_views.SenderPage(
    domain="acme.example",
    check=setup_views.Check(
        title="SPF, DKIM and DMARC found",
        done=False,
        line="Receivers ask the DNS of acme.example whether a mail is really yours.",
        at=ago(minutes=1),
        parts=sender.look(
            sender.Sender(domain="acme.example", organisation="acme.example", server="smtp.gmail.com"),
            lambda name: sender.Texts(sender.How.FOUND, ("v=DMARC1; p=none",) if "_dmarc" in name else ()),
        ),
    ),
)  # fmt: skip


def setup(**changes: Any) -> setup_views.Setup:
    full: dict[str, Any] = {
        "checks": [
            setup_views.Check(key="mail", title="Mail sent", done=False, line="mail.acme.example:587 is to hand your mail on.", parts=[REFUSAL], ask="/setup/checks/mail", ask_words="Look again", at=ago(minutes=2)),
            setup_views.Check(key="sender", title="SPF, DKIM and DMARC found", done=False, line="Receivers ask the DNS of acme.example whether a mail is really yours.", since=ago(seconds=20)),
            setup_views.Check(key="site", title="Reached by https", done=True, line="Platforms will post leads to https://warmline.acme.example.", parts=[REACHED], ask="/setup/checks/site", ask_words="Look again", at=ago(days=1)),
            setup_views.Check(title="Test lead in", done=True, line="meta-emea took a test lead 4 min ago.", url="/sources", action="See the sources"),
            setup_views.Check(title="Routing", done=False, line="No rule says who gets a lead.", mend="Write routing.yaml and run warmline apply."),
            setup_views.Check(key="offer", title="Test offer taken", done=False, line="See what a rep sees.", ask="/setup/checks/offer", ask_words="Make yourself a test offer"),
            setup_views.Check(title="Live", done=False, line="Rehearsal: mail goes to acme.example alone, whatever the flows say.", url="/setup/mail/live", action="Go live"),
        ],
        "live": False,
        "stopped": False,
        "colleagues": [
            setup_views.Colleague(url="/x", name="Ada Lindqvist", email="ada@acme.example", roles="administrator", state="can sign in", tone=Tone.GOOD),
            setup_views.Colleague(url="/x", name=ARABIC, email="rita@acme.example", roles="rep", state="invitation ran out", tone=Tone.SOON, invitable=True, was_invited=True, linkable=True),
            setup_views.Colleague(url="/x", name="Kim Berg", email="kim@acme.example", roles="rep", state="invitation was not taken", tone=Tone.BAD, why="550 5.1.1 no such user here", invitable=True, was_invited=True, linkable=True),
        ],
        "roles": [("rep", "Rep"), ("marketer", "Marketing")],
    }  # fmt: skip
    return setup_views.Setup(**{**full, **changes})
