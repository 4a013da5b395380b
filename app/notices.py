"""What a colleague is told about a handoff by mail: one subject, a few lines, one link.

Nothing by which the buyer could be reached is in it: contact data comes after accepting, on the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from app.letters import Content
from app.times import moment, zone_of
from nurture.headers import HeaderError, one_line
from prospects.bidi import isolated
from prospects.member import Member
from routing.compose import SPOT_CHECK
from routing.lives import NoticeKind

SOMEBODY = "somebody"
TOLD = {
    NoticeKind.PASSED_ON: (
        "Given to somebody else: {who}",
        "{who} was given to somebody else. You have nothing more to do.",
    ),
    NoticeKind.JOINED: (
        "Somebody else at the same company is warm: {who}",
        "A colleague of {who} has grown warm as well, and joined your lead.",
    ),
    NoticeKind.CALL_BACK: (
        "Call now: {who}",
        "{who} asked to be called at this time. The number stands on the brief.",
    ),
    NoticeKind.PROMISE_GIVEN: (
        "A promise to keep: {who}",
        "A promise to {who} was given to you. What it is stands on your page of promises.",
    ),
    NoticeKind.WRITTEN: (
        "The desk has written about {who}",
        "What the desk wrote stands beside the brief.",
    ),
    NoticeKind.ANSWERED: (
        "{who} has answered",
        "{who} has answered a mail of ours. What they wrote stands in their history.",
    ),
    NoticeKind.GIVEN_BACK: (
        "The desk could not write about {who}",
        "Why it was given back stands beside the brief.",
    ),
}
"""Subject and one line of what needs no more words."""
TRANSFERS = {
    NoticeKind.TRANSFER: (
        "A customer for you: {who}",
        "{who} has bought. Read what was promised, ask what you need to know, and take them.",
    ),
    NoticeKind.TRANSFER_ASKED: (
        "The account team asks about {who}",
        "Your answer brings {who} to the account team.",
    ),
    NoticeKind.TRANSFER_ANSWERED: (
        "Your question about {who} is answered",
        "Read the answer, and take the customer or ask again.",
    ),
    NoticeKind.TRANSFER_ACCEPTED: (
        "With the account team now: {who}",
        "The account team looks after {who} now, and keeps what was promised.",
    ),
    NoticeKind.TRANSFER_LATE: (
        "Still waiting for you: {who}",
        "{who} has bought, and waits for a word of yours.",
    ),
}
"""Subject and first line of what is told about a customer on their way to the account team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What there is to tell, to whom. `paper` is the brief as shown; empty after erasure."""

    kind: NoticeKind
    to: Member
    paper: Mapping[str, Any]
    reason: str | None
    until: datetime | None
    """By when an answer is due: the offer's end, the day by which to confirm, or to take a customer."""
    url: str


def told(occasion: Occasion, now: datetime) -> Content:
    """The mail of a notice."""
    who = _who(occasion.paper)
    until = _until(occasion, now)
    match occasion.kind:
        case NoticeKind.OFFERED:
            subject, says = _offered(occasion.paper, who)
            lines = [says, _claim(occasion.paper), until]
        case NoticeKind.REMINDER:
            subject = f"Still waiting for you: {who}"
            lines = [f"You have not answered yet about {who}.", until]
        case NoticeKind.HELD:
            subject = f"Nobody took it: {who}"
            lines = [f"{who} is with you now.", _short(occasion.reason)]
        case NoticeKind.UNCONFIRMED:
            subject = f"What did {who} say?"
            lines = [f"You took {who}, and have not said yet what you found.", until]
        case (
            NoticeKind.TRANSFER
            | NoticeKind.TRANSFER_ASKED
            | NoticeKind.TRANSFER_ANSWERED
            | NoticeKind.TRANSFER_ACCEPTED
            | NoticeKind.TRANSFER_LATE
        ):
            subject, says = (text.format(who=who) for text in TRANSFERS[occasion.kind])
            lines = [says, _short(occasion.reason), until]
        case (
            NoticeKind.PASSED_ON
            | NoticeKind.JOINED
            | NoticeKind.CALL_BACK
            | NoticeKind.PROMISE_GIVEN
            | NoticeKind.WRITTEN
            | NoticeKind.GIVEN_BACK
            | NoticeKind.ANSWERED
        ):
            subject, says = (text.format(who=who) for text in TOLD[occasion.kind])
            lines = [says]
        case _:
            assert_never(occasion.kind)
    return _content(subject, [*lines, occasion.url])


def _offered(paper: Mapping[str, Any], who: str) -> tuple[str, str]:
    if paper.get("requested_by") == SPOT_CHECK:
        says = f"Chance drew {who}, who is not warm. Ask how far they are; it counts in nobody's figures."
        return f"A spot check: {who}", says
    return f"A lead for you: {who}", f"{who} is warm, and it is your turn."


def _content(subject: str, lines: Sequence[str]) -> Content:
    body = "\n\n".join(line for line in lines if line)
    return Content(subject=_subject(subject), text=f"{body}\n")


def _who(paper: Mapping[str, Any]) -> str:
    person, company = paper.get("who") or {}, paper.get("company") or {}
    name = _short(person.get("name")) or SOMEBODY
    place = _short(company.get("name") or company.get("domain"))
    return f"{isolated(name)} at {isolated(place)}" if place else isolated(name)


def _claim(paper: Mapping[str, Any]) -> str:
    stage = (paper.get("claim") or {}).get("name") or (paper.get("claim") or {}).get("stage")
    return (
        f"Marketing says: {isolated(_short(stage))}. Ask them whether that is so." if stage else ""
    )


def _until(occasion: Occasion, now: datetime) -> str:
    if occasion.until is None:
        return ""
    when = moment(occasion.until, now, zone_of(occasion.to.zone))
    return f"Your clock runs until {when} ({occasion.to.zone})."


def _short(text: object) -> str:
    return " ".join(str(text or "").split())[:120]


def _subject(text: str) -> str:
    """A stranger's name must not keep a rep from being told."""
    try:
        return one_line("subject", text)
    except HeaderError:
        return "A lead for you"
