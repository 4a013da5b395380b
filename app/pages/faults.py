"""Turns refusals of an answer into mistakes beside the fields of the page, in the page's words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from app.pages.views import Mistake
from prospects.faults import Fault

Typed = Mapping[str, Sequence[str]]

FIELDS = {
    "right_person": "right_person_name",
    "right_person.name": "right_person_name",
    "right_person.email": "right_person_email",
    "supersedes": "reason",
}
PARTS = {
    "promises.what": "promise_what",
    "promises.due_at": "promise_due",
    "deciders.name": "decider_name",
    "deciders.role": "decider_role",
}
SAYINGS = {
    "verdict": Mistake(reason="What you found is missing.", mend="Choose one of the answers."),
    "spoke_with": Mistake(reason="Whom you talked to is missing.", mend="Write their name."),
    "channel": Mistake(reason="How you talked is missing.", mend="Choose one."),
    "fact": Mistake(reason="One thing they told you is missing.", mend="One sentence will do."),
    "stage_found": Mistake(reason="The stage you found is missing.", mend="Choose one on the right side of what marketing says."),
    "right_person_name": Mistake(reason="The right person's name is missing."),
    "right_person_email": Mistake(reason="The right person's e-mail is missing or mistyped.", mend="It looks like rita@acme.example."),
    "reason": Mistake(reason="Why you correct your answer is missing.", mend="A few words will do."),
}  # fmt: skip
TOO_LONG = frozenset({"string_too_long", "too_long"})


def faults_of(error: ValidationError) -> list[Fault]:
    """What pydantic found, as faults."""
    found = []
    for each in error.errors(include_url=False, include_context=True):
        place = ".".join(str(part) for part in each["loc"])
        found.append(Fault(place, *_said(each)))
    return found


def _said(each: Any) -> tuple[str, str]:
    if each["type"] in TOO_LONG:
        return "this is too long", f"at most {each['ctx']['max_length']} characters"
    if each["type"].startswith(("datetime", "timezone", "date")):
        return "this is no date we can read", "choose one from the calendar"
    return "this is missing or cannot be read", "choose or write it again"


def mistakes(faults: Iterable[Fault], typed: Typed) -> dict[str, Mistake]:
    """The mistakes by field of the page; the first of each field."""
    found: dict[str, Mistake] = {}
    for fault in faults:
        name = field_of(fault.place, typed)
        found.setdefault(name, _mistake(name, fault))
    return found


def field_of(place: str, typed: Typed) -> str:
    """The page's field for a place in the answer: `promises.1.due_at` is `promise_due.1`."""
    if place in FIELDS:
        return FIELDS[place]
    head, _, rest = place.partition(".")
    turn, _, part = rest.partition(".")
    if head == "still_needed":
        return "still_needed_more"
    if not turn.isdigit():
        return head
    name = PARTS.get(
        f"{head}.{part}", PARTS[f"{head}.what" if head == "promises" else f"{head}.name"]
    )
    at = _filled(head, typed)[int(turn)]
    return f"{name}.{at}" if at else name


def _filled(head: str, typed: Typed) -> list[int]:
    """Which rows of a repeated group were filled in: only those are part of the answer."""
    names = ("promise_what", "promise_due") if head == "promises" else ("decider_name",)
    longest = max(len(typed.get(name, ())) for name in names)
    return [
        turn
        for turn in range(longest)
        if any(turn < len(typed.get(name, ())) and typed[name][turn].strip() for name in names)
    ]


def _mistake(name: str, fault: Fault) -> Mistake:
    if name in SAYINGS and "too long" not in fault.reason:
        return SAYINGS[name]
    return Mistake(reason=_sentence(fault.reason), mend=_sentence(fault.mend))


def _sentence(text: str) -> str:
    plain = text.replace("`", "")
    return f"{plain[:1].upper()}{plain[1:]}." if plain else ""
