"""Google's Data Manager API, `events:ingest`: conversions of an Ads account by click id, address or phone. Pure.

The older UploadClickConversions is closed to newcomers since June 2026. Google fails fast: a request with
one bad event is refused whole, and names it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlencode

from webhooks.destinations import Destination
from webhooks.platforms.conversion import (
    Again,
    AllRefused,
    Answer,
    Came,
    Conversion,
    Known,
    Later,
    Looked,
    Platform,
    Refused,
    Request,
    Taken,
    digits,
    hashed,
    hashed_email,
    short,
    usual,
)

API = "https://datamanager.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
CLICKS = ("gclid", "gbraid", "wbraid")
"""The best first; an event carries one."""
SETTLED = frozenset({"SUCCESS", "FAILED", "PARTIAL_SUCCESS"})
GMAIL = frozenset({"gmail.com", "googlemail.com"})
_PLACE = re.compile(r"\bevents\[([0-9]{1,6})\]")


def unknown(known: Known) -> str | None:
    """A click id, an address or a phone will do."""
    found = known.email or known.phone or any(known.ids.get(name) for name in CLICKS)
    return None if found else "there is nothing that Google could know them by"


def build(conversions: Sequence[Conversion], destination: Destination, token: str) -> Request:
    """One call for all of them; each conversion action is a destination of its own."""
    base = (destination.api_base_url or API).rstrip("/").removesuffix("/v1")
    actions = {
        name: f"d{n}" for n, name in enumerate(sorted({each.name for each in conversions}), 1)
    }
    document = {
        "destinations": [
            _destination(destination, action, reference) for action, reference in actions.items()
        ],
        "events": [_event(each, actions[each.name]) for each in conversions],
        "encoding": "HEX",
    }
    return Request(f"{base}/v1/events:ingest", {"Authorization": f"Bearer {token}"}, document)


def _destination(destination: Destination, action: str, reference: str) -> dict[str, Any]:
    def account(number: str) -> dict[str, str]:
        return {"accountType": "GOOGLE_ADS", "accountId": number.replace("-", "")}

    login = destination.login_account
    return {
        "reference": reference,
        "operatingAccount": account(destination.account or ""),
        **({"loginAccount": account(login)} if login else {}),
        "productDestinationId": action,
    }


def _event(conversion: Conversion, reference: str) -> dict[str, Any]:
    known = conversion.known
    click = next((name for name in CLICKS if known.ids.get(name)), None)
    people = []
    if known.email:
        people.append({"emailAddress": _hashed_email(known.email)})
    if known.phone:
        people.append({"phoneNumber": hashed(f"+{digits(known.phone)}")})
    personalization = "CONSENT_GRANTED" if conversion.personalized else "CONSENT_DENIED"
    event: dict[str, Any] = {
        "destinationReferences": [reference],
        "transactionId": conversion.id,
        "eventTimestamp": conversion.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "OTHER",
        "consent": {"adUserData": "CONSENT_GRANTED", "adPersonalization": personalization},
    }
    if click:
        event["adIdentifiers"] = {click: known.ids[click]}
    if people:
        event["userData"] = {"userIdentifiers": people}
    if conversion.value is not None:
        event |= {"currency": conversion.currency, "conversionValue": float(conversion.value)}
    return event


def _hashed_email(email: str) -> str:
    """As Google compares addresses: at its own mail service dots and what follows a plus mean nothing."""
    local, _, domain = email.strip().lower().rpartition("@")
    if domain in GMAIL:
        local = local.partition("+")[0].replace(".", "")
    return hashed_email(f"{local}@{domain}")


def read(answer: Answer, count: int) -> Came:
    """200 is all of them, for now: Google looks closer later. A refusal names the events at fault."""
    document = answer.document
    if answer.status == 200:
        request = document.get("requestId")
        return [Taken(request[:80] if isinstance(request, str) else None)] * count
    if found := usual(answer):
        return found
    error = document.get("error")
    error = error if isinstance(error, Mapping) else {}
    named = dict(_violations(error))
    at_fault = {place: why for place, why in named.items() if place < count}
    if not at_fault:
        return AllRefused(short(error.get("message"), f"status {answer.status}"))
    return [Refused(at_fault[n]) if n in at_fault else Again() for n in range(count)]


def _violations(error: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The place of each event at fault in the batch, with why."""
    violations = (
        each
        for detail in _objects(error.get("details"))
        for each in _objects(detail.get("fieldViolations"))
    )
    for each in violations:
        if place := _PLACE.search(str(each.get("field"))):
            said = each.get("description") or each.get("reason")
            yield int(place[1]), short(said, "a field of it is wrong")


def _objects(value: object) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else []
    return [each for each in found if isinstance(each, Mapping)]


def ask(request: str, destination: Destination, token: str) -> Request:
    """What became of a batch that Google had taken."""
    base = (destination.api_base_url or API).rstrip("/").removesuffix("/v1")
    url = f"{base}/v1/requestStatus:retrieve?{urlencode({'requestId': request})}"
    return Request(url, {"Authorization": f"Bearer {token}"}, {})


def learn(answer: Answer) -> Looked | Later:
    """Whether all of it was taken, some, or none; Google counts the reasons and does not say for whom."""
    if found := usual(answer):
        return found
    told = _objects(answer.document.get("requestStatusPerDestination"))
    states = {str(each.get("requestStatus")) for each in told}
    if answer.status != 200 or not told:
        return Looked("Google does not say what became of it")
    if not states <= SETTLED:
        return Later("Google is still looking at it")
    if states == {"SUCCESS"}:
        return Looked()
    return Looked(_counted(told), refused=states == {"FAILED"})


def _counted(told: list[Mapping[str, Any]]) -> str:
    infos = [info for each in told if isinstance(info := each.get("errorInfo"), Mapping)]
    counts = [each for info in infos for each in _objects(info.get("errorCounts"))]
    reasons = [f"{each.get('reason')} ({each.get('recordCount')})" for each in counts]
    return short(", ".join(reasons), "Google refused some of its batch")


PLATFORM = Platform(
    most=2000,
    oldest=timedelta(days=90),
    ids=CLICKS,
    unknown=unknown,
    build=build,
    read=read,
    ask=ask,
    learn=learn,
)
