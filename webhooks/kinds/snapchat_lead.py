"""`snapchat_lead`: lead forms of Snapchat's ads, whole and flat in the body. Pure.

Which header carries Snapchat's signature is published nowhere: whoever has seen theirs names it as
`auth: {hmac_header: …}`; everybody else gives the address a secret part.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from webhooks import proofs
from webhooks.adapter import Adapter, Incoming, Item, Posted, Quarantined, Read, Refused, Verified
from webhooks.documents import LONGEST_LABEL, as_test, filled, read_object, spoken, text
from webhooks.filled_in import filled_in
from webhooks.instants import read_instant
from webhooks.sources import Source

AD = ("campaign_id", "campaign_name", "ad_squad_id", "ad_squad_name", "ad_id", "ad_name")
OWN = frozenset({*AD, "form_id", "form_name", "ad_account_id", "lead_id", "create_time"})
_CONSENT = re.compile(r"consent_([0-9]{1,2})")


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """The signature in the header that `auth` names, or the secret address."""
    proved = proofs.by_auth(request, source, now)
    if source.auth is not None:
        return proofs.signed(request, source, proved=proved)
    return proofs.unsigned(request, source, _lead, proved=proved)


def parse(posted: Posted, source: Source) -> list[Item]:
    """The one lead of the body."""
    lead = _lead(posted.body)
    if tests := as_test(lead):
        return tests
    ref, account = text(lead.get("lead_id")), text(lead.get("ad_account_id"))
    if not source.speaks_for(account):
        reason = "its ad account is not in `pages` of this source"
        return [Quarantined(ref[:LONGEST_LABEL], reason)]
    return [_read(ref, lead, source, posted.received_at)]


def _lead(body: bytes) -> Mapping[str, Any]:
    lead = read_object(body, "a lead of Snapchat's")
    if not text(lead.get("lead_id")) and not as_test(lead):
        raise UnreadableError("this is not a lead of Snapchat's")
    return lead


def _read(ref: str, lead: Mapping[str, Any], source: Source, now: datetime) -> Read:
    told = read_instant(lead.get("create_time"), now)
    found = filled_in(list(_fields(lead, source)), source, told.at)
    form = text(lead.get("form_id"))
    ad = filled({name: text(lead.get(name)) for name in AD})
    body = {
        "form": source.map.get(f"form.{form}") or text(lead.get("form_name")) or form,
        "form_id": form,
        "campaign": ad.get("campaign_name") or ad.get("campaign_id") or source.campaign,
        "fields": found.about.fields,
        "ad": ad,
        "lead_id": ref,
        "remark": told.remark,
    }
    return Read(
        space="lead",
        key=ref,
        label=ref[:LONGEST_LABEL],
        about=found.about,
        kind=Kind.FORM,
        happened_at=told.at,
        body=filled(body),
        agreements=found.agreements,
    )


def _fields(lead: Mapping[str, Any], source: Source) -> Iterator[tuple[str, str]]:
    """What the person filled in; `map: {consent_1: consent.newsletter}` names the topic of a box."""
    for name, value in lead.items():
        box = _CONSENT.fullmatch(name)
        if box and name not in source.map:
            yield f"consent.snapchat.consent.{box[1]}", spoken(value)
        elif name not in OWN:
            yield name, spoken(value)


ADAPTER = Adapter(verify=verify, parse=parse)
