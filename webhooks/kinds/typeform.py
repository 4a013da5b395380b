"""`typeform`: responses to Typeform's forms, whole in the body and signed. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prospects.kinds import Kind
from prospects.reading import UnreadableError
from webhooks import proofs, signatures
from webhooks.adapter import (
    Adapter,
    Agreement,
    Incoming,
    Item,
    Posted,
    Quarantined,
    Read,
    Refused,
    Verified,
)
from webhooks.documents import LONGEST_LABEL, as_test, filled, objects, part, read_object, text
from webhooks.filled_in import touch
from webhooks.instants import read_instant
from webhooks.named_answers import about, as_field
from webhooks.sources import Source
from webhooks.touch import TOUCH
from webhooks.usual_names import usual

SPACE = "lead"
RESPONSE = "form_response"
BY_TYPE = {"email": "email", "phone_number": "phone"}
CONSENTS = "legal"
"""The type of a question that somebody agrees to, or not."""
_MADE_UP = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}")
"""A reference that Typeform made; the others their author wrote, and they stay when a title changes."""


def verify(request: Incoming, source: Source, now: datetime) -> Verified | Refused:
    """Typeform-Signature is `sha256=` and the base64 HMAC of the raw body; a hex one is none."""
    scheme, _, given = request.headers.get("typeform-signature", "").partition("=")
    good = scheme == "sha256" and signatures.signed(
        given, request.body, source.secrets, encoding="base64"
    )
    return proofs.signed(request, source, proved=good)


def parse(posted: Posted, source: Source) -> list[Item]:
    """The one response of the body."""
    document = read_object(posted.body, "a response of a form")
    response = document.get(RESPONSE)
    if tests := as_test(document):
        return tests
    if document.get("event_type", RESPONSE) != RESPONSE:
        return [Quarantined("", "it is no finished response")]
    if not isinstance(response, Mapping):
        raise UnreadableError("this is no response of a form")
    ref = text(response.get("token")) or text(document.get("event_id"))
    form = text(response.get("form_id"))
    if not source.speaks_for(form):
        return [Quarantined(ref[:LONGEST_LABEL], "its form is not in `pages` of this source")]
    return [_read(ref, form, response, source, posted.received_at)]


def _read(ref: str, form: str, response: Mapping[str, Any], source: Source, now: datetime) -> Read:
    told = read_instant(response.get("submitted_at"), now)
    definition, hidden = part(response, "definition"), _hidden(response)
    answers = list(_answers(response, definition))
    led = touch(hidden.items())
    body = {
        "form": source.map.get(f"form.{form}") or text(definition.get("title")) or form,
        "form_id": form,
        "campaign": led.get("utm_campaign") or source.campaign,
        "touch": led,
        "answers": answers,
        "score": text(part(response, "calculated").get("score")),
        "variables": dict(_variables(response)),
        "remark": told.remark,
    }
    return Read(
        space=SPACE,
        key=ref or None,
        label=ref[:LONGEST_LABEL],
        about=about(_named(answers, hidden, source), ids={}),
        kind=Kind.FORM,
        happened_at=told.at,
        body=filled(body),
        agreements=tuple(_agreements(answers, source, told.at)),
    )


def _hidden(response: Mapping[str, Any]) -> dict[str, str]:
    """What stood in the form's address."""
    return {name: value for name, each in part(response, "hidden").items() if (value := text(each))}


def _variables(response: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in objects(response.get("variables")):
        if key := text(each.get("key")):
            yield key, text(each.get(text(each.get("type"))))


def _answers(
    response: Mapping[str, Any], definition: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    """Each answer as {ref, id, title, type, answer}, joined with its question by the reference."""
    asked = list(objects(definition.get("fields")))
    questions = {text(each.get(name)): each for name in ("id", "ref") for each in asked}
    for each in objects(response.get("answers")):
        field = part(each, "field")
        ref, number = text(field.get("ref")), text(field.get("id"))
        question = questions.get(ref) or questions.get(number) or {}
        found = {
            "ref": ref,
            "id": number,
            "title": text(question.get("title")),
            "type": text(field.get("type")) or text(question.get("type")),
            "answer": _answer(each),
        }
        if found["answer"]:
            yield {name: value for name, value in found.items() if value}


def _answer(given: Mapping[str, Any]) -> str:
    value = given.get(text(given.get("type")))
    match value:
        case bool():
            return "yes" if value else "no"
        case Mapping():
            labels = value.get("labels")
            chosen = labels if isinstance(labels, list) else [value.get("label")]
            # Of a payment only the amount: no digits of anybody's card.
            texts = map(text, [*chosen, value.get("other"), value.get("amount")])
            return ", ".join(each for each in texts if each)
        case _:
            return text(value)


def _named(
    answers: list[dict[str, str]], hidden: Mapping[str, str], source: Source
) -> dict[str, str]:
    """The answers under our names, and what stood in the address where nobody answered it."""
    named: dict[str, str] = {}
    for each in answers:
        ref, title = each.get("ref", ""), each.get("title", "")
        own = title if not ref or _MADE_UP.fullmatch(ref) else ref
        mapped = [
            source.map[name] for name in (ref, each.get("id", ""), title) if name in source.map
        ]
        typed = usual(ref) or usual(title) or BY_TYPE.get(each.get("type", ""))
        if mapped or each.get("type") != CONSENTS:
            named[mapped[0] if mapped else typed or as_field(own or each.get("id", ""))] = each[
                "answer"
            ]
    for name, value in hidden.items():
        if name not in TOUCH:
            named.setdefault(source.map.get(name) or usual(name) or as_field(name), value)
    return {name: value for name, value in named.items() if not name.startswith("consent.")}


def _agreements(answers: list[dict[str, str]], source: Source, at: datetime) -> Iterator[Agreement]:
    """Each legal question with its text; `map: {consent.REF: newsletter}` names its topic."""
    for each in answers:
        ref = each.get("ref", "") or each.get("id", "")
        mapped = source.map.get(ref, "")
        if mapped.startswith("consent."):
            topic = mapped.removeprefix("consent.")
        elif each.get("type") == CONSENTS:
            topic = source.map.get(f"consent.{ref}", f"typeform.consent.{ref}"[:80])
        else:
            continue
        yield Agreement(topic, each["answer"] == "yes", each.get("title"), at)


ADAPTER = Adapter(verify=verify, parse=parse)
