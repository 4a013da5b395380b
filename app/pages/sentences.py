"""What happened to a person, as sentences anybody can read, each in the colour of who did it. Pure."""

from collections.abc import Mapping
from typing import Any

from app.pages import words
from app.pages.views import Happening, Voice
from prospects.bidi import isolated
from prospects.kinds import BUYERS_OWN, Kind
from prospects.values import Activity
from routing.lives import AWAY
from routing.wording import line

REPS = frozenset(
    {
        Kind.OFFERED, Kind.ACCEPTED, Kind.DECLINED, Kind.OFFER_EXPIRED, Kind.CONTACT_ATTEMPT,
        Kind.VERDICT, Kind.PROMISE, Kind.PROMISE_MISSED, Kind.OUTCOME, Kind.TRANSFER_PROPOSED, Kind.TRANSFERRED,
    }
)  # fmt: skip
MARKETINGS = frozenset(
    {
        Kind.MAIL_SENT, Kind.DELIVERED, Kind.DEFERRED, Kind.BOUNCED, Kind.ENTERED_FLOW, Kind.LEFT_FLOW,
        Kind.SET,
    }
)  # fmt: skip
BUYERS = BUYERS_OWN | {Kind.CONSENT, Kind.UNSUBSCRIBED, Kind.COMPLAINED, Kind.WITHDRAWN}

LOOKS = {
    Kind.TRANSFER_PROPOSED: "is asked to look after them",
    Kind.TRANSFERRED: "looks after them now",
}
SAID = ("message", "comment", "comments", "question", "text", "note", "your_message")
"""Where forms and replies keep what somebody wrote in their own words."""
TOLD = {Kind.VERDICT: "fact", Kind.OUTCOME: "reason"}
"""What a rep wrote of their own: a quote beside our sentence, not a part of it."""
LONGEST_QUOTE = 600

Names = Mapping[str, str]


def happening(activity: Activity, *, reps: Names, stages: Names, openly: bool) -> Happening:
    """One activity as a sentence. `openly` leaves out what people wrote: it may say how to reach them."""
    return Happening(
        at=activity.happened_at,
        sentence=sentence(activity, reps=reps, stages=stages),
        voice=voice(activity.kind),
        quote=None if openly else quote(activity),
    )


def voice(kind: Kind) -> Voice:
    """Who did it."""
    if kind in REPS:
        return Voice.REP
    if kind in MARKETINGS:
        return Voice.MARKETING
    return Voice.BUYER if kind in BUYERS else Voice.HOUSE


def sentence(activity: Activity, *, reps: Names, stages: Names) -> str:
    """What happened, with the names of colleagues and stages in it."""
    body = activity.body
    rep = isolated(reps.get(str(body.get("rep")), "A rep"))
    match activity.kind:
        case Kind.OFFERED:
            return f"Offered to {rep}."
        case Kind.ACCEPTED:
            return f"{rep} took the lead."
        case Kind.DECLINED:
            return f"{rep} passed the lead on{_because(body, dict(words.DECLINES))}."
        case Kind.OFFER_EXPIRED:
            away = body.get("reason") == AWAY
            return f"{rep} {'was away, and the offer went on' if away else 'let the offer pass'}."
        case Kind.CONTACT_ATTEMPT:
            return f"{rep} tried to reach them{_by(body)}."
        case Kind.VERDICT:
            return f"{rep} talked to them{_by(body)}: {_found(body, stages)}."
        case Kind.OUTCOME:
            return f"It was {body.get('result', 'closed')}."
        case Kind.TRANSFER_PROPOSED | Kind.TRANSFERRED:
            looks = isolated(reps.get(str(body.get("member")), "The account team"))
            return f"{looks} {LOOKS[activity.kind]}."
        case Kind.ENTERED_FLOW | Kind.LEFT_FLOW:
            did = "Entered" if activity.kind is Kind.ENTERED_FLOW else "Left"
            return f"{did} the flow {isolated(str(body.get('flow', '')))}{_because(body, {})}."
        case _:
            return line(activity)


def quote(activity: Activity) -> str | None:
    """What somebody wrote, in their own words."""
    if activity.kind in TOLD:
        return _short(activity.body.get(TOLD[activity.kind]))
    if activity.kind not in BUYERS_OWN and activity.kind is not Kind.NOTE:
        return None
    fields = activity.body.get("fields")
    holders = (activity.body, fields if isinstance(fields, Mapping) else {})
    said = (_short(holder.get(name)) for holder in holders for name in SAID)
    return next(filter(None, said), None)


def _short(text: Any) -> str | None:
    if not isinstance(text, str) or not text.strip():
        return None
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def _because(body: Mapping[str, Any], known: Names) -> str:
    reason = body.get("reason")
    return f" ({isolated(known.get(str(reason), str(reason)).lower())})" if reason else ""


def _by(body: Mapping[str, Any]) -> str:
    channel = dict(words.CHANNELS).get(str(body.get("channel")))
    return f" by {channel.lower()}" if channel else ""


def _found(body: Mapping[str, Any], stages: Names) -> str:
    verdict = words.verdict(str(body.get("verdict"))).lower()
    stage = body.get("stage_found") or body.get("claimed")
    return f"{verdict}, {isolated(stages.get(str(stage), str(stage)))}" if stage else verdict
