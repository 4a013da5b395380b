"""A whole Warmline in one process, whose jobs run when they are told to."""

import base64
import json
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from app import clock, tokens
from app.database import Database
from app.demo.linkedin import LinkedIn
from app.door import perform
from app.jobs.drain import drain
from app.settings import Settings
from app.web import create_app
from app.workspace.apply import apply
from prospects import configuration, team
from prospects.announcing import DESTINATION
from prospects.ids import new_id
from prospects.member import Role
from prospects.topics import Queue
from scoring import models
from scoring.learning import trainings
from scoring.models import ITSELF, Origin
from tests.api.conftest import Program
from tests.scoring.card.test_adding_up import a_card
from webhooks.conversion_rows import ConversionRow

WORKSPACE = Path(__file__).parents[1] / "workspaces" / "loop"
ADA, BEA, CARA = "ada@firm.example", "bea@lake.example", "cara@mill.example"
RITA = "rita@vendor.example"
LOCAL = (ip_network("127.0.0.0/8"),)


class House:
    """One installation with the workspace of the loop, live, with the outbox as its mail server."""

    def __init__(self, database: Database, url: str, folder: Path) -> None:
        self.database = database
        self.settings = Settings(
            data=folder, database_url=url, secret_key="k" * 40, api_token="a" * 20,
            egress_allow=LOCAL, mail_from="hello@vendor.example", api_rate=1_000_000,
        )  # fmt: skip
        self.app = create_app(self.settings, database=database)
        self.admin = self.program("a" * 20)

    def furnish(self, linkedin: LinkedIn) -> None:
        """Apply the workspace, and go live."""
        variables = {
            "LI_SECRET": linkedin.secret, "LI_URL": linkedin.url,
            "LI_TOKEN": linkedin.access_token, "API_KEY": "api-key",
        }  # fmt: skip
        secret = self.settings.secret_key
        apply(self.database, WORKSPACE, variables, clock.now(), secret=secret, egress=LOCAL)
        self.admin.post("/switches/live", {}, 200)

    def program(self, token: str) -> Program:
        return Program(self.app.test_client(), {"Authorization": f"Bearer {token}"})

    def colleague(self, role: Role, email: str) -> Program:
        return self.program(
            perform(self.database, lambda s: tokens.create(s, role, "test", email, clock.now()))
        )

    def work(self) -> None:
        """Everything that is due, and what comes of it."""
        for _round in range(4):
            for queue in Queue:
                drain(self.database, self.settings, queue)

    def receive(self, slug: str, body: bytes, headers: dict[str, str]) -> None:
        answer = self.app.test_client().post(f"/webhooks/{slug}", data=body, headers=headers)
        assert answer.status_code == 200, answer.text
        self.work()

    def tell(self, *items: dict[str, Any]) -> None:
        headers = {"X-Token": "api-key", "Content-Type": "application/json"}
        self.receive("site", json.dumps(items).encode(), headers)

    def person(self, email: str) -> Any:
        (found,) = self.admin.get(f"/prospects?email={email}")["items"]
        return found

    def everything(self) -> dict[str, str]:
        """Every table of the database as one text."""
        return text_of_every_table(self.database)


def text_of_every_table(database: Database) -> dict[str, str]:
    """Each table as one text in small letters, what is written in base64 in the clear as well."""
    found = MetaData()
    found.reflect(database.readers)
    with database.readers.connect() as connection:
        return {
            table.name: "\n".join(
                readable(value) for row in connection.execute(select(table)) for value in row
            ).lower()
            for table in found.sorted_tables
        }


def readable(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        text = bytes(value).decode("utf-8", "replace")
        try:
            inside = [
                base64.b64decode(each).decode("utf-8", "replace") for each in json.loads(text)
            ]
        except (ValueError, TypeError):
            inside = []
        return "\n".join([text, *inside])
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def filled(house: House, rita: Program) -> None:
    """A lead that is offered, one that was checked, one that was won; a deal, a segment, a hook."""
    dora = {"email": "dora@vendor.example", "name": "Dora", "roles": ["desk", "account_manager"]}
    perform(house.database, lambda session: team.save(session, [dora], clock.now()))
    hook = {"slug": "crm", "url": "http://127.0.0.1:9/", "events": ["handoff.offered"]}
    house.admin.post("/hooks", hook)
    condition = {"field": "country", "op": "eq", "value": "DE"}
    house.admin.post("/segments", {"slug": "dach", "name": "Dach", "condition": condition})
    for email in (CARA, ADA, BEA):
        house.tell({"email": email, "form": "guide", "name": "Ada"})
        own = ({"email": email, "form": "demo", "external_id": f"{email}{n}"} for n in range(3))
        house.tell(*own)
        house.tell({"email": email, "activity": "page_view", "body": {"page": "/pricing"}})
    twins(house, "Jo Li")
    kim, lee = twins(house, "Kim Lee")
    house.admin.post(f"/prospects/{kim}/merges", {"other": lee, "why": "one desk"})
    lead = house.person(ADA)
    perform(house.database, lambda session: _tell_platforms(session, UUID(lead["id"])))
    house.admin.post("/opportunities", {"account": lead["account"], "product": "cooling"})
    fair = {"value": 0.8, "days": 30, "reason": "met at the fair"}
    house.admin.post(f"/prospects/{lead['id']}/overrides", fair)
    perform(house.database, _learn)
    told = {
        "verdict": "confirmed", "spoke_with": "Ada", "channel": "call", "fact": "They decide in May.",
        "at": (clock.now() - timedelta(seconds=1)).isoformat(),
        "promises": [{"what": "the paper", "due_at": "2030-01-01T00:00:00Z"}],
    }  # fmt: skip
    for email in (CARA, ADA):
        path = f"/handoffs/{house.person(email)['handoff']}"
        rita.post(f"{path}/acceptance", {})
        rita.post(f"{path}/confirmation", told)
    asked = {"what": "Who signs, and up to how much?"}
    rita.post(f"/handoffs/{house.person(ADA)['handoff']}/write-ups", asked)
    rita.post(f"/handoffs/{house.person(CARA)['handoff']}/outcome", {"result": "won"})
    house.work()


def twins(house: House, name: str) -> list[str]:
    """The ids of two of one name at one company, who are perhaps one person."""
    first, _, last = name.lower().partition(" ")
    both = [f"{first}.{last}@twins.example", f"{first[0]}.{last}@twins.example"]
    house.tell(*({"email": each, "form": "guide", "name": name} for each in both))
    return [house.person(each)["id"] for each in both]


def _learn(session: Session) -> None:
    """A model that was trained, and a training that is over."""
    now = clock.now()
    models.keep(session, a_card(), {}, now, origin=Origin.RECORD, by=ITSELF)
    hold = trainings.begin(session, "it was time", now, by=ITSELF)
    assert hold is not None
    trainings.end(session, hold, trainings.State.DONE, now)
    trainings.say_known(session, "fields.project", now, known=True, by=ITSELF)


def _tell_platforms(session: Session, prospect_id: UUID) -> None:
    """A platform to be told what became of its leads, and a step that it was not told."""
    now = clock.now()
    chat = {"kind": "slack", "url": "https://192.0.9.9/secret", "events": ["handoff.won"]}
    configuration.write(session, DESTINATION, "ads", chat, now, by="test")
    row = ConversionRow(
        prospect_id=prospect_id, id=new_id(now), destination="ads", milestone="won", key="won:1",
        at=now, state="withheld", reason="there is no consent to ads", made_at=now,
    )  # fmt: skip
    session.add(row)
