"""What TikTok says of a lead, in its notification and when asked for it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from webhooks import rest_troubles
from webhooks.adapter import Read, Reply, Trouble
from webhooks.documents import LONGEST_LABEL, filled, objects, part, read_object, spoken, text
from webhooks.filled_in import filled_in
from webhooks.instants import read_instant
from webhooks.sources import Source

SPACE = "lead"
AD = ("campaign_id", "campaign_name", "adgroup_id", "ad_id", "ad_name")
# https://business-api.tiktok.com/portal/docs: everything comes with status 200 and a code.
TOKEN = frozenset({40_101, 40_102, 40_104, 40_105})
PERMISSION = frozenset({40_001})
TOO_OFTEN = frozenset({40_016, 40_100, 40_132, 40_133})
SERVERS = 50_000
"""Codes from here on are the platform's own trouble."""


def read_lead(entry: Mapping[str, Any], source: Source, now: datetime) -> Read:
    """The lead of one entry of a notification."""
    ref = text(entry.get("id"))
    told = read_instant(entry.get("create_time"), now)
    found = filled_in(list(_changes(entry)), source, told.at, guess=True)
    form = text(entry.get("page_id"))
    ad = filled({name: text(entry.get(name)) for name in AD})
    body = {
        "form": source.map.get(f"form.{form}", form),
        "campaign": ad.get("campaign_name") or ad.get("campaign_id") or source.campaign,
        "fields": found.about.fields,
        "ad": ad,
        "lead_id": ref,
        "lead_source": text(entry.get("lead_source")),
        "remark": told.remark,
    }
    return Read(
        space=SPACE,
        key=ref,
        label=ref[:LONGEST_LABEL],
        about=found.about,
        kind=Kind.FORM,
        happened_at=told.at,
        body=filled(body),
        agreements=found.agreements,
    )


def entries_in(body: bytes) -> list[dict[str, Any]]:
    """The leads in an answer of the platform, in the shape of its notifications.

    Raises UnreadableError. One lead comes by itself, several come as a list.
    """
    held = part(read_object(body), "data")
    several = [*objects(held.get("list")), *objects(held.get("leads"))]
    return [_as_entry(each) for each in several or [held] if each]


def confirmed(told: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The platform's own lead, with the notification's names for those values that are in both.

    What only the notification says is left out: nobody signed it.
    """
    true = {value.strip(): name for name, value in _changes(found)}
    named = [(name, value) for name, value in _changes(told) if value.strip() in true]
    covered = {value.strip() for _, value in named}
    named += [(name, value) for value, name in true.items() if value not in covered]
    also = {name: told[name] for name in ("campaign_name", "ad_name") if name in told}
    return {**also, **found, "changes": [{"field": n, "value": v} for n, v in named]}


def trouble(reply: Reply) -> Trouble | None:
    """What stands in the way; None if nothing does."""
    if wrong := rest_troubles.trouble(reply):
        return wrong
    try:
        code = read_object(reply.body).get("code", 0)
    except UnreadableError:
        return Trouble("the platform's answer is no object", final=True)
    if type(code) is not int:
        return Trouble("the platform answered with no code we know", final=True)
    if code == 0:
        return None
    if code in TOKEN:
        return Trouble(rest_troubles.REFUSED, final=False, ours=True)
    if code in PERMISSION:
        return Trouble(rest_troubles.MAY_NOT, final=False, ours=True)
    # The message beside it may hold anything, so it is not repeated.
    passing = code in TOO_OFTEN or code >= SERVERS
    return Trouble(f"the platform answered with code {code}", final=not passing, wait=reply.wait)


def _changes(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each answered question: the name of its field, and the answer."""
    for each in objects(entry.get("changes")):
        name, value = text(each.get("field")), spoken(each.get("value"))
        if name and value:
            yield name, value


def _as_entry(lead: Mapping[str, Any]) -> dict[str, Any]:
    about, answers = part(lead, "meta_data") or lead, lead.get("lead_data")
    given: Sequence[tuple[object, object]] = ()
    if isinstance(answers, Mapping):
        given = list(answers.items())
    known = {
        name: about[name]
        for name in (*AD, "page_id", "lead_source", "create_time")
        if name in about
    }
    changes = [{"field": name, "value": value} for name, value in given]
    return {"id": text(about.get("lead_id")), **known, "changes": changes}
