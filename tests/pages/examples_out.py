"""Example views of the pages of what goes out: plain, empty, and with names that are hard to set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.pages import out_views as views
from app.pages import out_words
from app.pages.conflict_views import Conflicts, Difference
from app.pages.views import Mistake, Tone
from tests.pages import examples as ex

WELL = views.Place(url="/gallery/out-program", name="crm", kind="Program", state="well", tone=Tone.GOOD, line="It takes what it is told.", told_at=ex.ago(minutes=3))  # fmt: skip
SHUT = views.Place(url="/gallery/out-program", name="x" * 63, kind="Program", state="left alone", tone=Tone.BAD, line=f"It failed again and again, so it is left alone for a while. Nothing is lost. Last: {ex.HOSTILE}.", told_at=ex.ago(days=3))  # fmt: skip
META = views.Place(url="/gallery/out-platform", name="meta-emea", kind="Meta", state="failing", tone=Tone.SOON, line="It failed 2 times in a row. Last: the token was refused (code 190).")  # fmt: skip
EVENTS = [(each.value, words) for each, words in out_words.EVENTS.items()]
FORM = views.Telling(events=EVENTS)
OUT = views.GoingOut(programs=[WELL, SHUT], others=[META, replace(WELL, name="sales", kind="Slack")], form=FORM)  # fmt: skip
WRONG = views.Telling(
    events=EVENTS,
    chosen=frozenset({"handoff.won"}),
    typed={"slug": "C R M", "url": "http://127.0.0.1/"},
    mistakes={
        "slug": Mistake(reason="This name cannot be used.", mend="Small letters, digits, - and _."),
        "url": Mistake(reason="127.0.0.1 is inside.", mend="An https address outside."),
        "events": Mistake(reason="Nothing is chosen.", mend="Choose what it is told."),
    },
)
TOLD = views.Told(id="019cb323-e500-7b10-9c06-4ad22f84066e", url="/gallery/out-call", at=ex.ago(minutes=3), event="handoff.confirmed", state="told", tone=Tone.GOOD, tries="1 try")  # fmt: skip
DEAD = replace(TOLD, event="prospect.stage_claimed", state="given up", tone=Tone.BAD, tries="10 tries", reason="status 503 " + "x" * 80, given_up=True)  # fmt: skip
PROGRAM = views.Program(
    place=SHUT,
    address="https://crm.acme.example/" + "x" * 120,
    events=list(out_words.EVENTS.values()),
    calls=[TOLD, DEAD],
    dead=1204,
    again="What was given up is being told again: 1,500 of 5,000 calls so far.",
    far=30,
    form=replace(
        FORM,
        typed={"url": "https://crm.acme.example/" + "x" * 120},
        chosen=frozenset({"handoff.won"}),
    ),
    may_change=True,
    switched_off=True,
    former_until=ex.ago(hours=-20),
    next_url="/gallery/out-program",
)
TRIES = [
    views.Try(at=ex.ago(minutes=9), took="15,002 ms", outcome="the answer took longer than 15 s", tone=Tone.BAD),
    views.Try(at=ex.ago(minutes=3), took="120 ms", outcome="status 500", tone=Tone.BAD, answer=ex.HOSTILE + " " + "x" * 400),
]  # fmt: skip
CALL = views.CallPage(told=DEAD, program=WELL, id="019cb323-e500-7b10-9c06-4ad22f84066e", person_url="/gallery/person", document='{\n  "type": "handoff.offered"\n}', attempts=TRIES, replayable=True)  # fmt: skip
FATES = [
    views.Fate(step="Found as claimed", state="taken", tone=Tone.GOOD, count=1204),
    views.Fate(step="Won", state="not told", tone=Tone.PLAIN, count=3, reason="there is no consent to ads"),
    views.Fate(step="Came in", state="refused", tone=Tone.BAD, count=1, reason=ex.HOSTILE + "x" * 150),
]  # fmt: skip
LOOKUP = views.Lookup(
    place=replace(SHUT, kind="Lookup"),
    finds=[("employees", "metrics.employees"), ("x" * 80, "a.very.long.path." * 9)],
    per_minute=6000,
    found=1204,
    found_at=ex.ago(minutes=3),
    reason=ex.HOSTILE,
)
PLATFORM = views.Platform(
    place=META,
    consent="ads",
    steps=[("Came in", "Lead"), ("Won", ex.LONG)],
    fates=FATES,
    lines=[
        views.StepLine(person_url="/gallery/person", at=ex.ago(hours=2), step="Won", state="refused", tone=Tone.BAD, reason=ex.HOSTILE),
        views.StepLine(person_url="/gallery/person", at=ex.ago(days=2), step="Came in", state="taken", tone=Tone.GOOD),
    ],
    may_tell_again=True,
    next_url="/gallery/out-platform",
)  # fmt: skip
DIFFERS = Difference(about="Ida Brandt", url="/gallery/person", what="Person", field="Job title", ours="CTO", theirs="Head of IT", crm="hubspot", number="501", counts="the person", since=ex.ago(hours=2))  # fmt: skip
CONFLICTS = Conflicts(
    differences=[
        DIFFERS,
        replace(DIFFERS, about=ex.ARABIC, field="Owner", ours="rita@vendor.example", theirs="otto@vendor.example", counts="the CRM"),
        replace(DIFFERS, about="no name", url=None, what="Deal", field="Amount", ours="1200.00 EUR", theirs=ex.HOSTILE + "x" * 150, number="006" + "A" * 15),
    ],
    more=1204,
)  # fmt: skip
CRM = replace(PROGRAM, form=None, address="", place=replace(WELL, name="hubspot", kind="HubSpot"), asked="Asked for owners, deals. The last time it failed: the CRM answered 429. It is tried again.", switched_off=False, former_until=None)  # fmt: skip
UNUSED = views.Platform(place=META, consent=ex.ARABIC, steps=[("Won", "1")], fates=[], lines=[])

PAGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "out": ("marketing/going_out.html", {"out": OUT}),
    "out-wrong": ("marketing/going_out.html", {"out": views.GoingOut(programs=[], others=[], form=WRONG)}),
    "out-program": ("marketing/program.html", {"program": PROGRAM}),
    "out-program-dead": ("marketing/program.html", {"program": replace(PROGRAM, place=WELL, calls=[DEAD] * 50, only_dead=True, switched_off=False)}),
    "out-program-wrong": ("marketing/program.html", {"program": replace(PROGRAM, place=WELL, calls=[], dead=0, form=WRONG, only_dead=True, next_url=None)}),
    "out-crm": ("marketing/program.html", {"program": CRM}),
    "conflicts": ("marketing/conflicts.html", {"conflicts": CONFLICTS}),
    "conflicts-empty": ("marketing/conflicts.html", {"conflicts": Conflicts(differences=[], out=True)}),
    "out-made": ("marketing/program.html", {"program": views.Program(place=WELL, address="https://crm.acme.example/", events=["a lead was won"], calls=[], may_change=True, made="whsec_" + "Qk3xZ" * 8)}),
    "out-call": ("marketing/call.html", {"call": CALL}),
    "out-lookup": ("marketing/lookup.html", {"lookup": LOOKUP}),
    "out-lookup-empty": (
        "marketing/lookup.html",
        {"lookup": replace(LOOKUP, place=replace(WELL, kind="Lookup"), found=0, reason=None)},
    ),
    "out-platform": ("marketing/platform.html", {"platform": PLATFORM}),
    "out-platform-empty": ("marketing/platform.html", {"platform": UNUSED}),
}  # fmt: skip
