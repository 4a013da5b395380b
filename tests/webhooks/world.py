"""A site at the hour of the samples, with a source of every kind, that every sample may be posted to."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.door import perform
from tests.support.senders import CERTIFICATE, PATH_TOKEN, SENDERS, sent
from tests.webhooks.mail_services import amazons_certificate
from tests.webhooks.support import PAYLOADS, SECRETS, Site, payload
from webhooks.rows import CertificateRow, DeliveryRow
from webhooks.sources import SourceKind

NOW = datetime.fromtimestamp(1793697300, UTC)
SAMPLES_CERTIFICATE = (
    "https://sns.eu-west-1.amazonaws.com/"
    "SimpleNotificationService-0000000000000000000000000000000a.pem"
)
PUBLIC_KEY = "whpk_VFzHjpQVUgmihYzdFwEYiP7VjHBCjvaM6FAt+1E+yPE="
BESIDE: Mapping[str, dict[str, Any]] = {
    "webflow_legacy": {"kind": "webflow", "token": PATH_TOKEN},
    **{
        slug: {"kind": "generic_json", "auth": {"standard_webhooks": [secret]}}
        for slug, secret in (
            ("standard", SECRETS["standard_webhooks_secret"]),
            ("standard_rotation", SECRETS["standard_webhooks_old_secret"]),
            ("standard_v1a", PUBLIC_KEY),
        )
    },
}
"""Sources of samples that the one of their kind is not for."""
_OF_FOLDER = {
    sample.split("/")[0]: str(kind) for kind, sender in SENDERS.items() for sample in sender.samples
}
_OF_FILE = {
    "generic/html_form_urlencoded.txt": "html_form",
    "generic/zapier_make_n8n_lead.json": "generic_json",
    "webflow/form_submission_legacy_v1.json": "webflow_legacy",
}


class World(Site):
    """The site; `now` is the time it is there."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, folder)
        self.now = NOW
        self.database.clock.go_by(lambda: self.now)
        for kind, sender in SENDERS.items():
            self.configure(kind, kind=str(kind), **sender.entry)
        for slug, entry in BESIDE.items():
            self.configure(slug, **entry)
        perform(self.database, self._know_amazon)

    def _know_amazon(self, session: Session) -> None:
        samples = (PAYLOADS / "_keys" / "sns_test_cert.pem").read_text()
        for url, pem in ((SAMPLES_CERTIFICATE, samples), (CERTIFICATE, amazons_certificate())):
            session.add(CertificateRow(url=url, pem=pem, fetched_at=NOW))

    def deliver(self, path: str, body: bytes, headers: Mapping[str, str]) -> TestResponse:
        """One request, as it stands."""
        return self.app.test_client().post(path, data=body, headers=dict(headers))

    def send(
        self, sample: Mapping[str, Any], body: bytes | None = None, **headers: str | None
    ) -> TestResponse:
        """A sample as its sender posts it, or with another body or other headers; None leaves one out."""
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {
            name: value
            for name, value in {**self._headers(sample), **changed}.items()
            if value is not None
        }
        whole = payload(sample["file"]) if body is None else body
        return self.deliver(path_of(sample), whole, given)

    def _headers(self, sample: Mapping[str, Any]) -> Mapping[str, str]:
        if sample["file"].startswith("hubspot/"):
            # Its signature is over the address, and ours is another one.
            return sent(SourceKind.HUBSPOT, payload(sample["file"]), NOW).headers
        headers: Mapping[str, str] = sample["headers"]
        return headers

    def came_of(self, answer: TestResponse) -> DeliveryRow:
        """What a request that was answered 200 has become, read."""
        self.read(self.now)
        (found,) = [e for e in self.deliveries() if str(e.id) == answer.get_json()["delivery"]]
        return found

    def fates(self, answer: TestResponse) -> list[tuple[str, str | None]]:
        """State and reason of each capture of it, in their order."""
        delivery = self.came_of(answer)
        found = [each for each in self.captures() if each.delivery_id == delivery.id]
        return [(each.state, each.reason) for each in found]


def path_of(sample: Mapping[str, Any]) -> str:
    """Where a sample goes to in this world."""
    file: str = sample["file"]
    slug = _OF_FILE.get(file) or _OF_FOLDER.get(file.split("/")[0], "standard")
    if slug == "standard":
        slug = next((each for each in BESIDE if each in _words(sample)), slug)
    entry = BESIDE.get(slug) or SENDERS[SourceKind(slug)].entry
    return f"/webhooks/{slug}" + (f"/{entry['token']}" if "token" in entry else "")


def _words(sample: Mapping[str, Any]) -> list[str]:
    """The scheme's last word: standard_webhooks_v1a_ed25519 is for standard_v1a."""
    return [f"standard_{each}" for each in sample["scheme"].split(" ")[0].split("_")]
