"""The style guide: every token and component with its states, from the macros that all pages use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from app.auth.guard import only_from_our_pages, only_signed_in
from app.checkup.part import Part, Record
from app.pages import condition_form, condition_view
from app.pages.condition_form import Typed
from app.pages.condition_line import Known, Line
from app.pages.condition_view import Builder
from app.pages.drawing import ladder
from app.pages.found_views import FoundOut
from app.pages.setup_views import Check
from app.pages.views import (
    Claim,
    Day,
    Evidence,
    Happening,
    Mistake,
    Rung,
    Tile,
    Tone,
    Voice,
    Who,
)

blueprint = Blueprint("design", __name__, url_prefix="/design")
blueprint.before_request(only_signed_in)
blueprint.before_request(only_from_our_pages)

SCHEMES = ("light", "dark")
COLOURS: Sequence[tuple[str, Sequence[str]]] = (
    ("The ground", ("paper", "card", "sunk")),
    ("Text and lines", ("ink", "soft", "line", "edge")),
    ("The one act", ("accent", "accent-strong", "on-accent", "accent-wash")),
    ("Whose word", ("marketing", "marketing-wash", "rep", "rep-wash", "buyer", "buyer-wash")),
    ("How urgent", ("good", "good-wash", "soon", "soon-wash", "bad", "bad-wash")),
    ("How warm", ("heat-1", "heat-2", "heat-3", "heat-4", "heat-5")),
)
SIZES = (("xxl", "h1"), ("xl", "h1 on a phone"), ("l", "h2"), ("m", "text"), ("s", "small print"))
SPACES = tuple((name, width) for name, width in zip("1234567", (4, 8, 12, 16, 24, 32, 48), strict=True))  # fmt: skip
STAGES = (
    ("awareness", "Awareness"),
    ("consideration", "Consideration"),
    ("evaluation", "Evaluation"),
    ("decision", "Decision"),
)


class SampleForm:
    """A form with one answer typed, one that needs a look, and choices."""

    mistakes: Mapping[str, Mistake] = {
        "company": Mistake(reason="The company is missing.", mend="Write it as they do.")
    }
    options = (("call", "Call"), ("mail", "Mail"), ("meeting", "Meeting"))

    def value(self, name: str, turn: int = 0) -> str:
        return {"name": "Maren Brandt", "how": "mail"}.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What the page shows; `scheme` is the one somebody asked for, empty for their own."""

    scheme: str
    form: SampleForm
    builder: Builder
    claim: Claim
    ladders: Sequence[tuple[str, Sequence[Rung]]]
    tiles: Sequence[Tile]
    days: Sequence[Day]
    found_out: Sequence[FoundOut]
    checks: Sequence[Check]
    evidence: Sequence[Evidence]
    who: Who
    until: datetime


@blueprint.get("")
def page() -> ResponseReturnValue:
    """Everything a page is made of, in the scheme of the viewer or the one they ask for."""
    scheme = request.args.get("scheme", "")
    return render_template(
        "design.html",
        design=shown(g.now, scheme if scheme in SCHEMES else ""),
        colours=COLOURS,
        sizes=SIZES,
        spaces=SPACES,
        tones=list(Tone),
    )


def _builder() -> Builder:
    """A condition with one line that fits and one that needs a look, as does its text."""
    text = "{field: contry, op: is_set}"
    lines = (Line("country", "in", "DE, AT"), Line("points", "gte", "many"))
    typed = Typed(lines=lines, text=text)
    return condition_view.builder(typed, Known(), condition_form.understand(typed, Known()))


def shown(now: datetime, scheme: str) -> Design:
    """Invented people and numbers, so that each component has something to show."""
    who = Who(
        id="1",
        name="Maren Brandt",
        title="Head of Operations",
        company="Nordlicht Kühltechnik",
        country="DE",
    )
    evidence = (
        Evidence(text="Asked for a demo", at=now - timedelta(hours=3)),
        Evidence(text="Looked at the prices, three times"),
    )
    return Design(
        scheme=scheme,
        form=SampleForm(),
        builder=_builder(),
        claim=Claim(
            stage="Evaluation",
            sure="fairly sure",
            held="7 of 10 such claims held",
            evidence=evidence,
        ),
        ladders=_ladders(),
        tiles=_tiles(who, now),
        days=_days(now),
        found_out=(FoundOut("How many work there", "240", "site", now - timedelta(days=2)),),
        checks=_checks(now),
        evidence=evidence,
        who=who,
        until=now + timedelta(minutes=40),
    )


def _ladders() -> Sequence[tuple[str, Sequence[Rung]]]:
    return (
        ("Nobody knows yet", ladder(STAGES, claimed=None)),
        ("Marketing's claim alone", ladder(STAGES, claimed="evaluation")),
        ("The rep found less", ladder(STAGES, claimed="decision", found="consideration")),
    )


def _tiles(who: Who, now: datetime) -> Sequence[Tile]:
    soon, late = now + timedelta(minutes=9), now - timedelta(hours=2)
    return (
        Tile(url="#tiles", who=who, line="Warm since this morning", next="Take it or pass it on", until=soon, tone=Tone.SOON),
        Tile(url="#tiles", who=who, line="You promised the security paper", next="Open the brief", until=late, tone=Tone.BAD),
    )  # fmt: skip


def _days(now: datetime) -> Sequence[Day]:
    told = (
        (Voice.REP, "Kim found evaluation", "They need it by May."),
        (Voice.BUYER, "Looked at: /pricing", None),
        (Voice.MARKETING, "Mail “Three customers who cool like you” was sent", None),
    )
    happenings = [
        Happening(at=now - timedelta(minutes=30 * n), sentence=said, voice=voice, quote=quote)
        for n, (voice, said, quote) in enumerate(told)
    ]
    return (Day(day=now.date(), happenings=happenings),)


def _checks(now: datetime) -> Sequence[Check]:
    record = Record("acme.example", "TXT", "v=spf1 mx ~all")
    line, mend = "acme.example does not say which servers may send for it.", "Add this record."
    missing = Part(title="SPF", done=False, line=line, mend=mend, record=record)
    found = Part(title="DMARC", done=True, line="The record is there; its policy is none.")
    return (
        Check(title="Mail sent", done=True, line="The server took it.", at=now),
        Check(title="SPF, DKIM and DMARC found", done=False, line="Two of three.", parts=(missing, found)),
        Check(title="Reached by https", done=False, line="We are trying.", since=now),
    )  # fmt: skip
