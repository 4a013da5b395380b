"""What a rep answers after talking to the buyer, and what makes an answer whole. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from prospects.faults import Fault, FaultyError, listed, nearest
from prospects.identities import read_email
from prospects.kinds import Verdict
from prospects.shapes import Instant
from prospects.texts import replace_unstorable
from routing.stages import side

MOST_LISTED = 50


def _text(written: Any) -> Any:
    """As it was written; blanks alone are nothing."""
    if not isinstance(written, str):
        return written
    return replace_unstorable(written) if written.strip() else ""


Line = Annotated[str, BeforeValidator(_text), Field(max_length=300)]
Text = Annotated[str, BeforeValidator(_text), Field(max_length=4_000)]


class Channel(StrEnum):
    """How the rep and the buyer talked."""

    CALL = "call"
    MEETING = "meeting"
    VIDEO = "video"
    MAIL = "mail"
    CHAT = "chat"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Decider(_Answer):
    """Somebody who has a say at the company: in which role, and whether for or against."""

    name: Line
    role: Line | None = None
    stance: Line | None = None


class Promised(_Answer):
    """What the rep told the buyer they would do, and by when."""

    what: Line
    due_at: Instant


class RightPerson(_Answer):
    """Whom the buyer named as the one to talk to."""

    name: Line = ""
    email: Line = ""


class RepFinding(_Answer):
    """The answer as it is sent; `check` says whether it is whole."""

    verdict: Verdict
    stage_found: str | None = None
    spoke_with: Line | None = None
    channel: Channel | None = None
    at: Instant | None = None
    fact: Text | None = None
    still_needed: Annotated[tuple[Line, ...], Field(max_length=MOST_LISTED)] = ()
    deciders: Annotated[tuple[Decider, ...], Field(max_length=MOST_LISTED)] = ()
    promises: Annotated[tuple[Promised, ...], Field(max_length=MOST_LISTED)] = ()
    right_person: RightPerson | None = None
    supersedes: UUID | None = None
    reason: Line | None = None


def check(
    finding: RepFinding, *, claimed: str | None, ladder: Sequence[str], now: datetime
) -> None:
    """Raise FaultyError with everything that keeps this from being an answer.

    `claimed` is the stage marketing claimed in the brief, if any; `ladder` the stages in order.
    """
    faults = [*_about_time(finding, now)]
    if finding.verdict is not Verdict.NOT_REACHED:
        faults += [*_about_the_talk(finding), *_about_stage(finding, claimed, ladder)]
        faults += [*_about_promises(finding), *_about_the_right_person(finding)]
    if faults:
        raise FaultyError(*faults)


def stage_of(finding: RepFinding, claimed: str | None) -> str | None:
    """The stage the buyer was found in; a plain confirmation means the one claimed."""
    if finding.verdict is Verdict.CONFIRMED:
        return finding.stage_found or claimed
    return finding.stage_found


def _about_time(finding: RepFinding, now: datetime) -> list[Fault]:
    if finding.at is None and finding.verdict is not Verdict.NOT_REACHED:
        return [Fault("at", "when you talked is missing", "like 2026-03-03T10:00:00Z")]
    if finding.at is not None and finding.at > now:
        return [Fault("at", "this is in the future", "when you talked")]
    return []


def _about_the_talk(finding: RepFinding) -> list[Fault]:
    faults = []
    if not finding.spoke_with:
        faults.append(Fault("spoke_with", "whom you talked to is missing", "their name"))
    if finding.channel is None:
        faults.append(Fault("channel", "how you talked is missing", f"one of {listed(Channel)}"))
    if not finding.fact:
        mend = "one thing the buyer said that you did not know before"
        faults.append(Fault("fact", "what you heard is missing", mend))
    return faults


def _about_stage(finding: RepFinding, claimed: str | None, ladder: Sequence[str]) -> list[Fault]:
    found = finding.stage_found
    if found is not None and found not in ladder:
        return [Fault("stage_found", "there is no such stage", nearest(found, ladder))]
    match finding.verdict:
        case Verdict.CONFIRMED if claimed is None and found is None:
            mend = f"one of {listed(ladder)}"
            return [Fault("stage_found", "marketing made no claim to confirm", mend)]
        case Verdict.CONFIRMED if found is not None and claimed is not None and found != claimed:
            mend = f"leave it out, or say that they are {_word(side(ladder, claimed, found))}"
            return [Fault("stage_found", f"marketing claimed `{claimed}`", mend)]
        case Verdict.EARLIER:
            return _on_side(found, -1, claimed, ladder)
        case Verdict.LATER:
            return _on_side(found, 1, claimed, ladder)
        case _:
            return []


def _on_side(
    found: str | None, wanted: int, claimed: str | None, ladder: Sequence[str]
) -> list[Fault]:
    if found is not None and side(ladder, claimed, found) == wanted:
        return []
    there = [slug for slug in ladder if side(ladder, claimed, slug) == wanted]
    mend = f"one of {listed(there)}" if there else "choose another verdict"
    reason = "the stage you found is missing" if found is None else f"this is not {_word(wanted)}"
    if claimed in ladder:
        reason += f" than `{claimed}`" if found is not None else f"; marketing claimed `{claimed}`"
    return [Fault("stage_found", reason, mend)]


def _word(wanted: int) -> str:
    return "earlier" if wanted < 0 else "later"


def _about_promises(finding: RepFinding) -> list[Fault]:
    faults = []
    for index, promise in enumerate(finding.promises):
        if not promise.what:
            faults.append(
                Fault(f"promises.{index}.what", "what you promised is missing", "name it")
            )
        if finding.at is not None and promise.due_at < finding.at:
            reason = "this is before you promised it"
            faults.append(Fault(f"promises.{index}.due_at", reason, "when it is due"))
    return faults


def _about_the_right_person(finding: RepFinding) -> list[Fault]:
    if finding.verdict is not Verdict.WRONG_PERSON:
        return []
    if finding.right_person is None:
        return [Fault("right_person", "who is the right one is missing", "their name and email")]
    faults = []
    if not finding.right_person.name:
        faults.append(Fault("right_person.name", "the name is missing", "their name"))
    if read_email(finding.right_person.email) is None:
        faults.append(Fault("right_person.email", "this is no address", "like rita@acme.example"))
    return faults
