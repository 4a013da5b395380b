"""TikTok's Events API for CRM: steps of a lead under its lead id, into one CRM event set. Pure.

TikTok answers 200 to nearly everything; what it means stands in `code`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from webhooks.destinations import Destination
from webhooks.platforms.conversion import (
    CRM,
    AllRefused,
    Answer,
    Came,
    Conversion,
    Known,
    Later,
    Platform,
    Refused,
    Request,
    Taken,
    code_of,
    digits,
    hashed,
    hashed_email,
    short,
    usual,
)

API = "https://business-api.tiktok.com/open_api/v1.3"
LEAD_ID, CLICK = "tiktok_lead_id", "ttclid"
TOKEN = range(40_101, 40_110)
PASSING = frozenset({40_016, 40_100, 40_133, 51_305})
PARTLY = 20_001


def unknown(known: Known) -> str | None:
    """A lead id, a click, an address or a phone will do."""
    found = known.ids.get(LEAD_ID) or known.ids.get(CLICK) or known.email or known.phone
    return None if found else "there is nothing that TikTok could know them by"


def build(conversions: Sequence[Conversion], destination: Destination, token: str) -> Request:
    """One call for all of them."""
    base = (destination.api_base_url or API).rstrip("/")
    document = {
        "event_source": "crm",
        "event_source_id": destination.account,
        "data": [_event(each) for each in conversions],
    }
    return Request(f"{base}/event/track/", {"Access-Token": token}, document)


def _event(conversion: Conversion) -> dict[str, Any]:
    known = conversion.known
    user = {
        "lead_id": known.ids.get(LEAD_ID),
        "email": hashed_email(known.email) if known.email else None,
        "phone": hashed(f"+{digits(known.phone)}") if known.phone else None,
        "ttclid": known.ids.get(CLICK),
    }
    event: dict[str, Any] = {
        "event": conversion.name,
        "event_time": int(conversion.at.timestamp()),
        "event_id": conversion.id,
        "user": {name: value for name, value in user.items() if value},
    }
    if lead := known.ids.get(LEAD_ID):
        # Where it belongs is said in both ways by those who use this API; what is not known is passed over.
        event["lead"] = {"lead_id": lead, "lead_event_source": CRM}
    if conversion.value is not None:
        event["properties"] = {
            "currency": conversion.currency,
            "value": float(conversion.value),
        }
    return event


def read(answer: Answer, count: int) -> Came:
    """Code 0 is all of them; 20001 names those that failed."""
    if answer.status != 200 and (found := usual(answer)):
        return found
    document = answer.document
    code, request = code_of(document.get("code")), document.get("request_id")
    taken = Taken(request[:80] if isinstance(request, str) else None)
    if code == 0:
        return [taken] * count
    if code in TOKEN:
        return Later(f"the token was refused (code {code})", ours=True)
    if code in PASSING or code is None or 50_000 <= code < 60_000:
        return Later(f"TikTok asks to wait (code {code})")
    why = short(document.get("message"), f"code {code}")
    if code == PARTLY and (failed := _failed(document)):
        return [Refused(failed[n]) if n in failed else taken for n in range(count)]
    return AllRefused(why)


def _failed(document: Mapping[str, Any]) -> dict[int, str]:
    """The events that failed, by their place in the batch."""
    inner = document.get("data")
    failed = inner.get("failed_events") if isinstance(inner, Mapping) else None
    return {
        each["order_in_batch"]: short(each.get("error_message"), "it was refused")
        for each in (failed if isinstance(failed, list) else [])
        if isinstance(each, Mapping) and type(each.get("order_in_batch")) is int
    }


PLATFORM = Platform(
    most=1000,
    oldest=timedelta(days=28),
    ids=(LEAD_ID, CLICK),
    unknown=unknown,
    build=build,
    read=read,
)
