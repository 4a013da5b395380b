"""`google_lead_form`: lead forms of Google Ads, whole in the body, proved by a key inside it. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prospects.kinds import Kind
from prospects.reading import UnreadableError, read_json
from webhooks import signatures
from webhooks.adapter import Adapter, Incoming, Item, Posted, Read, Refused, Test, Verified
from webhooks.instants import read_instant
from webhooks.named_answers import about, as_field
from webhooks.sources import Source

OURS = {
    "FULL_NAME": "name",
    "FIRST_NAME": "first_name",
    "LAST_NAME": "last_name",
    "EMAIL": "email",
    "WORK_EMAIL": "work_email",
    "PHONE_NUMBER": "phone",
    "WORK_PHONE": "work_phone",
    "COMPANY_NAME": "company",
    "JOB_TITLE": "title",
    "COUNTRY": "country",
    "COMPANY_SIZE": "account.company_size",
    "ANNUAL_SALES": "account.annual_sales",
    "YEARS_IN_BUSINESS": "account.years_in_business",
}
"""Google's ids of columns (LeadFormFieldUserInputType), and our names for them."""
BY_NAME = {
    "full name": "FULL_NAME",
    "first name": "FIRST_NAME",
    "last name": "LAST_NAME",
    "user email": "EMAIL",
    "email": "EMAIL",
    "work email": "WORK_EMAIL",
    "user phone": "PHONE_NUMBER",
    "phone number": "PHONE_NUMBER",
    "work phone": "WORK_PHONE",
    "company name": "COMPANY_NAME",
    "job title": "JOB_TITLE",
    "country": "COUNTRY",
}
"""The older schema has only the columns' names."""
AD = ("campaign_id", "adgroup_id", "creative_id", "asset_group_id")
LONGEST = 2000
LONGEST_LABEL = 500


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """The key of the form stands in the body as `google_key`; nothing is signed.

    So a body that cannot be read is nobody's, and is refused with 400.
    """
    if request.method != "POST":
        return Refused(405, "only POST is received here")
    try:
        lead = _lead(request.body)
    except UnreadableError as error:
        return Refused(400, error.reason)
    given = lead.get("google_key")
    proved = [signatures.same(given, each) for each in source.secrets if isinstance(given, str)]
    if source.token is not None:
        proved = [signatures.same(request.token or "", source.token) and any(proved)]
    if not any(proved):
        return Refused(401, "the key of the form is another one")
    return Verified(f"body:{hashlib.sha256(request.body).hexdigest()}")


def parse(posted: Posted, source: Source) -> list[Item]:
    """The one lead of the body; what the test button sends is a test."""
    lead = _lead(posted.body)
    # Longer than 160 characters have been seen, so the key is never cut, only what is shown.
    ref = _text(lead.get("lead_id")) or hashlib.sha256(posted.body).hexdigest()
    if lead.get("is_test") in (True, "true"):
        return [Test(ref[:LONGEST_LABEL])]
    return [_read(ref, lead, source, posted.received_at)]


def _lead(body: bytes) -> Mapping[str, Any]:
    document = read_json(body)
    if not isinstance(document, Mapping):
        raise UnreadableError("this is no lead of Google's")
    return document


def _read(ref: str, lead: Mapping[str, Any], source: Source, now: datetime) -> Read:
    told = read_instant(lead.get("lead_submit_time"), now)
    answers = list(_answers(lead))
    form = _text(lead.get("form_id"))
    ad = {name: text for name in AD if (text := _text(lead.get(name))) not in {"", "0"}}
    campaign = ad.get("campaign_id", "")
    body = {
        "form": source.map.get(f"form.{form}", form),
        "campaign": source.map.get(f"campaign.{campaign}", campaign) or source.campaign,
        "gcl_id": _text(lead.get("gcl_id")),
        "lead_id": ref,
        "lead_stage": _text(lead.get("lead_stage")),
        "answers": answers,
        "ad": ad,
        "remark": told.remark,
    }
    return Read(
        space="lead",
        key=ref,
        label=ref[:LONGEST_LABEL],
        about=about(dict(_named(answers, source)), ids={}),
        kind=Kind.FORM,
        happened_at=told.at,
        body={name: value for name, value in body.items() if value},
    )


def _answers(lead: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Each column as {column, name, answer}; either of column and name may be missing."""
    columns = lead.get("user_column_data")
    for each in columns if isinstance(columns, list) else []:
        if not isinstance(each, Mapping):
            continue
        found = {
            "column": _text(each.get("column_id")),
            "name": _text(each.get("column_name")),
            "answer": _text(each.get("string_value"))[:LONGEST],
        }
        if found["answer"]:
            yield {name: text for name, text in found.items() if text}


def _named(answers: list[dict[str, str]], source: Source) -> Iterator[tuple[str, str]]:
    """The answers under our names: `map` first, by the column's id or name, then Google's own ids."""
    for each in answers:
        name = each.get("name", "")
        column = each.get("column") or BY_NAME.get(name.strip().lower(), "")
        mapped = source.map.get(column) or source.map.get(name)
        yield mapped or OURS.get(column) or as_field(name or column), each["answer"]


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) or type(value) is int else ""


ADAPTER = Adapter(verify=verify, parse=parse)
