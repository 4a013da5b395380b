"""Example views for the pages of flows, sources and templates."""

from typing import Any

from app.pages import flow_views as views
from app.pages import source_views, source_words, template_views
from app.pages.flow_words import enter_in_words, exits_in_words, picture
from app.pages.source_habits import HABITS
from app.pages.views import Tone
from nurture.wiring import read_flow
from tests.nurture.flows_for_tests import CONSIDERED
from tests.pages import examples as ex

FLOW = read_flow(CONSIDERED)
LINE = views.FlowLine(
    url="/gallery/flow",
    slug="considered",
    version=3,
    owner="files",
    inside=128,
    mailed=57,
    handed_over=12,
    left=[("done", 40), ("bought", 3)],
    parked=2,
)
LONG_LINE = views.FlowLine(
    url="/gallery/flow", slug="a" * 60, version=1, owner="browser", inside=0, mailed=0, handed_over=0, active=False
)  # fmt: skip
FLOWS = views.Flows(lines=[LINE, LONG_LINE])
NO_FLOWS = views.Flows(lines=[])


def flow(**changes: Any) -> views.FlowPage:
    full: dict[str, Any] = {
        "line": LINE,
        "enter": enter_in_words(FLOW.enter),
        "exits": exits_in_words(FLOW),
        "picture": picture(FLOW, {"pause": 81, "look": 1234, "go": 3}, "/gallery/flow-step"),
        "editions": [
            views.Edition(version=3, published_at=ex.ago(days=2), inside=120, url="/gallery/flow", here=True),
            views.Edition(version=2, published_at=ex.ago(days=40), inside=8, url="/gallery/flow"),
        ],
        "version": 3,
        "act": ("/gallery/flow", "Copy as draft"),
    }  # fmt: skip
    return views.FlowPage(**{**full, **changes})


def waiting(name: str, company: str | None = "Nordlicht Kühltechnik") -> views.Waiting:
    return views.Waiting(url="/gallery/person", name=name, company=company, since=ex.ago(hours=30), until=ex.soon(hours=18), state="on the way", tone=Tone.GOOD)  # fmt: skip


AT = views.StepPage(flow_url="/gallery/flow", slug="considered", step="pause", lines=[waiting("Maren Brandt"), waiting(ex.LONG, ex.CHINESE), waiting(ex.ARABIC, None)])  # fmt: skip
AT_NOBODY = views.StepPage(flow_url="/gallery/flow", slug="considered", step="pause", lines=[])
EDITOR_TEXT = "flow: considered\nenter: {activity: form}\nsteps:\n  - {id: pause, wiat: 2d}\n"
AHEAD = views.Preview(inside=128, mails_inside=57, came=31, mails_new=62, version=4, sample=1000, enter_changed=True)  # fmt: skip
EDITOR = views.Editor(text=EDITOR_TEXT + f"# {'a long remark ' * 20}", slug="considered", ahead=AHEAD)  # fmt: skip
EDITOR_WRONG = views.Editor(
    text=EDITOR_TEXT,
    mistakes=[
        views.LineMistake(line=4, column=17, excerpt="  - {id: pause, wiat: 2d}", reason="there is no `wiat`", mend="did you mean `wait`?"),
        views.LineMistake(line=9, column=1, excerpt=ex.HOSTILE, reason="no step leads to `x`", mend=""),
    ],
    refused="considered was changed by somebody else meanwhile.",
)  # fmt: skip
WELL = source_views.Health(state="well", tone=Tone.GOOD, line="It delivers as it usually does.", last_delivery_at=ex.ago(minutes=4), challenged_at=ex.ago(hours=1), refused=3, refused_at=ex.ago(days=1), usual="about every 3 hours", asked_at=ex.ago(minutes=30), asked="That brought 3 leads it had not delivered.", habit=HABITS["linkedin_lead_gen"])  # fmt: skip
TROUBLE = source_views.Health(state="in trouble", tone=Tone.BAD, line=f"Its platform complains: {ex.LONG}.", trouble_at=ex.ago(days=2))  # fmt: skip


SNIPPET = source_words.SNIPPET.format(base="https://warmline.acme.example", slug="a" * 60)


def source(**changes: Any) -> source_views.Source:
    full: dict[str, Any] = {
        "url": "/gallery/source",
        "slug": "linkedin-emea",
        "kind": "linkedin_lead_gen",
        "health": WELL,
        "address": "https://warmline.acme.example/webhooks/linkedin-emea",
        "setup": source_words.SETUP["linkedin_lead_gen"],
        "to_fetch": "3 leads wait",
        "proof": "The header X-Token with its secret value.",
        "testable": True,
        "rate": "4 in the last 24 hours, 31 in the last seven days",
        "token_ends": "The access token ends in 40 days.",
        "fields": [
            source_views.Field(
                name=name,
                count=12,
                example=ex.LONG[:60],
                target="title",
                options=[("title", "Job title"), ("kept", "Just what it is called")],
            )
            for name in ("your_role", "a" * 80)
        ],
        "meanings": [("team", "The company's field team")],
        "rotation": ["Add the new one to secrets in sources.yaml, before the old one."],
        "received_url": "/gallery/received",
    }
    return source_views.Source(**{**full, **changes})


SOURCES = [source(), source(slug="a" * 60, health=TROUBLE)]
TEMPLATES = [
    template_views.TemplateLine(url="/gallery/template", slug="hello", subject="Hi {{ first_name }}", sender="owner"),
    template_views.TemplateLine(url="/gallery/template", slug="a" * 60, subject=ex.LONG, sender="the workspace", held=7),
]  # fmt: skip


def template(**changes: Any) -> template_views.Template:
    full: dict[str, Any] = {
        "url": "/gallery/template",
        "slug": "hello",
        "reader": "Ida Sample, made up",
        "picture_url": "/gallery/mail/picture",
        "subject": "Three customers who cool like you",
        "text": "Hello Ida",
    }
    return template_views.Template(**{**full, **changes})
