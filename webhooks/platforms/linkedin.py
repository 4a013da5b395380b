"""LinkedIn's Conversions API: a batch in which each conversion has an answer of its own. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from webhooks.destinations import Destination
from webhooks.platforms.conversion import (
    Again,
    AllRefused,
    Answer,
    Came,
    Conversion,
    Fate,
    Known,
    Platform,
    Refused,
    Request,
    Taken,
    hashed_email,
    short,
    usual,
)
from webhooks.sources import APIS, SourceKind

LEAD_ID, CLICK = "linkedin_lead_id", "li_fat_id"
LEAD_URN = "urn:li:leadGenFormResponse:"
URN = "urn:lla:llaPartnerConversion:"


def unknown(known: Known) -> str | None:
    """A lead id, an address or LinkedIn's own click id."""
    found = _lead(known) or known.email or known.ids.get(CLICK)
    return None if found else "there is nothing that LinkedIn could know them by"


def build(conversions: Sequence[Conversion], destination: Destination, token: str) -> Request:
    """One BATCH_CREATE for all of them. Of a person only hashes and LinkedIn's own ids are told."""
    base = (
        (destination.api_base_url or APIS[SourceKind.LINKEDIN_LEAD_GEN])
        .rstrip("/")
        .removesuffix("/rest")
    )
    headers = {
        "Authorization": f"Bearer {token}",
        "LinkedIn-Version": destination.api_version,
        "X-Restli-Protocol-Version": "2.0.0",
        "X-RestLi-Method": "BATCH_CREATE",
    }
    document = {"elements": [_element(each) for each in conversions]}
    return Request(f"{base}/rest/conversionEvents", headers, document)


def _element(conversion: Conversion) -> dict[str, Any]:
    known = conversion.known
    ids = []
    if known.email:
        ids.append({"idType": "SHA256_EMAIL", "idValue": hashed_email(known.email)})
    if click := known.ids.get(CLICK):
        ids.append({"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": click})
    element: dict[str, Any] = {
        "conversion": URN + conversion.name.removeprefix(URN),
        "conversionHappenedAt": int(conversion.at.timestamp() * 1000),
        "eventId": conversion.id,
        # It is asked for even where it is empty.
        "user": {"userIds": ids},
    }
    if lead := _lead(known):
        element["user"]["lead"] = lead
    if conversion.value is not None:
        amount = f"{conversion.value:.2f}"
        element["conversionValue"] = {"currencyCode": conversion.currency, "amount": amount}
    return element


def _lead(known: Known) -> str | None:
    lead = known.ids.get(LEAD_ID, "")
    return lead if lead.startswith(LEAD_URN) else None


def read(answer: Answer, count: int) -> Came:
    """Each element says what became of its conversion, in the order they were told."""
    if found := usual(answer):
        return found
    document = answer.document
    if not 200 <= answer.status < 300:
        return AllRefused(short(document.get("message"), f"status {answer.status}"))
    elements = document.get("elements")
    if not isinstance(elements, list) or len(elements) != count:
        return [Taken()] * count
    return [_fate(each) for each in elements]


def _fate(element: object) -> Fate:
    told = element if isinstance(element, Mapping) else {}
    status = told.get("status")
    if not isinstance(status, int) or 200 <= status < 300:
        return Taken()
    if status == 429 or status >= 500:
        return Again()
    error = told.get("error")
    message = error.get("message") if isinstance(error, Mapping) else error
    return Refused(short(message, f"status {status}"))


PLATFORM = Platform(
    most=5000,
    oldest=timedelta(days=90),
    ids=(LEAD_ID, CLICK),
    unknown=unknown,
    build=build,
    read=read,
)
