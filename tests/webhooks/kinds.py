"""The kinds that came with signed samples: a source of each, and requests as their platforms send them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.webhooks.support import SECRETS, SIGNATURES, payload
from webhooks.adapter import Incoming, Item, Posted, Refused, Verified
from webhooks.kinds.registry import ADAPTERS
from webhooks.sources import Source
from webhooks.written import read_source

PATH_TOKEN = "a-token-in-the-path"
HEADER_TOKEN = SECRETS["shared_header_token"]
NOW = datetime.fromtimestamp(1793697300, UTC)
ENTRIES: Mapping[str, dict[str, Any]] = {
    "calendly": {"kind": "calendly", "secrets": [SECRETS["calendly_signing_key"]]},
    "gravity_forms": {
        "kind": "gravity_forms",
        "auth": {"header": "X-Lead-Token", "value": HEADER_TOKEN},
    },
    "hubspot": {
        "kind": "hubspot",
        "secrets": [SECRETS["hubspot_client_secret"]],
        "access_token": "a-private-app-token",
    },
    "snapchat": {"kind": "snapchat_lead", "token": PATH_TOKEN},
    "tiktok": {"kind": "tiktok_lead", "token": PATH_TOKEN},
    "typeform": {"kind": "typeform", "secrets": [SECRETS["typeform_secret"]]},
    "webflow": {"kind": "webflow", "secrets": [SECRETS["webflow_secret"]]},
}
UNSIGNED = {"kind": "webflow", "token": PATH_TOKEN}
"""A webhook made in Webflow's own settings."""
SAMPLES = [each for each in SIGNATURES["samples"] if each["file"].split("/")[0] in ENTRIES]


def source_of(file: str, **changes: Any) -> Source:
    """A source that this sample is for."""
    legacy = "legacy" in file
    entry = UNSIGNED if legacy else ENTRIES[file.split("/")[0]]
    return read_source({"slug": "api", **entry, **changes})


def request_of(sample: Mapping[str, Any], body: bytes | None = None, **headers: str) -> Incoming:
    """The sample as it stands on the wire, or with another body or other headers."""
    given = {name.lower(): value for name, value in sample["headers"].items()}
    given |= {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Incoming(
        method="POST",
        headers=given,
        query={},
        body=payload(sample["file"]) if body is None else body,
        token=PATH_TOKEN,
        urls=("http://127.0.0.1/x", sample.get("uri", "")),
    )


def judged(sample: Mapping[str, Any], request: Incoming, now: datetime = NOW) -> Verified | Refused:
    source = source_of(sample["file"])
    return ADAPTERS[source.kind].verify(request, source, now)


def parsed(file: str, body: bytes | None = None, **changes: Any) -> list[Item]:
    """The items of a sample, or of another body of its kind."""
    source = source_of(file, **changes)
    headers = {"idempotency-key": changes.pop("sent")} if "sent" in changes else {}
    posted = Posted(payload(file) if body is None else body, NOW, "", headers)
    return ADAPTERS[source.kind].parse(posted, source)
