"""A test lead as a source's sender would send it, signed with the source's own secret. Pure."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from webhooks import signatures
from webhooks.documents import TEST_MARK
from webhooks.sources import (
    OF_MAILS,
    HeaderAuth,
    HmacAuth,
    Source,
    SourceKind,
    StandardWebhooksAuth,
)

HERE = "http://localhost"
"""As which a request knows this site that came by no wire."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A request to the source's own address. `token` is the last part of its path, if it has one."""

    body: bytes
    headers: Mapping[str, str] = field(repr=False)
    token: str | None = field(default=None, repr=False)


def trial(source: Source, now: datetime) -> Trial | None:
    """A test lead for this source; None where only the platform or a visitor can send one."""
    match source.kind:
        case SourceKind.GENERIC_JSON:
            body = json.dumps(_lead(now)).encode()
            return _sent(source, body, _proof(source, body, now))
        case SourceKind.GOOGLE_LEAD_FORM:
            lead = {"lead_id": _name(now), "google_key": source.secrets[0], "is_test": True}
            return _sent(source, json.dumps({**lead, "user_column_data": []}).encode(), {})
        case SourceKind.META_LEAD_ADS:
            body = json.dumps(_dashboard_test(now)).encode()
            sign = signatures.mac(source.secrets[0].encode(), body).hex()
            return _sent(source, body, {"X-Hub-Signature-256": f"sha256={sign}"})
        case each if each in OF_MAILS:
            return None
        case SourceKind.LINKEDIN_LEAD_GEN | SourceKind.HTML_FORM:
            return None
        case SourceKind.CLOUDEVENTS:
            body = json.dumps(_event(now)).encode()
            return _sent(source, body, _bearer(source) or _proof(source, body, now))
        case SourceKind.SEGMENT:
            key = base64.b64encode(f"{source.secrets[0]}:".encode()).decode()
            return _sent(source, json.dumps(_call(now)).encode(), {"Authorization": f"Basic {key}"})
        case _:
            body = json.dumps({TEST_MARK: True, "at": _name(now)}).encode()
            return _sent(source, body, _signature(source, body, now))


def _sent(source: Source, body: bytes, proof: Mapping[str, str]) -> Trial:
    return Trial(body, {"Content-Type": "application/json", **proof}, source.token)


def _name(now: datetime) -> str:
    return f"test-{now:%Y%m%dT%H%M%S.%f}"


def _lead(now: datetime) -> dict[str, Any]:
    who = {"email": "test.lead@example.com", "name": "Test Lead", "form": "test"}
    return {TEST_MARK: True, "external_id": _name(now), **who}


def _event(now: datetime) -> dict[str, Any]:
    named = {"id": _name(now), "source": "warmline", "type": "test", "data": _lead(now)}
    return {"specversion": "1.0", "time": now.isoformat(), **named}


def _call(now: datetime) -> dict[str, Any]:
    said = {"type": "identify", "messageId": _name(now), "userId": "test", "traits": _lead(now)}
    return {TEST_MARK: True, "timestamp": now.isoformat(), **said}


def _bearer(source: Source) -> dict[str, str]:
    plain = source.secrets and source.auth is None
    return {"Authorization": f"Bearer {source.secrets[0]}"} if plain else {}


def _dashboard_test(now: datetime) -> dict[str, Any]:
    """What the Test button of Meta's dashboard sends: ids made of fours."""
    at, fours = int(now.timestamp()), "4" * 12
    value = {"leadgen_id": fours, "page_id": fours, "form_id": fours, "created_time": at}
    change = {"field": "leadgen", "value": value}
    return {"object": "page", "entry": [{"id": "0", "time": at, "changes": [change]}]}


def _signature(source: Source, body: bytes, now: datetime) -> dict[str, str]:
    """How this kind of platform proves a body."""
    stamp = str(int(now.timestamp()))
    secret = source.secrets[0].encode() if source.secrets else b""
    match source.kind:
        case SourceKind.TYPEFORM:
            coded = base64.b64encode(signatures.mac(secret, body)).decode()
            return {"Typeform-Signature": f"sha256={coded}"}
        case SourceKind.CALENDLY:
            sign = signatures.mac(secret, f"{stamp}.".encode() + body).hex()
            return {"Calendly-Webhook-Signature": f"t={stamp},v1={sign}"}
        case SourceKind.WEBFLOW if source.secrets:
            sign = signatures.mac(secret, f"{stamp}000:".encode() + body).hex()
            return {"X-Webflow-Timestamp": f"{stamp}000", "X-Webflow-Signature": sign}
        case SourceKind.HUBSPOT:
            text = f"POST{HERE}/webhooks/{source.slug}" + (
                f"/{source.token}" if source.token else ""
            )
            whole = text.encode() + body + f"{stamp}000".encode()
            coded = base64.b64encode(signatures.mac(secret, whole)).decode()
            return {"X-HubSpot-Request-Timestamp": f"{stamp}000", "X-HubSpot-Signature-v3": coded}
        case _:
            return _proof(source, body, now)


def _proof(source: Source, body: bytes, now: datetime) -> dict[str, str]:
    match source.auth:
        case None:
            return {}
        case HeaderAuth(header=name, value=value):
            return {name: value}
        case HmacAuth() as auth:
            sign = signatures.mac((*auth.secret, *source.secrets)[0].encode(), body)
            coded = base64.b64encode(sign).decode() if auth.encoding == "base64" else sign.hex()
            return {auth.hmac_header: f"{auth.prefix}{coded}"}
        case StandardWebhooksAuth(standard_webhooks=own):
            secrets = source.secrets if own is True else own
            return signatures.standard_webhooks_headers(
                f"test_{now:%Y%m%dT%H%M%S%f}", body, secrets[:1], now
            )
