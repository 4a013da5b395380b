"""What a Meta lead says: answers under the form's own keys, ticked disclaimers, the ad behind it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prospects.kinds import Kind
from webhooks.adapter import Agreement, Read
from webhooks.instants import read_instant
from webhooks.named_answers import about, as_field
from webhooks.sources import Source

FIELDS = (
    "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,"
    "field_data,is_organic,platform,partner_name,custom_disclaimer_responses"
)
"""Without these only a minimum comes back."""
OURS = {
    "email": "email",
    "work_email": "work_email",
    "full_name": "name",
    "first_name": "first_name",
    "last_name": "last_name",
    "phone_number": "phone",
    "phone": "phone",
    "work_phone_number": "work_phone",
    "job_title": "title",
    "company_name": "company",
    "country": "country",
}
"""Meta's standard keys of questions, and our names for them; other questions keep their own key."""
AD = ("ad_id", "ad_name", "adset_id", "adset_name", "campaign_id", "campaign_name", "partner_name")
MADE_UP = "<test lead: dummy data"
"""How the values of a lead from Meta's testing tool begin."""
LONGEST = 2000
TICKED = frozenset({"1", "true", "yes", "on"})


def read_lead(ref: str, lead: Mapping[str, Any], source: Source, now: datetime) -> Read:
    """The lead `ref` as something that happened."""
    told = read_instant(lead.get("created_time"), now)
    answers = list(_answers(lead))
    named = {
        source.map.get(name) or OURS.get(name) or as_field(name): text for name, text in answers
    }
    form = _text(lead.get("form_id"))
    ad = {name: text for name in AD if (text := _text(lead.get(name)))}
    body = {
        "form": source.map.get(f"form.{form}", form),
        "campaign": ad.get("campaign_name") or ad.get("campaign_id") or source.campaign,
        "lead_id": ref,
        "platform": _text(lead.get("platform")),
        "organic": lead.get("is_organic") is True,
        "answers": [{"name": name, "answer": text} for name, text in answers],
        "ad": ad,
        "remark": told.remark,
    }
    return Read(
        space="lead",
        key=ref,
        label=ref,
        about=about(named, ids={}),
        kind=Kind.FORM,
        happened_at=told.at,
        body={name: value for name, value in body.items() if value},
        agreements=tuple(_agreements(lead, source, told.at)),
    )


def is_made_up(lead: Mapping[str, Any]) -> bool:
    """Whether Meta's testing tool filled in this lead."""
    return any(text.startswith(MADE_UP) for _, text in _answers(lead))


def _answers(lead: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each question's key with what was answered; several choices are joined."""
    for each in _objects(lead.get("field_data")):
        name, values = each.get("name"), each.get("values")
        texts = [_text(value) for value in values] if isinstance(values, list) else []
        answer = ", ".join(text for text in texts if text)[:LONGEST]
        if isinstance(name, str) and name and answer:
            yield name[:LONGEST], answer


def _agreements(lead: Mapping[str, Any], source: Source, at: datetime) -> Iterator[Agreement]:
    """Each checkbox of the custom disclaimer; `map: {consent.KEY: newsletter}` names its topic.

    What stood beside the box is not told by the platform.
    """
    for each in _objects(lead.get("custom_disclaimer_responses")):
        key, ticked = each.get("checkbox_key"), each.get("is_checked")
        if isinstance(key, str) and key:
            topic = source.map.get(f"consent.{key}", f"meta.consent.{key}"[:80])
            # The platform writes yes and no as texts.
            yield Agreement(topic, str(ticked).lower() in TICKED, None, at)


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, Mapping))


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) or type(value) is int else ""
