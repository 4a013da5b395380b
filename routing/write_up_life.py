"""The closed vocabulary of a write-up, its name, and what makes one whole. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from prospects.faults import Fault, FaultyError
from prospects.ids import ProspectId
from prospects.texts import replace_unstorable

LONGEST = 8_000
LONGEST_LINE = 300
MOST_FACTS = 20


class WriteUpState(StrEnum):
    """asked → taken → written | given back(reason); dropped when the person was forgotten, or the asking undone.

    A taken one may be put back, and is asked again.
    """

    ASKED = "asked"
    TAKEN = "taken"
    WRITTEN = "written"
    GIVEN_BACK = "given_back"
    DROPPED = "dropped"


WAITING = frozenset({WriteUpState.ASKED, WriteUpState.TAKEN})
"""Write-ups the desk has still to do."""


@dataclass(frozen=True, slots=True)
class WriteUpRef:
    """Names one write-up; its key starts with the person, as everything about a person does."""

    prospect_id: ProspectId
    write_up_id: UUID

    def __str__(self) -> str:
        return f"{self.prospect_id}/{self.write_up_id}"


@dataclass(frozen=True, slots=True)
class Found:
    """One fact the desk found: what, where it stands, and on which day that was seen."""

    what: str
    source: str
    on: date | None

    def as_document(self) -> dict[str, Any]:
        """The fact as it is stored."""
        return {
            "what": self.what,
            "source": self.source,
            "on": self.on.isoformat() if self.on else None,
        }


@dataclass(frozen=True, slots=True)
class Written:
    """What the desk wrote: a text, facts, or both."""

    text: str
    facts: Sequence[Found] = ()


def check(written: Written, today: date) -> Written:
    """The same with what no database can hold taken out. Raises FaultyError with everything that is missing.

    `today` is the writer's own.
    """
    faults = []
    if not written.text.strip() and not written.facts:
        faults.append(Fault("text", "nothing is written yet", "write a text, or a fact"))
    if len(written.text) > LONGEST:
        faults.append(Fault("text", "this is too long", f"{LONGEST} characters at most"))
    if len(written.facts) > MOST_FACTS:
        faults.append(Fault("facts", "these are too many facts", f"{MOST_FACTS} at most"))
    for n, each in enumerate(written.facts):
        faults += _about(n, each, today)
    if faults:
        raise FaultyError(*faults)
    clean = [Found(_clean(each.what), _clean(each.source), each.on) for each in written.facts]
    return Written(_clean(written.text), clean)


def _about(n: int, fact: Found, today: date) -> list[Fault]:
    faults = []
    if not fact.what.strip():
        faults.append(Fault(f"facts.{n}.what", "the fact is missing", "say what you found"))
    if not fact.source.strip():
        mend = "where it stands: an address, a register, who said so"
        faults.append(Fault(f"facts.{n}.source", "the source of the fact is missing", mend))
    if fact.on is None:
        faults.append(Fault(f"facts.{n}.on", "the day of the fact is missing", "when it was so"))
    elif fact.on > today:
        faults.append(Fault(f"facts.{n}.on", "this day is still to come", "when it was so"))
    if max(len(fact.what), len(fact.source)) > LONGEST_LINE:
        mend = f"{LONGEST_LINE} characters at most"
        faults.append(Fault(f"facts.{n}.what", "this fact is too long", mend))
    return faults


def _clean(text: str) -> str:
    return str(replace_unstorable(text.strip()))
