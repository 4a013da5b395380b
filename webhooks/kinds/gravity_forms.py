"""`gravity_forms`: forms of WordPress sites by its webhooks add-on, which signs nothing. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from prospects.kinds import Kind
from webhooks import proofs, repeats
from webhooks.adapter import Adapter, Incoming, Item, Posted, Read, Refused, Test, Verified
from webhooks.documents import LONGEST_LABEL, TEST_MARK, filled
from webhooks.filled_in import FilledIn, filled_in
from webhooks.form_fields import read_fields
from webhooks.instants import read_instant
from webhooks.sources import Source
from webhooks.touch import touch_of

ENTRYS_OWN = frozenset(
    {"id", "form_id", "post_id", "date_created", "date_updated", "is_starred", "is_read", "ip"}
    | {"source_url", "user_agent", "currency", "payment_status", "payment_date", "payment_amount"}
    | {"payment_method", "transaction_id", "is_fulfilled", "created_by", "transaction_type"}
    | {"status", "source_id", "entry_id"}
)
"""What every entry has beside its fields."""
_PARTED = re.compile(r"([0-9]{1,6})\.([0-9]{1,3})")
NAME_PARTS = {"3": "first_name", "6": "last_name"}
"""The inputs of a field of type name: .2 is the prefix, .4 the middle name, .8 the suffix."""
ALL_NAME_PARTS = frozenset({"2", "3", "4", "6", "8"})


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """A header with a secret, set in the add-on, or the secret address."""
    if request.method != "POST":
        return proofs.NOT_POSTED
    proved = proofs.by_auth(request, source, now)
    judged = proofs.signed(request, source, proved=proved)
    if source.auth is None:
        judged = proofs.unsigned(request, source, read_fields, proved=proved)
    if isinstance(judged, Refused):
        return judged
    # A rough look is enough: what has no id after all is only taken for a repeat too long.
    known = re.search(rb'entry_id|"id"', request.body) is not None
    return repeats.of_request(request, known=known)


def parse(posted: Posted, source: Source) -> list[Item]:
    """The one entry of the body: all fields of it under their numbers, or those with chosen names."""
    given = read_fields(posted.body)
    entry = dict(given)
    if entry.get(TEST_MARK) == "on":
        return [Test(TEST_MARK)]
    ref = repeats.own_id(entry, "entry_id") or (entry.get("id", "") if "form_id" in entry else "")
    told = read_instant(entry.get("date_created"), posted.received_at)
    fields = [*_fields(entry, source), *touch_of(entry.get("source_url", "")).items()]
    found = filled_in(fields, source, told.at, guess=True)
    form = _form(entry, found, source)
    body = {
        "form": form,
        "form_id": entry.get("form_id"),
        "entry": ref,
        "campaign": found.touch.get("utm_campaign") or source.campaign,
        "fields": found.about.fields,
        "touch": found.touch,
        "remark": told.remark,
    }
    return [
        Read(
            space="lead",
            key=f"entry:{ref}" if ref else repeats.of_item(posted, 0, found.about, form),
            label=ref[:LONGEST_LABEL],
            about=found.about,
            kind=Kind.FORM,
            happened_at=told.at,
            body=filled(body),
            agreements=found.agreements,
        )
    ]


def _form(entry: Mapping[str, str], found: FilledIn, source: Source) -> str:
    number = entry.get("form_id", "")
    return source.map.get(f"form.{number}") or found.form or number or source.slug


def _fields(entry: Mapping[str, str], source: Source) -> Iterator[tuple[str, str]]:
    """The entry's fields; the parts of a name are told from those of an address by what else there is."""
    parts: dict[str, set[str]] = {}
    for name, value in entry.items():
        if (found := _PARTED.fullmatch(name)) and value.strip():
            parts.setdefault(found[1], set()).add(found[2])
    for name, value in entry.items():
        found = _PARTED.fullmatch(name)
        is_name = found is not None and parts.get(found[1], set()) <= ALL_NAME_PARTS
        if found and is_name and name not in source.map and found[2] in NAME_PARTS:
            yield NAME_PARTS[found[2]], value
        elif name not in ENTRYS_OWN or name in source.map:
            yield name, value


ADAPTER = Adapter(verify=verify, parse=parse)
