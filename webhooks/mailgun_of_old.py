"""Mailgun's older webhooks, which are forms, as the events that its newer ones hold. Pure."""

from collections.abc import Mapping
from typing import Any

from prospects.reading import UnreadableError, read_json
from webhooks.mail_forms import read_parts

_FAILED = {"bounced": "bounce", "dropped": "old"}
_DROPPED = {"605": "suppress-bounce", "606": "suppress-unsubscribe", "607": "suppress-complaint"}
"""Mailgun's own codes for addresses to which it does not even try to send."""


def read_document(body: bytes) -> Mapping[str, Any]:
    """A webhook of Mailgun's, of either age, with `signature` and `event-data`. Raises UnreadableError."""
    if body.lstrip()[:1] in (b"{", b"["):
        document = read_json(body)
        if not isinstance(document, Mapping):
            raise UnreadableError("this is no event of Mailgun's")
        return document
    fields: dict[str, str] = {}
    for part in read_parts(body):
        # Fields of the mail's own come after Mailgun's, and may have the same names.
        fields.setdefault(part.name, part.content.decode("utf-8", "replace"))
    return {"signature": fields, "event-data": _event(fields)}


def _event(fields: Mapping[str, str]) -> dict[str, Any]:
    told = fields.get("event", "")
    failed = told in _FAILED
    words = fields.get("error") or fields.get("description") or ""
    return {
        "id": fields.get("token"),
        "event": "failed" if failed else told,
        "severity": "permanent" if failed else None,
        "reason": _DROPPED.get(fields.get("code", ""), _FAILED.get(told)),
        "timestamp": fields.get("timestamp"),
        "recipient": fields.get("recipient"),
        "url": fields.get("url"),
        "user-variables": dict(fields),
        "message": {"headers": {"message-id": fields.get("Message-Id")}},
        "delivery-status": {"code": fields.get("code"), "message": words},
        "client-info": {"bot": fields.get("bot"), "user-agent": fields.get("user-agent")},
    }
