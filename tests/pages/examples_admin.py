"""Example views of the pages of administrators: plain, empty, and with names that are hard to set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.departure import Burden
from app.pages import admin_views as views
from app.pages import ops_views as ops
from app.pages import ops_words, team_view, team_words
from app.pages import team_views as team
from app.pages.out_views import Place
from app.pages.setup_views import Invited
from app.pages.source_views import Refusal
from app.pages.views import Mistake, Tone
from tests.pages import examples as ex

WORKERS = [
    ops.Worker(part="inside worker 1", queue="inside", host="box-7", pid=4100, state="at work", tone=Tone.GOOD, does="At work for 2 s; 1204 pieces of work since it started.", started_at=ex.ago(hours=3), seen_at=ex.ago(seconds=3), before="Took over 3 h ago from process 3999, last heard 3 h ago."),
    ops.Worker(part="outside worker 3141592", queue="outside", host="x" * 200, pid=4194304, state="silent", tone=Tone.BAD, does="It has ended, or cannot reach the database.", started_at=ex.ago(days=40), seen_at=ex.ago(minutes=40)),
]  # fmt: skip
CAUSE = ops.CauseLine(url="/gallery/given-up", topic="notice", words="Tell colleagues", reason="SMTPServerDisconnected", count=1204, first_at=ex.ago(days=2), last_at=ex.ago(hours=1))  # fmt: skip
ODD = ops.CauseLine(url="/gallery/given-up", topic="call", words="Tell programs outside", reason=ex.HOSTILE + "x" * 400, count=1, first_at=ex.ago(days=2), last_at=ex.ago(days=2))  # fmt: skip
REFUSAL = Refusal(url="/gallery/source", source="meta-emea", count=3, at=ex.ago(minutes=4), why=ops_words.redis("away").means, mend="Copy the secret again.")  # fmt: skip
OPS = ops.Ops(
    summary="Work is late: outside.",
    tone=Tone.BAD,
    workers=WORKERS,
    queues=[
        ops.QueueBoard(queue="inside", words=ops_words.QUEUES[ops_words.Queue.INSIDE], late="Nothing is due.", tone=Tone.GOOD, lines=[], idle=["Read what arrived", "Forget people"]),
        ops.QueueBoard(queue="outside", words="what waits for others", late="Late. The oldest due work has waited 5 h 1 min.", tone=Tone.BAD, lines=[ops.TopicLine(topic="notice", words="Tell colleagues", later="20,000 of the first 20,000", due=1_234_567, leased=8, dead=1204)], idle=["Hand mails over"]),
    ],
    causes=[CAUSE, ODD],
    refusals=[REFUSAL],
    facts=[ops_words.redis("absent"), ops_words.redis("away"), ops_words.tables("0011", "0012"), ops.Fact(name="Database", state="PostgreSQL 17.2, 18.4 GB", tone=Tone.GOOD, means="It may be shared by several machines.")],
    at=ex.NOW,
    served_by="process 4099 on box-7",
    hint="kill -9 4100",
    given_up=1205,
    outside=[Place(url="/gallery/out-program", name="meta-emea", kind="Meta", state="failing", tone=Tone.SOON, line="It failed 3 times in a row. Last: no answer (ConnectTimeout).")],
    kept=ops.KeptBack(since=ex.ago(hours=5), mails="1,204 mails are", held=1204),
)  # fmt: skip
IDLE = ops.Ops(summary="No process gives a sign of life.", tone=Tone.BAD, workers=[], queues=[], causes=[], refusals=[], facts=[], at=ex.NOW, served_by="process 1 on a")  # fmt: skip
DEAD = ops.DeadLine(id="01900000", at=ex.ago(days=2), tries="14 tries", about="a person", url="/gallery/person")  # fmt: skip

AUDIT = views.Audit(
    lines=[
        views.AuditLine(at=ex.ago(minutes=3), who="Rita Okoye", act="gave a lead to somebody else", about="the lead", url="/gallery/brief", detail="to: Bruno Keller"),
        views.AuditLine(at=ex.ago(hours=3), who=ex.LONG, act="published a flow", about="x" * 120, url="/gallery/flow", detail="version: 3; " + "x" * 300),
        views.AuditLine(at=ex.ago(days=3), who=ex.ARABIC, act="did: planted a tree", about=ex.HOSTILE),
    ],
    people=[("1", "Rita Okoye"), ("2", ex.ARABIC)],
    acts=[("publish flow", "published a flow")],
    next_url="/gallery/audit",
)  # fmt: skip
TOKEN = views.TokenLine(id="1", name="crm", hint="wl_Qk3xZ…", role="manager", acts_as="Rita Okoye", made_by="The command line", made_at=ex.ago(days=3), used_at=ex.ago(minutes=3), revoked_at=None)  # fmt: skip
TOKENS = views.Tokens(
    lines=[
        TOKEN,
        views.TokenLine(id="2", name="x" * 100, hint="not kept", role="administrator", acts_as=ex.LONG, made_by=ex.ARABIC, made_at=ex.ago(days=3), used_at=None, revoked_at=None, dead=f"{ex.LONG} is deactivated"),
        views.TokenLine(id="3", name=ex.ARABIC, hint="wl_Qk3xZ…", role="rep", acts_as=None, made_by="not known", made_at=ex.ago(days=300), used_at=None, revoked_at=ex.ago(days=2)),
    ],
    roles=[("rep", "Rep")],
    people=[("a@b", ex.LONG)],
    next_url="/gallery/tokens",
)  # fmt: skip
MADE = replace(TOKENS, made=("crm", "wl_" + "Qk3xZ" * 8), from_settings=True)
WRONG = views.Tokens(lines=[], mistakes={"name": Mistake(reason="The name is missing.", mend="Say what it is for."), "role": Mistake(reason="The role is missing.", mend="Choose one.")})  # fmt: skip

ROLES = team_view.CHOICES
LINE = team.TeamLine(url="/gallery/colleague", name="Rita Okoye", email="rita@acme.example", roles="rep and manager", state="can sign in", tone=Tone.GOOD, zone="Europe/Berlin", hours="mon-fri 09:00-17:00", seen_at=ex.ago(minutes=3), files=True)  # fmt: skip
TEAM = team.Team(
    lines=[
        LINE,
        replace(LINE, name=ex.LONG, email="x" * 60 + "@acme.example", state="invitation was not taken", tone=Tone.BAD, hours="mon-thu 09:00-12:00, 13:00-17:00; fri 09:00-12:00", zone="America/Argentina/ComodRivadavia", seen_at=None),
        replace(LINE, name=ex.ARABIC, state="left", tone=Tone.PLAIN, hours="at any hour", files=False),
    ],
    roles=ROLES,
)  # fmt: skip
LINK = Invited("rita@acme.example", "https://warmline.acme.example/welcome/" + "x" * 43, "for seven days")  # fmt: skip
BURDEN = Burden(offers=2, taken=3, promises=4, tokens=1, sign_ins=2)
COLLEAGUE = team.ColleaguePage(
    line=LINE,
    active=True,
    able=True,
    in_files=[],
    roles=ROLES,
    ticked=["rep"],
    hands=team_words.hands(BURDEN),
    becomes=team_words.becomes(BURDEN, ex.LONG),
    mails=True,
)
FILED = replace(COLLEAGUE, line=replace(LINE, name=ex.LONG), in_files=list(team_view.KEYS.values()), able=False, why="550 no such mailbox", hands=[])  # fmt: skip
LEFT = replace(COLLEAGUE, line=replace(LINE, name=ex.ARABIC, state="left", tone=Tone.PLAIN), active=False)  # fmt: skip
REFUSED = replace(COLLEAGUE, invited=LINK, mistakes={"active": Mistake(reason="Nobody else who can sign in is an administrator."), "roles": Mistake(reason="A role is missing.")})  # fmt: skip

PAGES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "ops": ("admin/ops.html", {"ops": OPS}),
    "ops-idle": ("admin/ops.html", {"ops": IDLE}),
    "mail-again": ("admin/mail_again.html", {"kept": OPS.kept}),
    "mail-again-held": ("admin/mail_again.html", {"kept": ops.KeptBack(since=None, mails="1 mail is", held=1)}),
    "given-up": ("admin/given_up.html", {"given_up": ops.GivenUpPage(cause=CAUSE, lines=[DEAD] * 2, next_url="/gallery/given-up")}),
    "team": ("admin/team.html", {"team": TEAM}),
    "team-invited": ("admin/team.html", {"team": replace(TEAM, invited=LINK, mails=True)}),
    "team-nobody": ("admin/team.html", {"team": team.Team(lines=[], q=ex.HOSTILE, roles=ROLES)}),
    "team-many": ("admin/team.html", {"team": replace(TEAM, q=ex.ARABIC, count=2000)}),
    "team-wrong": ("admin/team.html", {"team": replace(TEAM, mistakes={"email": Mistake(reason="This is not an e-mail address."), "roles": Mistake(reason="A role is missing.", mend="Tick what they do.")})}),
    "colleague": ("admin/colleague.html", {"colleague": COLLEAGUE}),
    "colleague-files": ("admin/colleague.html", {"colleague": FILED}),
    "colleague-left": ("admin/colleague.html", {"colleague": LEFT}),
    "colleague-refused": ("admin/colleague.html", {"colleague": REFUSED}),
    "deactivation": ("admin/deactivation.html", {"colleague": replace(COLLEAGUE, yourself=True)}),
    "audit": ("admin/audit.html", {"audit": AUDIT}),
    "audit-empty": ("admin/audit.html", {"audit": views.Audit(lines=[])}),
    "audit-narrowed": ("admin/audit.html", {"audit": views.Audit(lines=[], narrowed=True)}),
    "tokens": ("admin/tokens.html", {"tokens": TOKENS}),
    "tokens-made": ("admin/tokens.html", {"tokens": MADE}),
    "tokens-wrong": ("admin/tokens.html", {"tokens": WRONG}),
    "given-up-odd": ("admin/given_up.html", {"given_up": ops.GivenUpPage(cause=ODD, lines=[ops.DeadLine(id="1", at=ex.ago(days=2), tries="1 try", about="018f" * 20, url=None)])}),
}  # fmt: skip
