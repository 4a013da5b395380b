"""Every page with example views, at /gallery/NAME, to be looked at and checked in a real browser."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace as Some
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from app.auth.guard import SignInForm
from app.auth.viewer import Viewer
from app.pages import (
    decision_views,
    design,
    duplicates,
    example,
    mail_news,
    office,
    promise_views,
    setup_views,
    steering_views,
    transfer_views,
    views,
    write_up_views,
)
from app.pages.again import Again as Asking
from app.pages.asides import Jotting
from app.pages.closing import Ending
from app.pages.forgotten import ForgottenForm
from app.pages.handoffs import PassingOn
from app.pages.mistake import Mistake
from app.pages.people_search import Asked
from app.pages.sign_in import WelcomeForm
from app.pages.views import Today, Tone
from app.pages.you import Place, You
from app.web.errors import Again, Trouble
from prospects.ids import MemberId
from prospects.member import Role
from tests.pages import examples as ex
from tests.pages import examples_admin as admin
from tests.pages import examples_claims as excl
from tests.pages import examples_desk as exd
from tests.pages import examples_flows as exf
from tests.pages import examples_imports as exi
from tests.pages import examples_merges as exm
from tests.pages import examples_models as exmo
from tests.pages import examples_out as exo
from tests.pages import examples_promises as exp
from tests.pages import examples_reports as exr
from tests.pages import examples_scores as exsc
from tests.pages import examples_scoring as exsg
from tests.pages import examples_segments as exs
from tests.pages import examples_steering as steering
from tests.pages import examples_transfers as exc

blueprint = Blueprint("gallery", __name__, url_prefix="/gallery")

RITA = Viewer(
    id=MemberId(UUID(int=1)),
    email="rita@acme.example",
    name="Rita Okoye",
    roles=frozenset({Role.REP, Role.ADMIN}),
    zone=ZoneInfo("Europe/Berlin"),
)
HARD = ex.person(ex.LONG, ex.CHINESE)
LENGTHY = ex.ARABIC * 20
RIGHT_TO_LEFT = ex.person(ex.ARABIC, "شركة النور للتبريد")

SPARE = Trouble(code=419, title="This page was open too long", text="Nothing was done yet.", url="/", next="Back to the page", again=Again("/x", [("fact", "kept")]))  # fmt: skip
MAIL = office.Mail(url="/gallery/mail", to="maren@nordlicht.example", sender="Acme <hello@acme.example>", subject="Three customers who cool like you", state="waiting here", tone=Tone.SOON, at=ex.ago(hours=1), text="Hello Maren", person_url="/gallery/person", reason="No mail server is set.")  # fmt: skip
TOLD = [views.Day(day=ex.ago(hours=1).date(), happenings=[views.Happening(at=ex.ago(minutes=5), sentence="Our mail came back: 550 5.1.1 user unknown", voice=views.Voice.MARKETING), views.Happening(at=ex.ago(minutes=9), sentence=f"Opened our mail, {mail_news.BY_A_MACHINE}", voice=views.Voice.BUYER)])]  # fmt: skip
MAIL_LINE = office.MailLine(url="/gallery/mail", to="maren@nordlicht.example", subject="Three customers who cool like you", state="waiting here", tone=Tone.SOON, at=ex.ago(hours=1))  # fmt: skip
ARRIVAL = office.DeliveryLine(url="/gallery/delivery", source="meta-emea", state="entered in the record", tone=Tone.GOOD, received_at=ex.ago(minutes=4), summary="1 lead")  # fmt: skip

DESIGN = {"design": design.shown(ex.NOW, ""), "colours": design.COLOURS, "sizes": design.SIZES, "spaces": design.SPACES, "tones": list(Tone)}  # fmt: skip

PAGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "today": ("rep/today.html", {"today": ex.TODAY}),
    "today-empty": ("rep/today.html", {"today": Today()}),
    "today-hard": ("rep/today.html", {"today": ex.TODAY_HARD}),
    "offer": ("rep/offer.html", {"offer": ex.offer(ex.person())}),
    "offer-bare": ("rep/offer.html", {"offer": replace(ex.offer(HARD, None), drawn=True)}),
    "gone": ("rep/gone.html", {"gone": Some(title="This lead has passed on", text="The clock ran out at 11:45.")}),
    "brief": ("rep/brief.html", {"brief": ex.brief(ex.person()), "company": steering.STAGE}),
    "brief-hard": ("rep/brief.html", {"brief": ex.brief(RIGHT_TO_LEFT, claim=None, contact=ex.Contact())}),
    "brief-calling": ("rep/brief.html", {"brief": ex.brief(HARD, drawn=True, call_at=ex.ago(minutes=5), call_tone=Tone.BAD)}),
    "note": ("rep/note.html", {"form": Jotting("/gallery/brief", HARD, "018f")}),
    "brief-order": ("rep/brief.html", {"brief": ex.brief(ex.person(), **ex.DECIDED)}),
    "confirmation": ("rep/confirmation.html", {"form": ex.answer(ex.DEFAULTS, {})}),
    "confirmation-wrong": ("rep/confirmation.html", {"form": ex.answer({**ex.DEFAULTS, "verdict": ["earlier"]}, ex.WRONG, fresh=True)}),
    "correction": ("rep/confirmation.html", {"form": ex.answer(ex.DEFAULTS, {}, supersedes="018f")}),
    "decline": ("rep/decline.html", {"offer": PassingOn(ex.offer(ex.person()))}),
    "outcome": ("rep/outcome.html", {"form": Ending("/gallery/brief", ex.person())}),
    "away": ("rep/away.html", {"away": exp.AWAY}),
    "away-all": ("rep/away.html", {"away": exp.ALL_AWAY}),
    "away-nobody": ("rep/away.html", {"away": exp.NOT_AWAY}),
    "promises": ("rep/promises.html", {"promises": exp.PROMISES}),
    "promises-all": ("rep/promises.html", {"promises": exp.EVERYBODYS}),
    "promises-empty": ("rep/promises.html", {"promises": promise_views.Promises()}),
    "promise-move": ("rep/promise.html", {"form": exp.MOVING}),
    "promise-give": ("rep/promise.html", {"form": exp.GIVING}),
    "outcome-deals": ("rep/outcome.html", {"form": Ending("/gallery/brief", HARD, deals=[("1", "Chiller 400, 48000.00 EUR"), ("2", ex.LONG)], deal="1")}),
    "brief-given": ("rep/brief.html", {"brief": ex.brief(HARD, closed="won"), "given": ("/gallery/customer", f"{ex.LONG} is asked to take them.")}),
    "stuck": ("manager/stuck.html", {"stuck": steering.STUCK}),
    "stuck-empty": ("manager/stuck.html", {"stuck": steering_views.Stuck()}),
    "steering": ("manager/steering.html", {"form": steering.GIVING}),
    "steering-wrong": ("manager/steering.html", {"form": steering.WRONG}),
    "customers": ("account/transfers.html", {"customers": exc.CUSTOMERS}),
    "customers-empty": ("account/transfers.html", {"customers": transfer_views.Customers()}),
    "customer": ("account/transfer.html", {"customer": exc.TO_TAKE}),
    "customer-asked": ("account/transfer.html", {"customer": exc.ASKED}),
    "customer-hard": ("account/transfer.html", {"customer": exc.HARD}),
    "desk": ("desk/queue.html", {"queue": exd.QUEUE}),
    "desk-empty": ("desk/queue.html", {"queue": write_up_views.Queue()}),
    "write-up": ("desk/write_up.html", {"form": exd.TO_TAKE}),
    "write-up-wrong": ("desk/write_up.html", {"form": exd.WRONG}),
    "write-up-done": ("desk/write_up.html", {"form": exd.DONE}),
    "brief-desk": ("rep/brief.html", {"brief": ex.brief(ex.person()), "desk": exd.PART}),
    "giving": ("account/giving.html", {"form": exc.GIVING}),
    "decisions": ("manager/decisions.html", {"decisions": steering.DECISIONS}),
    "decisions-empty": ("manager/decisions.html", {"decisions": decision_views.Decisions(lines=[])}),
    "decision": ("manager/decision.html", {"decision": steering.DECISION}),
    "decision-fallback": ("manager/decision.html", {"decision": steering.NOBODY_FREE}),
    "company": ("marketing/company.html", {"company": steering.COMPANY}),
    "company-empty": ("marketing/company.html", {"company": steering.UNKNOWN}),
    "people": ("marketing/people.html", {"people": office.People(builder=exs.BUILDER, lines=[ex.line(ex.person()), ex.line(HARD), ex.line(RIGHT_TO_LEFT)], stages=ex.STAGES)}),
    "people-more": ("marketing/people.html", {"people": office.People(lines=[], asked=Asked(q="ida", warm=True), stages=ex.STAGES, sources=[("a" * 60, "a" * 60)], owners=[("1", ex.LONG)], next_url="/gallery/people", more=True)}),
    "people-empty": ("marketing/people.html", {"people": office.People(lines=[])}),
    **exs.PAGES,
    "person": ("marketing/person.html", {"person": ex.human(ex.person())}),
    "person-empty": ("marketing/person.html", {"person": ex.human(HARD, **ex.NOBODY_YET)}),
    "duplicates": ("marketing/duplicates.html", {"duplicates": exm.PAIRS}),
    "duplicates-company": ("marketing/duplicates.html", {"duplicates": exm.ASKED}),
    "duplicates-empty": ("marketing/duplicates.html", {"duplicates": exm.NONE}),
    **exsc.SCORES,
    **exmo.PAGES,
    **exsg.PAGES,
    "merging": ("marketing/merging.html", {"merging": exm.MERGING}),
    "merging-whom": ("marketing/merging.html", {"merging": exm.WHOM}),
    "person-merged": ("marketing/person.html", {"person": ex.human(ex.person(), **exm.MERGED)}),
    "received": ("marketing/received.html", {"received": office.Received(lines=[ARRIVAL] * 3, refusals=[admin.REFUSAL], sources=["meta-emea"], states=[("received", "waiting")])}),
    "received-empty": ("marketing/received.html", {"received": office.Received(lines=[])}),
    "received-traced": ("marketing/received.html", {"received": office.Received(lines=[ARRIVAL], q="ida@firm.example", traced=office.Traced(people=[("/gallery/person", ex.LONG, "In nurture, Ann Arber.")]), again=3, may_import=True)}),
    "received-forgotten": ("marketing/received.html", {"received": office.Received(lines=[], q="ida@firm.example", traced=office.Traced(people=[], forgotten=True))}),
    **exi.IMPORTS,
    "delivery": ("marketing/delivery.html", {"delivery": ex.delivery()}),
    "delivery-unreadable": ("marketing/delivery.html", {"delivery": ex.delivery(state="unreadable", tone=Tone.BAD, reason="The body is no JSON.", mend="Ask the platform, then read it again.", captures=[], replayable=True)}),
    "flows": ("marketing/flows.html", {"flows": exf.FLOWS}),
    "flows-empty": ("marketing/flows.html", {"flows": exf.NO_FLOWS}),
    "flow": ("marketing/flow.html", {"flow": exf.flow()}),
    "flow-old": ("marketing/flow.html", {"flow": exf.flow(version=1, elsewhere=3)}),
    "flow-editor": ("marketing/flow_editor.html", {"editor": exf.EDITOR}),
    "flow-editor-wrong": ("marketing/flow_editor.html", {"editor": exf.EDITOR_WRONG}),
    "flow-step": ("marketing/flow_step.html", {"at": exf.AT}),
    "flow-step-empty": ("marketing/flow_step.html", {"at": exf.AT_NOBODY}),
    "sources": ("marketing/sources.html", {"sources": exf.SOURCES}),
    "sources-empty": ("marketing/sources.html", {"sources": []}),
    "source": ("marketing/source.html", {"source": exf.source()}),
    "source-secret": ("marketing/source.html", {"source": exf.source(secret=True, testable=False, health=exf.TROUBLE, snippet=exf.SNIPPET)}),
    "report": ("marketing/report.html", {"report": exr.REPORT}),
    "report-wrong": ("marketing/report.html", {"report": exr.WRONG}),
    "report-empty": ("marketing/report.html", {"report": exr.EMPTY}),
    "claims-signal": ("marketing/claims.html", {"report": excl.BY_SIGNAL, "delay": 14}),
    "claims-campaign": ("marketing/claims.html", {"report": excl.BY_CAMPAIGN, "delay": 14}),
    "claims-rep": ("marketing/claims.html", {"report": excl.BY_REP, "delay": 14}),
    "claims-empty": ("marketing/claims.html", {"report": excl.EMPTY, "delay": 14}),
    "again": ("again.html", {"form": Asking(duplicates.WHY, LENGTHY, Mistake(reason=f"Why they are one is {len(LENGTHY)} characters long, and at most 500 fit.", mend="Take some away."), "/gallery/person", "/gallery/person", {"other": "x"})}),
    "answers": ("rep/answers.html", {"answers": excl.OWN}),
    "answers-fair": ("rep/answers.html", {"answers": excl.OWN_FAIR}),
    "answers-alike": ("rep/answers.html", {"answers": excl.OWN_ALIKE}),
    "answers-empty": ("rep/answers.html", {"answers": excl.OWN_EMPTY}),
    "cell": ("marketing/cell.html", {"cell": exr.cell([ex.line(ex.person()), ex.line(HARD), ex.line(RIGHT_TO_LEFT)])}),
    "cell-empty": ("marketing/cell.html", {"cell": exr.cell([])}),
    "templates": ("marketing/templates.html", {"templates": exf.TEMPLATES}),
    "templates-empty": ("marketing/templates.html", {"templates": []}),
    "template": ("marketing/template.html", {"template": exf.template()}),
    "template-wrong": ("marketing/template.html", {"template": exf.template(wrong="first_name is not known", subject="", text="", held=3, unknown=True)}),
    "mail-held": ("marketing/mail.html", {"mail": office.Mail(url="/gallery/mail", to="maren@nordlicht.example", sender="", subject="hello", state="held back", tone=Tone.SOON, at=ex.ago(hours=1), text="", person_url="/gallery/person", reason="it cannot be made: first_name is not known", releasable=True, template_url="/gallery/template")}),
    "outbox": ("marketing/outbox.html", {"outbox": office.Outbox(lines=[MAIL_LINE] * 2, held=True)}),
    "outbox-empty": ("marketing/outbox.html", {"outbox": office.Outbox(lines=[], held=False)}),
    "mail": ("marketing/mail.html", {"mail": MAIL}),
    "mail-told": ("marketing/mail.html", {"mail": replace(MAIL, state="came back", tone=Tone.BAD, reason="There is no such mailbox: 550 5.1.1 user unknown", told=TOLD)}),
    "setup": ("marketing/setup.html", {"setup": ex.setup(mails=True, invited=setup_views.Invited("rita@acme.example", "https://warmline.acme.example/welcome/" + "x" * 43, "for seven days"))}),
    **admin.PAGES,
    **exo.PAGES,
    "sender": ("marketing/sender.html", {"page": ex.SENDER}),
    "sender-unset": ("marketing/sender.html", {"page": setup_views.SenderPage(check=setup_views.Check(title="x", done=False, line="It is not said from which address mails go out.", mend="Set WARMLINE_MAIL_FROM and start again."), domain="")}),
    "offer-test": ("rep/offer.html", {"offer": example.offer(ex.STAGES, ex.NOW)}),
    "switch": ("marketing/switch.html", {"switch": Some(title="Stop all mail?", lines=["Mails that are due wait until you let them go again."], url="/setup/mail/stop", back=("/outbox", "Mails"), act="Stop all mail", harsh=True, missing=["Mail sent"])}),
    "design": ("design.html", DESIGN),
    "design-dark": ("design.html", {**DESIGN, "design": design.shown(ex.NOW, "dark")}),
    "you": ("auth/you.html", {"you": You([Place("Firefox on Android", ex.ago(days=2), True), Place("Chrome on Mac", ex.ago(days=20), False)])}),
    "login": ("auth/login.html", {"form": SignInForm()}),
    "login-again": ("auth/login.html", {"form": SignInForm(why="You were signed out meanwhile.", kept="[]", email="rita@acme.example")}),
    "welcome": ("auth/welcome.html", {"form": WelcomeForm(None, {}, "/x")}),
    "forgot": ("auth/forgot.html", {"form": ForgottenForm()}),
    "forgot-often": ("auth/forgot.html", {"form": ForgottenForm(often=True)}),
    "forgot-asked": ("auth/forgot.html", {"form": ForgottenForm(asked=True)}),
    "forgot-no-mail": ("auth/forgot.html", {"form": ForgottenForm(asked=True, mails=False)}),
    "another": ("auth/another.html", {"form": Some(email="rita@acme.example", url="/x", mistakes={}, value=lambda *_: "")}),
    "spent": ("auth/spent.html", {}),
    "error": ("public/error.html", {"error": Trouble(code=404, title="There is nothing here", text="The address is mistyped, the thing is gone, or it belongs to somebody else.")}),
    "stale": ("public/error.html", {"error": SPARE}),
    "unsubscribe": ("public/unsubscribe.html", {"page": Some(done=False, topic="newsletter", url="/u/x")}),
}  # fmt: skip
"""Template and what it shows, by name."""


@blueprint.get("/<name>")
def show(name: str) -> ResponseReturnValue:
    template, shown = PAGES[name]
    g.viewer, g.now, g.zone = RITA, ex.NOW, RITA.zone
    return render_template(template, **shown)
