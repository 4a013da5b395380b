"""What a LinkedIn response says once its form is beside it: answers, consents, campaign. Pure.

Answers carry only question ids; what was asked, the options' texts and the consents' texts stand in
the form. Zero is a valid id everywhere, and a label exists in the form's own language only.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prospects.kinds import Kind
from webhooks.adapter import About, Agreement, Read
from webhooks.instants import read_instant
from webhooks.named_answers import about, as_field
from webhooks.sources import Source

OURS = {
    "EMAIL": "email",
    "WORK_EMAIL": "work_email",
    "FIRST_NAME": "first_name",
    "LAST_NAME": "last_name",
    "PHONE_NUMBER": "phone",
    "WORK_PHONE_NUMBER": "work_phone",
    "JOB_TITLE": "title",
    "COMPANY_NAME": "company",
    "COUNTRY": "country",
    "COMPANY_SIZE": "account.company_size",
    "INDUSTRY": "account.industry",
}
"""LinkedIn's language-independent keys of questions, and our names for them."""
FORM = "linkedin"
LONGEST = 2000


class NotALeadError(ValueError):
    """What the platform answered has not the shape of a lead."""


def read_lead(
    ref: str, response: Mapping[str, Any], form: object, source: Source, now: datetime
) -> Read:
    """The lead `ref` as something that happened. Raises NotALeadError where the shape is wrong."""
    asked, given = _mapping(form, "form"), _mapping(response.get("formResponse"), "formResponse")
    told = read_instant(response.get("submittedAt"), now)
    answers = list(_answers(given, asked))
    hidden = _hidden(asked)
    values = _named(answers, source) | {f"fields.{name}": value for name, value in hidden.items()}
    body = {
        "form": asked.get("name") if isinstance(asked.get("name"), str) else FORM,
        "lead_id": ref,
        "form_urn": response.get("versionedLeadGenFormUrn"),
        "campaign": _campaign(response, hidden) or source.campaign,
        "answers": answers,
        "hidden": hidden,
        "legal": _legal(asked),
        "remark": told.remark,
    }
    return Read(
        space="lead",
        key=ref,
        label=ref,
        about=_about(values, response),
        kind=Kind.FORM,
        happened_at=told.at,
        body={name: value for name, value in body.items() if value},
        agreements=tuple(_agreements(given, asked, source, told.at)),
    )


def _mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NotALeadError(f"`{name}` is missing")
    return value


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, Mapping))


def _answers(given: Mapping[str, Any], form: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each answer with what was asked: {question, name, predefined, label, answer}."""
    content = form.get("content")
    asked = _objects(content.get("questions") if isinstance(content, Mapping) else None)
    questions = {str(each.get("questionId")): each for each in asked}
    for each in _objects(given.get("answers")):
        number = str(each.get("questionId"))
        question = questions.get(number, {})
        found = {
            "question": number,
            "name": question.get("name"),
            "predefined": question.get("predefinedField"),
            "label": _localized(question.get("question")),
            "answer": _answer(each.get("answerDetails"), question),
        }
        yield {name: value for name, value in found.items() if value is not None}


def _answer(details: object, question: Mapping[str, Any]) -> str | list[str] | None:
    if not isinstance(details, Mapping):
        return None
    text = details.get("textQuestionAnswer")
    if isinstance(text, Mapping):
        return str(text.get("answer", ""))[:LONGEST]
    choice = details.get("multipleChoiceAnswer")
    if not isinstance(choice, Mapping):
        return None
    texts = _options(question)
    picked = choice.get("options")
    return [texts.get(str(each), str(each)) for each in picked] if isinstance(picked, list) else []


def _options(question: Mapping[str, Any]) -> dict[str, str]:
    details = question.get("questionDetails")
    choice = details.get("multipleChoiceQuestionDetails") if isinstance(details, Mapping) else None
    options = _objects(choice.get("options") if isinstance(choice, Mapping) else None)
    return {str(each.get("id")): _localized(each.get("text")) or "" for each in options}


def _localized(text: object) -> str | None:
    """The first text of {"localized": {"en_US": …}}: a form has but one language."""
    by_locale = text.get("localized") if isinstance(text, Mapping) else None
    if not isinstance(by_locale, Mapping):
        return None
    return next((each[:LONGEST] for each in by_locale.values() if isinstance(each, str)), None)


def _named(answers: list[dict[str, Any]], source: Source) -> dict[str, str]:
    """The answers under our names: `map` first, then LinkedIn's own key, then the label."""
    named: dict[str, str] = {}
    for each in answers:
        answer = each.get("answer")
        value = ", ".join(answer) if isinstance(answer, list) else answer
        if not value:
            continue
        spoken = [each.get(part) for part in ("predefined", "name", "label", "question")]
        mapped = [source.map[str(name)] for name in spoken if name in source.map]
        predefined = each.get("predefined")
        fallback = predefined or each.get("label") or each.get("name") or each["question"]
        named[mapped[0] if mapped else OURS.get(predefined or "", as_field(fallback))] = value
    return named


def _about(values: dict[str, str], response: Mapping[str, Any]) -> About:
    submitter = response.get("submitter")
    ids = {"linkedin": submitter} if isinstance(submitter, str) and submitter else {}
    return about(values, ids=ids)


def _hidden(form: Mapping[str, Any]) -> dict[str, str]:
    """The form version's own values (such as utm_campaign): the same for every lead of it."""
    return {
        str(each["name"])[:80]: str(each.get("value", ""))[:LONGEST]
        for each in _objects(form.get("hiddenFields"))
        if each.get("name")
    }


def _campaign(response: Mapping[str, Any], hidden: Mapping[str, str]) -> str | None:
    """The campaign's name if it came along, else its URN, else what the form says."""
    for outer, inner in (
        ("leadMetadataInfo", "sponsoredLeadMetadataInfo"),
        ("leadMetadata", "sponsoredLeadMetadata"),
    ):
        found = response.get(outer)
        sponsored = found.get(inner) if isinstance(found, Mapping) else None
        campaign = sponsored.get("campaign") if isinstance(sponsored, Mapping) else None
        named = campaign.get("name") if isinstance(campaign, Mapping) else campaign
        if isinstance(named, str) and named:
            return named[:LONGEST]
    return hidden.get("utm_campaign")


def _legal(form: Mapping[str, Any]) -> dict[str, Any]:
    """Which legal text stood under the form: its id, the privacy policy, the disclaimer."""
    content = form.get("content")
    legal = content.get("legalInfo") if isinstance(content, Mapping) else None
    if not isinstance(legal, Mapping):
        return {}
    found = {
        "id": legal.get("legalInfoId"),
        "privacy_policy": legal.get("privacyPolicyUrl"),
        "disclaimer": _localized(legal.get("legalDisclaimer")),
    }
    return {name: value for name, value in found.items() if isinstance(value, str | int)}


def _agreements(
    given: Mapping[str, Any], form: Mapping[str, Any], source: Source, at: datetime
) -> Iterator[Agreement]:
    """Each consent with the text that was shown; `map: {consent.1: newsletter}` names its topic."""
    content = form.get("content")
    legal = content.get("legalInfo") if isinstance(content, Mapping) else None
    asked = _objects(legal.get("consents") if isinstance(legal, Mapping) else None)
    texts = {str(each.get("id")): _localized(each.get("consent")) for each in asked}
    for each in _objects(given.get("consentResponses")):
        number = str(each.get("consentId"))
        topic = source.map.get(f"consent.{number}", f"linkedin.consent.{number}")
        yield Agreement(topic, each.get("accepted") is True, texts.get(number), at)
