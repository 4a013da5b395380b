"""LinkedIn's documents as they come over the wire: a form, a response, a notification, an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FORM_ID = 3162
FORM_VERSION = 1
ACCOUNT = "urn:li:sponsoredAccount:507000001"
CAMPAIGN = "urn:li:sponsoredCampaign:367000001"
CREATIVE = "urn:li:sponsoredCreative:200000001"
FORM_URN = f"urn:li:versionedLeadGenForm:(urn:li:leadGenForm:{FORM_ID},{FORM_VERSION})"
CAMPAIGN_NAME = "Spring guide"
FORM_NAME = "Buyer's guide"

ASKED = (
    ("First name", "FIRST_NAME"),
    ("Last name", "LAST_NAME"),
    ("Email address", "EMAIL"),
    ("Phone number", "PHONE_NUMBER"),
    ("Job title", "JOB_TITLE"),
    ("Company name", "COMPANY_NAME"),
)
WHEN = 10_107_992_706
"""The id of the custom question; like LinkedIn's own example it is beyond 32 bits."""
OPTIONS = ("This quarter", "Next quarter", "Just looking")
CONSENTS = ("I accept the privacy notice.", "Send me product news.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who fills in the form, and what they answer. `when` is the number of an option."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    title: str = ""
    company: str = ""
    when: int = 0
    consents: tuple[bool, ...] = (True, False)
    test: bool = False
    person: str = "urn:li:person:Abc123XyZ_"

    @property
    def answers(self) -> tuple[str, ...]:
        """In the order the form asks."""
        return (
            self.first_name,
            self.last_name,
            self.email,
            self.phone,
            self.title,
            self.company,
        )


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled-in form as LinkedIn keeps it."""

    id: str
    member: Member = field(repr=False)
    at: datetime
    owner: str = ACCOUNT

    @property
    def urn(self) -> str:
        return f"urn:li:leadGenFormResponse:{self.id}"


def form() -> dict[str, Any]:
    """The form's version, its texts in the one language it was made in."""
    return {
        "id": FORM_ID,
        "versionId": FORM_VERSION,
        "name": FORM_NAME,
        "state": "PUBLISHED",
        "owner": {"sponsoredAccount": ACCOUNT},
        **form_part(),
    }


def form_part() -> dict[str, Any]:
    """What the projection `form:(hiddenFields,creationLocale,name,id,content)` brings along."""
    return {
        "hiddenFields": [{"name": "utm_campaign", "value": "spring-guide"}],
        "creationLocale": {"country": "US", "language": "en"},
        "name": FORM_NAME,
        "id": FORM_ID,
        "content": {
            "headline": _text(FORM_NAME),
            "questions": [*_plain_questions(), _choice()],
            "legalInfo": {
                "legalInfoId": 10_000_003_162,
                "privacyPolicyUrl": "https://www.vendor.example/privacy",
                "legalDisclaimer": _text("We use your data to answer you."),
                "consents": [
                    {"id": number, "checkRequired": number == 0, "consent": _text(words)}
                    for number, words in enumerate(CONSENTS)
                ],
            },
        },
    }


def response(filled: Filled, *, decorated: bool) -> dict[str, Any]:
    """One response; `decorated` with the campaign's name and the form beside it."""
    plain = {
        "id": filled.id,
        "owner": {"sponsoredAccount": filled.owner},
        "submitter": filled.member.person,
        "leadType": "SPONSORED",
        "versionedLeadGenFormUrn": FORM_URN,
        "leadMetadata": {"sponsoredLeadMetadata": {"campaign": CAMPAIGN}},
        "associatedEntity": {"associatedCreative": CREATIVE},
        "submittedAt": _milliseconds(filled.at),
        "testLead": filled.member.test,
        "formResponse": {
            "consentResponses": [
                {"consentId": number, "accepted": accepted}
                for number, accepted in enumerate(filled.member.consents)
            ],
            "answers": list(_answers(filled.member)),
        },
    }
    if not decorated:
        return plain
    campaign = {"id": CAMPAIGN, "name": CAMPAIGN_NAME, "type": "SPONSORED_UPDATES"}
    info = {"sponsoredLeadMetadataInfo": {"campaign": campaign}}
    return {**plain, "leadMetadataInfo": info, "form": form_part()}


def notification(filled: Filled, action: str, at: datetime) -> dict[str, Any]:
    """What LinkedIn posts: no personal data, only what to fetch."""
    return {
        "type": "LEAD_ACTION",
        "leadGenFormResponse": filled.urn,
        "leadGenForm": FORM_URN,
        "owner": {"sponsoredAccount": filled.owner},
        "associatedEntity": {"sponsoredCreative": CREATIVE},
        "leadType": "SPONSORED",
        "leadAction": action,
        "occurredAt": _milliseconds(at),
    }


ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("ILLEGAL_ARGUMENT", "The request cannot be understood"),
    401: ("INVALID_ACCESS_TOKEN", "Invalid access token"),
    403: ("ACCESS_DENIED", "Not enough permissions to access: GET /leadFormResponses"),
    404: ("NOT_FOUND", "Could not find entity"),
    426: ("NONEXISTENT_VERSION", "Requested version is not active"),
    429: ("TOO_MANY_REQUESTS", "Resource level throttle APPLICATION DAY limit is reached"),
    500: ("INTERNAL_SERVER_ERROR", "Internal Server Error"),
    503: ("SERVICE_UNAVAILABLE", "Service Unavailable"),
}


def error(status: int) -> dict[str, Any]:
    """A refusal in LinkedIn's shape."""
    code, message = ERRORS.get(status, ("ERROR", "Error"))
    return {"status": status, "code": code, "message": message}


def _plain_questions() -> list[dict[str, Any]]:
    return [
        {
            "questionId": _question_id(number),
            "name": name,
            "predefinedField": predefined,
            "question": _text(name),
            "responseRequired": True,
            "questionDetails": {"textQuestionDetails": {"maxResponseLength": 300}},
        }
        for number, (name, predefined) in enumerate(ASKED)
    ]


def _choice() -> dict[str, Any]:
    options = [{"id": number, "text": _text(words)} for number, words in enumerate(OPTIONS)]
    return {
        "questionId": WHEN,
        "name": "Custom question 0",
        "question": _text("When do you plan to buy?"),
        "responseRequired": True,
        "questionDetails": {"multipleChoiceQuestionDetails": {"options": options}},
    }


def _answers(member: Member) -> Sequence[dict[str, Any]]:
    texts = [
        {
            "questionId": _question_id(number),
            "answerDetails": {"textQuestionAnswer": {"answer": answer}},
        }
        for number, answer in enumerate(member.answers)
        if answer
    ]
    picked = {"multipleChoiceAnswer": {"options": [member.when]}}
    return [*texts, {"questionId": WHEN, "answerDetails": picked}]


def _question_id(number: int) -> int:
    return 10_100_003_162 + number * 100_000_000


def _text(words: str) -> dict[str, Any]:
    return {"localized": {"en_US": words}}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
