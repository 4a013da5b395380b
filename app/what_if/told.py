"""What a rehearsal would have done, in plain lines. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, assert_never

from nurture.advance import Effect, Exit, Finish, HandOff, Held, Mail, Park, Rest, Set, Wait
from nurture.rehearsal import Because, Scene
from prospects.change import Change, SetField, SetTag

Line = dict[str, Any]
"""`at`, `step`, `what` (comes, mails, sets, hands off, waits, is held, leaves, stops), `words`."""


def lines(scene: Scene) -> Iterator[Line]:
    """Everything one look brought, in order."""
    at = scene.at.isoformat().replace("+00:00", "Z")
    if scene.because is not Because.BEGIN:
        words = f"the wait at {scene.since.step} ends: {scene.because}"
        yield {"at": at, "step": scene.since.step, "what": "goes on", "words": words}
    for effect in scene.progress.effects:
        what, words = _effect(effect)
        yield {"at": at, "step": effect.step, "what": what, "words": words}
    what, words = _rest(scene.progress.rest)
    yield {"at": at, "step": scene.progress.place.step, "what": what, "words": words}


def _effect(effect: Effect) -> tuple[str, str]:
    match effect:
        case Mail(template=template, topic=topic):
            return "mails", f"gets the mail {template}, if they may be mailed about {topic}"
        case Set(change=change):
            return "sets", _change(change)
        case HandOff(lane=lane):
            return "hands off", f"sales is asked to take them{f', lane {lane}' if lane else ''}"
        case _:
            assert_never(effect)


def _change(change: Change) -> str:
    match change:
        case SetField(name, value):
            return f"the field {name} becomes {value!r}"
        case SetTag(name, on):
            return f"the tag {name} is {'put on' if on else 'taken off'}"
        case _:
            assert_never(change)


def _rest(rest: Rest) -> tuple[str, str]:
    match rest:
        case Wait(until):
            return "waits", f"waits until {_instant(until)}"
        case Held(until):
            return "is held", f"is held for a rep until {_instant(until)}"
        case Exit(reason):
            return "leaves", f"leaves: {reason}"
        case Finish():
            return "leaves", "leaves at the end"
        case Park(reason):
            return "stops", f"stops: {reason}"
        case _:
            assert_never(rest)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
