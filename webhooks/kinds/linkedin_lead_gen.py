"""`linkedin_lead_gen`: LinkedIn Lead Sync, which names a lead and has us fetch it. Challenge, proof, calls."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from prospects.reading import UnreadableError, read_json
from webhooks import signatures
from webhooks.adapter import (
    Adapter,
    Answer,
    Call,
    Dead,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Refused,
    Reply,
    Test,
    Thin,
    Trouble,
    Verified,
    Withdrawn,
)
from webhooks.linkedin_answers import NotALeadError, read_lead
from webhooks.rest_troubles import MAY_NOT, NO_TOKEN, REFUSED, trouble
from webhooks.sources import Source

SPACE = "lead"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_URN = re.compile(r"urn:li:leadGenFormResponse:([A-Za-z0-9_.~-]{1,120})")
_FORM = re.compile(r"leadGenForm:([0-9]{1,20})")
PROJECTION = (
    "ownerInfo,associatedEntityInfo,leadMetadataInfo,leadMetadata,owner,submitter,leadType,"
    "versionedLeadGenFormUrn,id,submittedAt,testLead,formResponse,"
    "form:(hiddenFields,creationLocale,name,id,content)"
)
"""Brings the form (questions, consents, hidden fields) and the campaign's name with the response."""
OURS = {
    401: REFUSED,
    403: MAY_NOT,
    426: "this `api_version` is no longer served: set a newer one",
}


def challenge(request: Incoming, source: Source) -> Answer | Refused:
    """LinkedIn's ownership check, repeated every two hours.

    Only a canonical UUID is answered: the same secret signs notifications as "hmacsha256=" + body,
    so an answer to any text would let strangers sign bodies of their own.
    """
    code = request.query.get("challengeCode", "")
    if not _UUID.fullmatch(code):
        return Refused(400, "challengeCode must be a UUID")
    response = signatures.mac(source.secrets[0].encode(), code.encode()).hex()
    return Answer(200, {"challengeCode": code, "challengeResponse": response})


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """X-LI-Signature is the HMAC of "hmacsha256=" + raw body; any live client secret may have made it."""
    if request.method != "POST":
        return Refused(405, "only POST is received here")
    if source.token is not None and not signatures.same(request.token or "", source.token):
        return Refused(401, "the sender could not be proved")
    given = request.headers.get("x-li-signature", "")
    if not signatures.signed_hex(given, b"hmacsha256=" + request.body, source.secrets):
        return Refused(401, "the sender could not be proved")
    return Verified(f"body:{hashlib.sha256(request.body).hexdigest()}")


def parse(posted: Posted, source: Source) -> list[Item]:
    """What a notification names. There is no id of the event: response and action together are one."""
    value = read_json(posted.body)
    notices: list[Any] = value if isinstance(value, list) else [value]
    if not notices or not all(isinstance(each, Mapping) for each in notices):
        raise UnreadableError("this is no LinkedIn notification")
    return [_notice(each, source) for each in notices]


def _notice(notice: Mapping[str, Any], source: Source) -> Item:
    ref, action = notice.get("leadGenFormResponse"), notice.get("leadAction")
    label = f"{ref}/{action}"[:200] if isinstance(ref, str) else ""
    if notice.get("type", "LEAD_ACTION") != "LEAD_ACTION":
        return Quarantined(label, "not a lead notification")
    if not isinstance(ref, str) or not _URN.fullmatch(ref):
        return Dead(label, "`leadGenFormResponse` is no URN of a response")
    owner = _owner(notice.get("owner"))
    if not source.speaks_for(owner):
        return Quarantined(label, "its owner is not in `pages` of this source")
    match action:
        case "CREATED":
            return Thin(SPACE, ref, label)
        case "DELETED":
            return Withdrawn(SPACE, ref, label, identity="linkedin")
        case _:
            return Quarantined(label, "`leadAction` is neither CREATED nor DELETED")


def _owner(owner: object) -> str:
    """The URN in {"sponsoredAccount": URN} or {"organization": URN}."""
    if isinstance(owner, Mapping):
        return next((each for each in owner.values() if isinstance(each, str)), "")
    return owner if isinstance(owner, str) else ""


def next_call(ref: str, source: Source, replies: Sequence[Reply]) -> Call | Trouble | None:
    """First the response with its form; if the form did not come along, the form by itself."""
    if not source.access_token:
        return NO_TOKEN
    if not replies:
        match = _URN.fullmatch(ref)
        if match is None:
            return Trouble("this is no URN of a response", final=True)
        path = f"leadFormResponses/{quote(match[1], safe='')}?fields={PROJECTION}"
        return call(path, source)
    wrong = trouble(replies[-1], OURS)
    if wrong is not None or len(replies) > 1:
        return wrong
    return _form_call(replies[0], source)


def _form_call(reply: Reply, source: Source) -> Call | Trouble | None:
    try:
        document = read_json(reply.body)
    except UnreadableError:
        return Trouble("the response is not JSON", final=True)
    if not isinstance(document, Mapping):
        return Trouble("the response is no object", final=True)
    form = document.get("form")
    if isinstance(form, Mapping) and "content" in form:
        return None
    found = _FORM.search(str(document.get("versionedLeadGenFormUrn", "")))
    if found is None:
        return Trouble("the response names no form", final=True)
    return call(f"leadForms/{found[1]}", source)


def call(path: str, source: Source) -> Call:
    headers = {
        "Authorization": f"Bearer {source.access_token}",
        "LinkedIn-Version": source.api_version,
        "X-Restli-Protocol-Version": "2.0.0",
        "Accept": "application/json",
    }
    # By hand, because Rest.li wants its parentheses and colons as they are.
    return Call(f"{source.api}/rest/{path}", headers)


def read_fetched(ref: str, bodies: Sequence[bytes], source: Source, now: datetime) -> Item:
    """The lead in what was fetched: the response, and its form if that came separately."""
    try:
        response = _object(bodies[0])
        form = _object(bodies[1]) if len(bodies) > 1 else response.get("form")
        if str(response.get("id")) != ref.rpartition(":")[2]:
            return Dead(ref, "the platform answered with another lead")
        owner = _owner(response.get("owner"))
        if owner and not source.speaks_for(owner):
            return Quarantined(ref, "its owner is not in `pages` of this source")
        if response.get("testLead") is True:
            return Test(ref)
        return read_lead(ref, response, form, source, now)
    except (UnreadableError, NotALeadError) as error:
        return Dead(ref, str(error))


def _object(body: bytes) -> Mapping[str, Any]:
    document = read_json(body)
    if not isinstance(document, Mapping):
        raise UnreadableError("the platform's answer is no object")
    return document


ADAPTER = Adapter(
    verify=verify,
    parse=parse,
    challenge=challenge,
    next_call=next_call,
    read_fetched=read_fetched,
)
