"""One call to a CRM, with its token; a token that ran out is got anew once."""

import json
from collections.abc import Mapping

from webhooks import outbound, tokens
from webhooks.adapter import Reply
from webhooks.crms.dialect import Wanted
from webhooks.crms.registry import DIALECTS
from webhooks.destinations import Destination
from webhooks.outbound import Answered, Networks, NoAnswer
from webhooks.waits import wish

HEADERS: Mapping[str, str] = {"Accept": "application/json", "User-Agent": "Warmline"}
UNAUTHORIZED = 401


def speak(
    wanted: Wanted, crm: Destination, moment: float, *, allow: Networks
) -> Reply | tokens.Refused:
    """What the CRM answers; no transaction is open here."""
    came = answer(wanted, crm, moment, allow=allow)
    if isinstance(came, tokens.Refused):
        return came
    if isinstance(came, NoAnswer):
        return tokens.Refused(came.reason, ours=came.forbidden)
    return Reply(came.status, came.body, wish(came.headers))


def answer(
    wanted: Wanted, crm: Destination, moment: float, *, allow: Networks
) -> Answered | NoAnswer | tokens.Refused:
    """The same, as it came."""
    came = _once(wanted, crm, moment, allow)
    if isinstance(came, Answered) and came.status == UNAUTHORIZED and tokens.forget(crm):
        return _once(wanted, crm, moment, allow)
    return came


def _once(
    wanted: Wanted, crm: Destination, moment: float, allow: Networks
) -> Answered | NoAnswer | tokens.Refused:
    dialect = DIALECTS[crm.kind]
    base = (crm.api_base_url or dialect.api).rstrip("/")
    token = tokens.access_token(crm, base + dialect.token_path, moment, allow=allow)
    if isinstance(token, tokens.Refused):
        return token
    headers = {**HEADERS, "Authorization": f"Bearer {token}"}
    body = None
    if wanted.document is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(wanted.document, separators=(",", ":")).encode()
    return outbound.send(wanted.method, base + wanted.path, headers, body, allow=allow)
