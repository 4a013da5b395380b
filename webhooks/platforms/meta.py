"""Meta's Conversions API for CRM: every step of a lead of an instant form, under its lead id. Pure.

One bad event has Meta refuse the whole batch, so a batch that was refused is halved until it is found.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

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
    Request,
    Taken,
    code_of,
    digits,
    hashed,
    hashed_email,
    short,
    usual,
)
from webhooks.sources import APIS, SourceKind

LEAD_ID = "meta_lead_id"
_LEAD = re.compile(r"[0-9]{15,17}")
TOKEN = frozenset({102, 190})
PERMISSION = frozenset({3, 10, 200, 294})
ABSENT = 33
"""The subcode of an object that is not there, or not for this token."""
PASSING = frozenset({1, 2, 4, 17, 32, 341, 368, 613, 80_004, 80_005})
"""Graph's codes of what passes by itself: trouble of its own, and too many calls."""


def unknown(known: Known) -> str | None:
    """A lead id, a click, an address or a phone will do."""
    found = _lead(known) or known.ids.get("fbc") or known.email or known.phone
    return None if found else "there is nothing that Meta could know them by"


def build(conversions: Sequence[Conversion], destination: Destination, token: str) -> Request:
    """One call for all of them."""
    base = (destination.api_base_url or APIS[SourceKind.META_LEAD_ADS]).rstrip("/")
    query = urlencode({"access_token": token})
    events = [_event(each) for each in conversions]
    return Request(f"{base}/{destination.account}/events?{query}", {}, {"data": events})


def _event(conversion: Conversion) -> dict[str, Any]:
    known = conversion.known
    user: dict[str, Any] = {}
    if lead := _lead(known):
        user["lead_id"] = int(lead)
    if known.email:
        user["em"] = [hashed_email(known.email)]
    if known.phone:
        user["ph"] = [hashed(digits(known.phone))]
    user |= {mark: known.ids[mark] for mark in ("fbc", "fbp") if known.ids.get(mark)}
    custom: dict[str, Any] = {"lead_event_source": CRM, "event_source": "crm"}
    if conversion.value is not None:
        custom |= {"value": float(conversion.value), "currency": conversion.currency}
    return {
        "event_name": conversion.name,
        "event_time": int(conversion.at.timestamp()),
        "action_source": "system_generated",
        "event_id": conversion.id,
        "user_data": user,
        "custom_data": custom,
    }


def _lead(known: Known) -> str | None:
    lead = known.ids.get(LEAD_ID, "")
    return lead if _LEAD.fullmatch(lead) else None


def read(answer: Answer, count: int) -> Came:
    """200 is all of them; an error is for all of them, whoever caused it."""
    document = answer.document
    if answer.status == 200:
        return [Taken(_trace(document))] * count
    error = document.get("error")
    error = error if isinstance(error, dict) else {}
    code = code_of(error.get("code"))
    if code in TOKEN or code in PERMISSION:
        return Later(f"the token was refused (code {code})", ours=True)
    if code == 100 and error.get("error_subcode") == ABSENT:
        return Later("there is no such dataset, or the token may not write to it", ours=True)
    if code in PASSING or error.get("is_transient") is True:
        return Later(f"Meta asks to wait (code {code})")
    if not error and (found := usual(answer)):
        return found
    if answer.status >= 500:
        return Later(f"status {answer.status}")
    said = error.get("error_user_msg") or error.get("message")
    return AllRefused(short(said, f"status {answer.status}"))


def _trace(document: Any) -> str | None:
    trace = document.get("fbtrace_id")
    return trace[:80] if isinstance(trace, str) else None


PLATFORM = Platform(
    most=1000,
    oldest=timedelta(days=7),
    ids=(LEAD_ID, "fbc", "fbp"),
    unknown=unknown,
    build=build,
    read=read,
)
