"""Turns a stored brief, as composed by routing, into what the offer and brief pages show."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

from app.pages import words
from app.pages.drawing import ladder
from app.pages.views import Claim, Contact, Evidence, Mailing, Question, Rung, Who
from prospects.sureness import proved, sure

NOBODY = "Name not known"
FEWEST_CHECKED = 5
"""With fewer findings a share says nothing."""

Paper = Mapping[str, Any]
Stages = Sequence[tuple[str, str]]


def instant(text: object) -> datetime | None:
    """An RFC 3339 instant as a brief holds it."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
    except ValueError:
        return None


def who(prospect_id: object, paper: Paper) -> Who:
    """The person of the brief; after erasure their name is not known."""
    person, company = paper.get("who") or {}, paper.get("company") or {}
    return Who(
        id=str(prospect_id),
        name=person.get("name") or NOBODY,
        title=person.get("title"),
        company=company.get("name") or company.get("domain"),
        country=person.get("country"),
    )


def claim(paper: Paper) -> Claim | None:
    """Marketing's claim as it was shown, with its evidence."""
    said = paper.get("claim")
    if not said:
        return None
    confidence = float(said.get("confidence") or 0)
    return Claim(
        stage=said.get("name") or said["stage"],
        sure=how_sure(confidence, paper.get("track")),
        held=held(paper.get("track")),
        at=instant(said.get("since")),
        model=said.get("model"),
        evidence=[_evidence(each) for each in paper.get("evidence") or ()],
    )


def claimed(paper: Paper) -> str | None:
    """The slug of the claimed stage."""
    return (paper.get("claim") or {}).get("stage")


def line(paper: Paper) -> str:
    """The claim in one line, for a list."""
    said = claim(paper)
    if said:
        return f"Marketing says {said.stage}, {said.sure}."
    unprofiled = (paper.get("standing") or {}).get("profiled") is False
    return "They asked for it themselves." if unprofiled else "Warm, stage not known yet."


def rungs(paper: Paper, stages: Stages, found: str | None = None) -> list[Rung]:
    """The warm line of this brief."""
    return ladder(stages, claimed=claimed(paper), found=found)


def history(paper: Paper, most: int = 5) -> list[Evidence]:
    """What the buyer did lately."""
    return [_evidence(each) for each in (paper.get("history") or ())[:most]]


def questions(paper: Paper) -> list[Question]:
    """The questions that would prove the claim wrong."""
    return [
        Question(ask=str(each.get("ask", "")), disproves_if=each.get("disproves_if"))
        for each in paper.get("questions") or ()
    ]


def content(paper: Paper) -> list[tuple[str, str]]:
    """What the rep may send, as (title, address); only web addresses become links."""
    found = [
        (str(each.get("title") or each.get("slug") or ""), str(each.get("url") or ""))
        for each in paper.get("content") or ()
    ]
    return [(title, url) for title, url in found if urlsplit(url).scheme in ("http", "https")]


def mailings(paper: Paper) -> list[Mailing]:
    """What marketing will send next."""
    return [
        Mailing(title=str(each.get("template", "")), at=instant(each.get("at")))
        for each in paper.get("next_mails") or ()
    ]


def contact(buyer: Paper) -> Contact:
    """How to reach the person, from the part of the brief that is shown only after accepting."""
    phone = buyer.get("phone")
    if not phone:
        return Contact(email=buyer.get("email"))
    shown, dialled = numbers(phone)
    return Contact(email=buyer.get("email"), phone=shown, tel=dialled)


def numbers(phone: str) -> tuple[str, str]:
    """A number as people read it and as a phone dials it; the second holds digits and a plus only."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        digits = "".join(char for char in phone if char in "0123456789")
        return phone, f"+{digits}" if phone.strip().startswith("+") else digits
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return shown, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def how_sure(confidence: float, track: Mapping[str, Any] | None) -> str:
    """How sure a claim is, in words: no surer than such claims proved."""
    return proved(confidence, track["confirmed"], track["of"]) if track else sure(confidence)


def held(track: Mapping[str, Any] | None) -> str:
    """How often such claims held, as it was when the paper was written."""
    if not track or track["of"] < FEWEST_CHECKED:
        return "too few such claims are checked yet"
    return f"{track['confirmed']} of {track['of']} such claims held"


def grade(paper: Paper) -> str | None:
    """The grade when the brief was made."""
    return (paper.get("standing") or {}).get("grade")


def standing(paper: Paper, *, hides: bool) -> str | None:
    """How likely they are to be as warm as said, in one sentence: a share only where it was calibrated.

    `hides`: none at all, because findings do not agree with percentages any more.
    """
    told = paper.get("standing") or {}
    if told.get("profiled") is False:
        return (
            "They do not want to be profiled: there is no score and no claim, only what they did."
        )
    share = told.get("score")
    if share is None or hides:
        return words.grade(told.get("grade")) or None
    return words.likely(float(share))


def _evidence(each: Mapping[str, Any]) -> Evidence:
    times = int(each.get("times") or 1)
    text = str(each.get("text", ""))
    return Evidence(
        text=f"{text} ({times} times)" if times > 1 else text, at=instant(each.get("at"))
    )
