"""A whole Warmline in one process, whose jobs run when they are told to."""

import base64
import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, select

from app import clock, tokens
from app.database import Database
from app.demo.linkedin import LinkedIn
from app.door import perform
from app.jobs.drain import drain
from app.settings import Settings
from app.web import create_app
from app.workspace.apply import apply
from prospects.member import Role
from prospects.topics import Queue
from tests.api.conftest import Program

WORKSPACE = Path(__file__).parents[1] / "workspaces" / "loop"
LOCAL = (ip_network("127.0.0.0/8"),)


class House:
    """One installation with the workspace of the loop, live, with the outbox as its mail server."""

    def __init__(self, database: Database, url: str, folder: Path) -> None:
        self.database = database
        self.settings = Settings(
            data=folder, database_url=url, secret_key="k" * 40, api_token="a" * 20,
            egress_allow=LOCAL, mail_from="hello@vendor.example",
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
        """Every table of the database as one text, what is written in base64 in the clear as well."""
        found = MetaData()
        found.reflect(self.database.readers)
        with self.database.readers.connect() as connection:
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
