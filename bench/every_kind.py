"""A stage with a source of every kind, and what their senders post there."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.database import open_database
from app.door import perform
from bench.stage import SECRET, Stage, furnish
from tests.support.dispatches import KINDS, dispatches
from tests.support.senders import CERTIFICATE, SENDERS, Sent
from tests.webhooks.mail_services import amazons_certificate
from webhooks.rows import CertificateRow
from webhooks.sources import SourceKind

NOWHERE = "http://127.0.0.1:9"
"""What is asked of a platform comes to nothing here."""


def furnish_every_kind(stage: Stage) -> None:
    """A source of each kind, named by it, and the one of the floor; Amazon's certificate is at hand."""
    ours = [
        {"slug": str(kind), "kind": str(kind), "api_base_url": NOWHERE, **sender.entry}
        for kind, sender in SENDERS.items()
    ]
    auth = {"hmac_header": "X-Signature", "encoding": "hex", "secret": SECRET}
    bench = {"slug": "bench", "kind": "generic_json", "auth": auth}
    furnish(stage, {"sources.yaml": json.dumps({"sources": [*ours, bench]})})
    database = open_database(stage.database_url, connections=2)
    perform(database, _know_amazon)
    database.close()


def _know_amazon(session: Session) -> None:
    known = CertificateRow(url=CERTIFICATE, pem=amazons_certificate(), fetched_at=datetime.now(UTC))
    session.add(known)


def posted(count: int, kind: str | None = None, *, first: int = 0) -> Iterator[Sent]:
    """That many deliveries from a number on, no two alike, of one kind or of every kind by turns."""
    kinds = [SourceKind(kind)] if kind else KINDS
    return dispatches(count, datetime.now(UTC), kinds, first=first)
