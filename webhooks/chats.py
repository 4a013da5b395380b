"""What Slack and Teams are told: who has to do what, by when, and where; never who the buyer is. Pure.

A chat keeps what it is told, shows it to whoever is in the channel, and cannot be made to forget. So
nothing of the prospect is in it, not even the company: the link leads to the page, where it is known who
may see what.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from webhooks.destinations import DestinationKind
from webhooks.events import Event

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing to say. `rep` and `lane` are names of the house; `zone_time` is when, as people read it."""

    event: Event
    rep: str
    lane: str
    until: str | None
    url: str | None


def sentence(said: Said) -> str:
    """What happened, in one plain sentence."""
    rep, lane = said.rep or "A rep", f" ({said.lane})" if said.lane else ""
    until = f", to take by {said.until}" if said.until else ""
    match said.event:
        case Event.OFFERED:
            return f"A warm lead for {rep}{lane}{until}."
        case Event.ACCEPTED:
            return f"{rep} took a lead."
        case Event.DECLINED:
            return f"{rep} passed a lead on."
        case Event.EXPIRED:
            return f"Late: {rep} let an offer run out. It goes on to the next."
        case Event.OVERDUE:
            due = f" by {said.until}" if said.until else ""
            return f"Late: {rep} took a lead and has not said{due} what they found."
        case Event.CONFIRMED:
            return f"{rep} talked to a buyer and said what they found."
        case Event.WON | Event.LOST:
            return f"A lead was {said.event.value.rpartition('.')[2]}."
        case Event.PROMISE_MISSED:
            due = f" It was due {said.until}." if said.until else ""
            return f"Late: a promise of {rep} to a buyer was not kept by its day.{due}"
        case (
            Event.STAGE_CLAIMED
            | Event.WARMED
            | Event.RECYCLED
            | Event.BOUNCED
            | Event.CONSENT_CHANGED
        ):
            return "Something happened to a lead."
        case _:
            assert_never(said.event)


def document(kind: DestinationKind, said: Said) -> dict[str, Any]:
    """What is posted to the chat's own address."""
    return _slack(said) if kind is DestinationKind.SLACK else _teams(said)


def _slack(said: Said) -> dict[str, Any]:
    """Text with a link. `&`, `<` and `>` are Slack's own, and are written as it asks."""
    text = _for_slack(sentence(said))
    linked = f"{text} <{said.url}|Open it>" if said.url else text
    block = {"type": "section", "text": {"type": "mrkdwn", "text": linked, "verbatim": True}}
    return {"text": text, "blocks": [block], "unfurl_links": False, "unfurl_media": False}


def _for_slack(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A name that looks like markup or a mention is shown, and does nothing.
    return re.sub(r"([*_~`@#])", "\\1\N{ZERO WIDTH NON-JOINER}", escaped)


def _teams(said: Said) -> dict[str, Any]:
    """An Adaptive Card. Its texts know Markdown, so what a name holds of it is escaped."""
    body = [{"type": "TextBlock", "text": _for_teams(sentence(said)), "wrap": True}]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if said.url:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Open it", "url": said.url}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _for_teams(text: str) -> str:
    plain = re.sub(r"([\\`*_{}\[\]()#+!~|>-])", r"\\\1", text)
    return plain.replace("<", "&lt;").replace("@", "@\N{ZERO WIDTH NON-JOINER}")


def name_of(written: str) -> str:
    """A colleague's name on one line, without what turns letters round, and not too long."""
    flat = "".join(letter if letter.isprintable() else " " for letter in written)
    flat = " ".join(flat.split())
    return flat if len(flat) <= LONGEST_NAME else f"{flat[: LONGEST_NAME - 1]}…"


def said_of(
    data: Mapping[str, Any], event: Event, names: Mapping[str, str], base_url: str | None
) -> Said:
    """What there is to say of an event's own data; `names` are colleagues by id."""
    handoff, who = data.get("handoff"), data.get("prospect")
    page = f"{base_url.rstrip('/')}/handoffs/{who}/{handoff}" if base_url and handoff else None
    return Said(
        event=event,
        rep=name_of(names.get(str(data.get("rep")), "")),
        lane=name_of(str(data.get("lane") or "")),
        until=_time(data.get("expires_at") or data.get("due_at")),
        url=page,
    )


def _time(written: object) -> str | None:
    try:
        at = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return f"{at:%d %B, %H:%M} UTC" if at else None
