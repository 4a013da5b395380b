"""`webflow`: forms of Webflow's sites, whole in the body; signed where the webhook was made by its API. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from webhooks import proofs, signatures
from webhooks.adapter import Adapter, Incoming, Item, Posted, Quarantined, Read, Refused, Verified
from webhooks.documents import LONGEST_LABEL, as_test, filled, part, read_object, spoken, text
from webhooks.filled_in import filled_in
from webhooks.instants import read_instant
from webhooks.sources import Source

SUBMISSION = "form_submission"


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """x-webflow-signature is the hex HMAC of timestamp, colon and raw body, good for five minutes.

    Webhooks made in the settings of a site are not signed; for them the secret address must do.
    """
    if source.secrets:
        stamp = request.headers.get("x-webflow-timestamp", "")
        given = request.headers.get("x-webflow-signature", "")
        message = stamp.encode("utf-8", "replace") + b":" + request.body
        timely = signatures.in_time(stamp, now, unit=signatures.MILLISECONDS)
        good = timely and signatures.signed_hex(given, message, source.secrets)
        return proofs.signed(request, source, proved=good)
    return proofs.unsigned(request, source, _submission)


def parse(posted: Posted, source: Source) -> list[Item]:
    """The one form of the body, in today's shape or in the older one without a signature."""
    document = read_object(posted.body)
    if tests := as_test(document):
        return tests
    if document.get("triggerType", SUBMISSION) != SUBMISSION:
        return [Quarantined("", "it is no form")]
    return [_read(_submission(posted.body), source, posted.received_at)]


def _submission(body: bytes) -> Mapping[str, Any]:
    document = read_object(body)
    payload = document.get("payload", document)
    if as_test(document):
        return document
    if not isinstance(payload, Mapping) or not isinstance(payload.get("data"), Mapping):
        raise UnreadableError("this is no form of Webflow's")
    return payload


def _read(payload: Mapping[str, Any], source: Source, now: datetime) -> Read:
    told = read_instant(payload.get("submittedAt") or payload.get("d"), now)
    ref = text(payload.get("id")) or text(payload.get("_id"))
    fields = [(name, spoken(value)) for name, value in part(payload, "data").items()]
    found = filled_in(fields, source, told.at, guess=True)
    form = text(payload.get("formId"))
    body = {
        "form": source.map.get(f"form.{form}") or text(payload.get("name")) or source.slug,
        "form_id": form,
        "campaign": found.touch.get("utm_campaign") or source.campaign,
        "fields": found.about.fields,
        "touch": found.touch,
        "site": text(payload.get("siteId")) or text(payload.get("site")),
        "remark": told.remark,
    }
    return Read(
        space="lead",
        key=ref or None,
        label=ref[:LONGEST_LABEL],
        about=found.about,
        kind=Kind.FORM,
        happened_at=told.at,
        body=filled(body),
        agreements=found.agreements,
    )


ADAPTER = Adapter(verify=verify, parse=parse)
