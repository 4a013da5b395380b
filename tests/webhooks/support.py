"""A whole receiving site: the app, its configuration, and the jobs that read what it kept."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app import clock
from app.database import Database
from app.door import perform, reading
from app.settings import Settings
from app.web import create_app
from prospects import configuration
from prospects.ids import CaptureId, DeliveryId
from prospects.rows import ActivityRow, ProspectRow
from prospects.sealing import seal
from webhooks import fetch
from webhooks.ingest import ingest
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState
from webhooks.sources import Source
from webhooks.written import read_source

PAYLOADS = Path(__file__).parents[1] / "payloads"
SIGNATURES = json.loads((PAYLOADS / "signatures.json").read_text())
SECRETS: dict[str, str] = SIGNATURES["secrets"]
SECRET_KEY = "k" * 40
TOKEN = "a-token-of-some-length"
LINKEDIN_SECRET = SECRETS["linkedin_client_secret"]

GENERIC = {"kind": "generic_json", "auth": {"header": "X-Token", "value": TOKEN}}
LINKEDIN = {
    "kind": "linkedin_lead_gen",
    "secrets": [LINKEDIN_SECRET],
    "access_token": "an-access-token",
    "api_base_url": "http://127.0.0.1:9",
    "pages": ["urn:li:sponsoredAccount:507000001", "urn:li:organization:5509810"],
}


def payload(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def sample(name: str) -> dict[str, Any]:
    """The headers, hour and secret that go with a payload."""
    found: dict[str, Any] = next(each for each in SIGNATURES["samples"] if each["file"] == name)
    return found


def a_source(**changes: Any) -> Source:
    return read_source({"slug": "api", **GENERIC, **changes})


def linkedin_signature(body: bytes, secret: str = LINKEDIN_SECRET) -> str:
    return hmac.new(secret.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()


class Site:
    """One workspace with its web part, whose jobs run when they are told to."""

    def __init__(self, url: str, folder: Path) -> None:
        self.settings = Settings(
            data=folder,
            database_url=url,
            secret_key=SECRET_KEY,
            egress_allow=(ip_network("127.0.0.0/8"),),
        )
        self.app = create_app(self.settings)
        self.database: Database = self.app.extensions["database"]

    def close(self) -> None:
        self.app.extensions["intake"].database = self.database
        self.app.extensions["intake"].flush()
        self.database.close()

    def configure(self, slug: str = "api", **entry: Any) -> None:
        """One entry of sources.yaml as `apply` leaves it: every secret sealed."""
        sealed = {
            name: seal(SECRET_KEY, str(value)) if name == "access_token" else value
            for name, value in (entry or GENERIC).items()
        }

        def write(session: Any) -> None:
            configuration.write(session, "source", slug, sealed, clock.now(), by="test")

        perform(self.database, write)

    def post(
        self, body: bytes | object, path: str = "/webhooks/api", **headers: str
    ) -> TestResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"X-Token": TOKEN, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().post(path, data=data, headers=sent)

    def notify(self, body: bytes, slug: str = "li", **headers: str) -> TestResponse:
        """A LinkedIn notification, signed."""
        sent = {"X_LI_Signature": linkedin_signature(body), **headers}
        return self.post(body, f"/webhooks/{slug}", **sent)

    def read(self, now: datetime | None = None) -> None:
        """Ingest everything that waits, as one batch."""
        at = now or clock.now()

        def work(session: Any) -> None:
            waiting = select(DeliveryRow.id).where(DeliveryRow.state == DeliveryState.RECEIVED)
            ids = [DeliveryId(each) for each in session.execute(waiting).scalars()]
            ingest(session, ids, at, secret=SECRET_KEY)

        perform(self.database, work)

    def fetch_due(self) -> list[fetch.Settled | fetch.Later]:
        """Fetch every lead that is due."""
        with reading(self.database) as session:
            due = select(CaptureRow.id).where(CaptureRow.state == CaptureState.FETCH_DUE)
            ids = [CaptureId(each) for each in session.execute(due).scalars()]
        return [outcome for each in ids if (outcome := self._fetch(each))]

    def _fetch(self, capture_id: CaptureId) -> fetch.Settled | fetch.Later | None:
        errand = perform(
            self.database,
            lambda session: fetch.prepare(session, capture_id, clock.now(), secret=SECRET_KEY),
        )
        if errand is None:
            return None
        result = fetch.call(errand, allow=self.settings.egress_allow)
        now = clock.now()
        return perform(
            self.database,
            lambda session: fetch.settle(session, errand, result, now, secret=SECRET_KEY),
        )

    def lose_database(self) -> None:
        """From now on every connection of the receiving view is refused."""
        self.app.extensions["intake"].database = _Away()

    def deliveries(self) -> list[DeliveryRow]:
        with reading(self.database) as session:
            return list(session.execute(select(DeliveryRow).order_by(DeliveryRow.id)).scalars())

    def captures(self) -> list[CaptureRow]:
        with reading(self.database) as session:
            query = select(CaptureRow).order_by(CaptureRow.delivery_id, CaptureRow.n)
            return list(session.execute(query).scalars())

    def states(self) -> list[str]:
        return [each.state for each in self.captures()]

    def people(self) -> list[ProspectRow]:
        with reading(self.database) as session:
            return list(session.execute(select(ProspectRow).order_by(ProspectRow.id)).scalars())

    def activities(self) -> list[ActivityRow]:
        with reading(self.database) as session:
            query = select(ActivityRow).order_by(ActivityRow.happened_at, ActivityRow.id)
            return list(session.execute(query).scalars())


class _Away:
    """A database that nobody can reach."""

    on_sqlite = False

    def __init__(self) -> None:
        self.engine = self.readers = self.hasty = self

    def connect(self, *_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    begin = execution_options = connect


def lead(**changes: Any) -> dict[str, Any]:
    """A lead as `generic_json` describes it."""
    given: Mapping[str, Any] = {
        "external_id": "lead-1",
        "email": "mia@nordwind.example",
        "name": "Mia Wolf",
        "company": "Nordwind GmbH",
    }
    return {name: value for name, value in {**given, **changes}.items() if value is not None}
