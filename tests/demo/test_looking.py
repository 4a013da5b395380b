"""Looking changes nothing: every address that is asked by GET leaves every row of a filled demo as it was."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import tokens
from app.auth import links
from app.door import perform, reading
from app.importing import kept
from app.importing.rows import Holds, ImportRow
from nurture import unsubscribing
from nurture.rows import EnrollmentRow, SendRow
from prospects import configuration, team
from prospects.ids import ProspectId
from prospects.member import Role
from prospects.rows import AccountRow, OpportunityRow, ProspectRow
from prospects.team import MemberRow
from routing.finding_rows import PromiseRow
from routing.rows import DecisionRow, HandoffRow
from routing.transfer_rows import TransferRow
from routing.write_up_rows import WriteUpRow
from tests.pages.conftest import Visitor
from tests.support.demo import FilledDemo
from tests.support.house import text_of_every_table
from webhooks.call_rows import CallRow
from webhooks.conversion_rows import ConversionRow
from webhooks.rows import DeliveryRow

RITA = "rita@isotherm.example"
ON_PURPOSE = ("/c/", "/o/")
"""Following a link of a mail and showing its picture is what a reader did: it is written down."""
NO_RECORD = {"sign_in", "api_token"}
"""When a way in was last used is not of anybody we know."""
ROWS: dict[str, Any] = {
    "prospect_id": ProspectRow, "handoff_id": HandoffRow, "decision_id": DecisionRow,
    "transfer_id": TransferRow, "write_up_id": WriteUpRow, "promise_id": PromiseRow,
    "send_id": SendRow, "account_id": AccountRow, "delivery_id": DeliveryRow,
    "member_id": MemberRow, "opportunity_id": OpportunityRow, "enrollment_id": EnrollmentRow,
    "call_id": CallRow, "conversion_id": ConversionRow, "import_id": ImportRow,
}  # fmt: skip
KINDS = {"templates": "mail"}
"""Under `/sources/<slug>` stands a `source`; what is called otherwise."""
SEEN = 0.85
"""Of all addresses; the demo has nothing for the others, or only a platform asks for them."""


def test_nothing_changes_when_anything_is_looked_at(demo: FilledDemo) -> None:
    file = kept.begun("site", "leads.csv", Holds.LEADS, demo.present, by="t")
    kept.keep(demo.database, BytesIO(b"email\nann@x.example\n"), file)
    token, welcome, way_out = perform(demo.database, lambda session: _let_in(session, demo))
    rita = Visitor(demo.site.test_client())
    rita.send("/demo", "/demo/role", role="rep")
    rita.see("/you")
    program = {"Authorization": f"Bearer {token}"}
    demo.site.test_client().get("/api/v1/prospects", headers=program)
    before = text_of_every_table(demo.database)
    found: dict[str, int] = {}
    with reading(demo.database) as session:
        paths = list(_addresses(session, demo, welcome, way_out))
    for rule, path in paths:
        by = demo.site.test_client() if rule.startswith("/api/") else rita.client
        answer = by.get(path, headers=program if rule.startswith("/api/") else {})
        found[rule] = answer.status_code
        answer.close()
    after = text_of_every_table(demo.database)
    assert {each for each in after if after[each] != before[each]} <= NO_RECORD
    # Whoever is not let in changes nothing anyhow: nearly all of it was seen.
    unseen = sorted(rule for rule, status in found.items() if status >= 400)
    assert len(unseen) <= (1 - SEEN) * len(found), unseen


def _let_in(session: Session, demo: FilledDemo) -> tuple[str, str, str]:
    """Rita may do everything, a program too; somebody is invited, and somebody can unsubscribe."""
    everything = [str(role) for role in Role]
    team.save(session, [{"email": RITA, "roles": everything}], demo.present)
    token = tokens.create(session, Role.ADMIN, "reader", None, demo.present)
    welcome = links.invite(
        session, email="neo@isotherm.example", role=Role.REP, by="t", now=demo.present
    )
    send = session.execute(
        select(SendRow).where(SendRow.address.is_not(None)).limit(1)
    ).scalar_one()
    who, secret = ProspectId(send.prospect_id), demo.settings.secret_key
    return token, welcome, unsubscribing.token_of(secret, who, str(send.address), "newsletter")


def _addresses(
    session: Session, demo: FilledDemo, welcome: str, way_out: str
) -> Iterator[tuple[str, str]]:
    """Each rule that GET may ask for, with an address of it."""
    rita = team.by_email(session, RITA)
    assert rita
    for rule in demo.site.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(ON_PURPOSE):
            continue
        tokens_of = {"/welcome/<token>": welcome, "/reset/<token>": welcome, "/u/<token>": way_out}
        values = {"token": tokens_of.get(rule.rule, "x"), "act": "move", "name": "live"}
        values |= {"filename": "warmline.css", "call": "page"}
        yield rule.rule, _filled(session, rule.rule, values, rita.id)


def _filled(session: Session, rule: str, values: dict[str, str], rep: Any) -> str:
    names = re.findall(r"<(?:[^:>]+:)?([a-z_]+)>", rule)
    own = next((each for each in reversed(names) if each in ROWS), None)
    if own:
        row = ROWS[own]
        query = select(row).limit(1)
        if hasattr(row, "rep_id"):
            query = query.where(row.rep_id == rep)
        one = session.execute(query).scalars().first()
        values |= {each: str(getattr(one, each, "")) for each in names if each in ROWS}
        values[own] = str(one.id) if one else str(rep)
    if "slug" in names:
        above = rule.split("/<slug>")[0].rpartition("/")[2]
        kind = KINDS.get(above, above.removesuffix("s"))
        found = configuration.read(session, kind)
        values["slug"] = next(iter(found), "nothing")
        values["step"] = "hello"
    return re.sub(r"<(?:[^>]+:)?([a-z_]+)>", lambda name: values.get(name[1], str(rep)), rule)
