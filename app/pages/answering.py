"""The form of a rep's answer: what it offers to choose, what is filled in, and what the fields mean."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from app.pages import papers, words
from app.pages.answer import ConfirmationForm
from app.pages.desk import Desk
from app.pages.drafts import Draft
from app.pages.mistake import as_counted
from app.pages.views import Mistake
from app.times import end_of_day, from_local_input, local_input
from prospects.kinds import Verdict
from prospects.texts import clean

Typed = Mapping[str, Sequence[str]]

ANSWERS = (
    Verdict.CONFIRMED,
    Verdict.EARLIER,
    Verdict.LATER,
    Verdict.WRONG_PERSON,
    Verdict.NOT_A_BUYER,
)


def form(desk: Desk, draft: Draft | None, *, now: datetime, zone: tzinfo) -> ConfirmationForm:
    """The form as it opens: the draft if there is one, else the defaults."""
    return answered(
        desk,
        draft.typed() if draft else defaults(desk),
        revision=draft.revision if draft else 0,
        restored=draft is not None,
        now=now,
        zone=zone,
    )


def answered(
    desk: Desk,
    typed: Typed,
    *,
    now: datetime,
    zone: tzinfo,
    mistakes: Mapping[str, Mistake] | None = None,
    revision: int = 0,
    restored: bool = False,
) -> ConfirmationForm:
    """The form with these words in it, and the mistakes of the last try beside their fields."""
    paper = desk.handoff.brief
    before, after = _sides(desk.stages, papers.claimed(paper))
    claim = papers.claim(paper)
    return ConfirmationForm(
        url=f"/handoffs/{desk.ref.prospect_id}/{desk.ref.handoff_id}",
        who=papers.who(desk.ref.prospect_id, paper),
        claim=claim,
        stages_before=before,
        stages_after=after,
        verdicts=[
            (answer.value, words.VERDICTS[answer], words.WHY[answer])
            for answer in ANSWERS
            if claim or answer not in (Verdict.CONFIRMED, Verdict.EARLIER)
        ],
        channels=words.CHANNELS,
        stances=words.STANCES,
        needs=list(paper.get("needs") or ()),
        typed=typed,
        mistakes=mistakes or {},
        draft_key=draft_key(desk),
        revision=str(revision),
        fresh=bool(mistakes),
        restored=restored,
        supersedes=str(desk.confirmation.id) if desk.confirmation else None,
        latest=local_input(now, zone),
    )


def draft_key(desk: Desk) -> str:
    """Names the words of this rep on this handoff on their device; a correction has words of its own."""
    return _key(desk, desk.confirmation.id if desk.confirmation else None)


def settled_key(desk: Desk) -> str:
    """Names the words that became the answer which stands, so that the device can forget them."""
    return _key(desk, desk.confirmation.supersedes if desk.confirmation else None)


def _key(desk: Desk, corrects: UUID | None) -> str:
    return f"{desk.ref.handoff_id}:{desk.handoff.rep_id}:{corrects or 'first'}"


def defaults(desk: Desk) -> Typed:
    """What most answers are: with the person themselves, by phone.

    The verdict is never chosen for the rep: a press too few would count as a confirmed claim.
    """
    name = (desk.handoff.brief.get("who") or {}).get("name")
    found = desk.confirmation
    if found is None:
        return {"channel": ["call"], "spoke_with": [name or ""]}
    return {
        "verdict": [found.verdict],
        "channel": [found.channel],
        "spoke_with": [found.spoke_with],
        "stage_found": [found.stage_found or ""],
        "fact": [found.fact],
    }


def _sides(
    stages: papers.Stages, claimed: str | None
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    slugs = [slug for slug, _ in stages]
    if claimed not in slugs:
        return [], list(stages)
    at = slugs.index(claimed)
    return list(stages[:at]), list(stages[at + 1 :])


def document(typed: Typed, *, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """The answer in the shape of the API's `POST …/confirmation`; what was left empty is left out."""
    verdict = one(typed, "verdict")
    found: dict[str, Any] = {
        "verdict": verdict,
        "spoke_with": one(typed, "spoke_with"),
        "channel": one(typed, "channel"),
        "at": _at(one(typed, "at"), now, zone),
        "fact": one(typed, "fact"),
        "still_needed": _still_needed(typed),
        "deciders": _deciders(typed),
        "promises": _promises(typed, zone),
    }
    if verdict in (Verdict.EARLIER, Verdict.LATER):
        found["stage_found"] = one(typed, "stage_found")
    if verdict == Verdict.WRONG_PERSON:
        person = {
            "name": one(typed, "right_person_name"),
            "email": one(typed, "right_person_email"),
        }
        found["right_person"] = {key: value for key, value in person.items() if value}
    if supersedes := one(typed, "supersedes"):
        found |= {"supersedes": supersedes, "reason": one(typed, "reason")}
    return {key: value for key, value in found.items() if value not in ("", [], {})}


def one(typed: Typed, name: str, turn: int = 0) -> str:
    """One field without blanks around it, fit for every store."""
    values = typed.get(name, ())
    text = values[turn] if turn < len(values) else ""
    return clean(as_counted(text)).strip()


def _at(text: str, now: datetime, zone: tzinfo) -> str:
    at = from_local_input(text, zone) if text else now
    # What is not an instant goes on as it was typed, and is refused where instants are read.
    return at.isoformat() if at else text


def _still_needed(typed: Typed) -> list[str]:
    ticked = [
        one(typed, "still_needed", turn) for turn in range(len(typed.get("still_needed", ())))
    ]
    more = one(typed, "still_needed_more").splitlines()
    return [need.strip() for need in (*ticked, *more) if need.strip()]


def _deciders(typed: Typed) -> list[dict[str, str]]:
    found = []
    for turn in range(len(typed.get("decider_name", ()))):
        each = {part: one(typed, f"decider_{part}", turn) for part in ("name", "role", "stance")}
        if each["name"]:
            found.append({key: value for key, value in each.items() if value})
    return found


def _promises(typed: Typed, zone: tzinfo) -> list[dict[str, str]]:
    found = []
    for turn in range(len(typed.get("promise_what", ()))):
        what, due = one(typed, "promise_what", turn), one(typed, "promise_due", turn)
        if what or due:
            found.append({"what": what, "due_at": _due(due, zone)})
    return found


def _due(text: str, zone: tzinfo) -> str:
    try:
        return end_of_day(date.fromisoformat(text), zone).isoformat()
    except (ValueError, OverflowError):
        return text
