"""A flow in words and as a drawing, from the flow itself and who waits where. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from app.pages.flow_views import Picture, StepBox, Way
from app.pages.layout import HEIGHT, WIDTH, Layout, Link, lay_out
from app.pages.words import several
from nurture.flow import (
    Action,
    Branch,
    Enter,
    Flow,
    HandingOff,
    Leaving,
    Mailing,
    Step,
    WaitFor,
    Watch,
)
from nurture.setting import Setting
from nurture.splitting import Split
from prospects.conditions.explain import in_words
from prospects.durations import format_duration

END = "\0end"
"""The flow's end in the layout; no step can be called so."""
LONGEST_NAME, LONGEST_LINE = 16, 23
UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}


def picture(flow: Flow, here: Mapping[str, int], url: str) -> Picture:
    """The drawing of a flow; `here` counts people by step, `url` is the flow's page."""
    names = [step.id for step in flow.steps]
    links = [
        Link(step.id, END if way is None else way, when)
        for step in flow.steps
        for when, way in _ways(flow, step)
    ]
    ends = any(link.end == END for link in links)
    layout = lay_out([*names, END] if ends else names, links)
    end = layout.boxes.get(END)
    return Picture(
        width=layout.width,
        height=layout.height,
        box=(WIDTH, HEIGHT),
        boxes=[_box(flow, step, layout, here=here.get(step.id, 0), url=url) for step in flow.steps],
        wires=[(wire.path, _wire_in_words(wire.link)) for wire in layout.wires],
        arrows=[_arrow(*wire.points[-1]) for wire in layout.wires],
        end=(end.x, end.y) if end else None,
        words=f"{several(len(names), 'step', 'steps')}, "
        f"{several(sum(here.get(name, 0) for name in names), 'person', 'people')} in them.",
    )


def _box(flow: Flow, step: Step, layout: Layout, *, here: int, url: str) -> StepBox:
    kind, what = action_in_words(step.action)
    return StepBox(
        url=f"{url}/steps/{step.id}",
        id=step.id,
        kind=kind,
        what=what,
        here=here,
        x=layout.boxes[step.id].x,
        y=layout.boxes[step.id].y,
        short=_cut(step.id, LONGEST_NAME - (len(str(here)) + 2 if here else 0)),
        line=_cut(f"{kind}: {what}" if what else kind, LONGEST_LINE),
        ways=[Way(when=when, to=way or "the end") for when, way in _ways(flow, step)],
    )


def _wire_in_words(link: Link) -> str:
    end = "the end" if link.end == END else link.end
    return f"{link.start} → {end}{f': {link.label}' if link.label else ''}"


def _arrow(x: float, y: float) -> str:
    return f"M{x - 4:g} {y - 7:g}L{x:g} {y:g}L{x + 4:g} {y - 7:g}Z"


def _ways(flow: Flow, step: Step) -> list[tuple[str, str | None]]:
    """Every way out of a step as (when it is taken, where it leads)."""
    return [(_when(step, place), to) for place, to in flow.ways(step)]


def _when(step: Step, place: str) -> str:
    action, last = step.action, place.split(".")
    if isinstance(action, WaitFor) and last[-1] == "else":
        return f"none of it within {duration(action.within)}"
    if isinstance(action, WaitFor) and last[-1] == "then":
        return watched(action.first[int(last[-2])])
    if isinstance(action, Branch) and last[-1] == "then":
        return plain(in_words(action.when[int(last[-2])].when))
    if isinstance(action, Split) and last[-1] == "then":
        return share(action, int(last[-2]))
    return "nothing else holds" if last[-1] == "else" else ""


def action_in_words(action: Action) -> tuple[str, str]:
    """What a step does: its kind, and the particulars."""
    match action:
        case Mailing(template=template):
            return "Mail", template
        case timedelta() as length:
            return "Wait", duration(length)
        case WaitFor(first=first, within=within):
            acts = " or ".join(watched(each) for each in first)
            return "Wait for", f"{acts}, at most {duration(within)}"
        case Branch(when=cases):
            return "Branch", plain("; ".join(in_words(case.when) for case in cases))
        case Setting(field=field, tag=tag, value=value):
            return "Set", _set_in_words(field, tag, value)
        case Split(ways=ways):
            return "Split", ", ".join(
                f"{share(action, n)} {each.then}" for n, each in enumerate(ways)
            )
        case HandingOff(lane=lane):
            return "Hand over", f"lane {lane}" if lane else "by the routing rules"
        case Leaving(reason=reason):
            return "Leave", reason
        case _:
            assert_never(action)


def _set_in_words(field: str | None, tag: str | None, value: object) -> str:
    if tag is not None:
        return f"tag {tag} off" if value is False else f"tag {tag}"
    name = str(field).removeprefix("fields.")
    return f"{name} away" if value is None else f"{name} to {value}"


def share(split: Split, number: int) -> str:
    """How many of all people go this way: `33 %`."""
    total = sum(way.weight for way in split.ways)
    return f"{split.ways[number].weight / total:.0%}".replace("%", " %")


def watched(watch: Watch) -> str:
    """An activity that is waited for."""
    what = act_in_words(watch.activity)
    return f"{what} where {plain(in_words(watch.where))}" if watch.where else what


def enter_in_words(enter: Enter) -> str:
    """Who enters, as a sentence."""
    match enter:
        case Enter(stage=str(stage)):
            who = f"Whoever marketing sees in {stage}"
        case Enter(segment=str(segment)):
            who = f"Whoever does something while in the segment {segment}"
        case Enter(verdict=verdict) if verdict is not None:
            who = f"Whoever a rep found: {verdict.replace('_', ' ')}"
        case _:
            where = f" where {plain(in_words(enter.where))}" if enter.where else ""
            who = f"Whoever did: {act_in_words(enter.activity or '')}{where}"
    match enter.again:
        case "never":
            return f"{who}. Once ever."
        case "always":
            return f"{who}. Again each time they have left."
        case length:
            return f"{who}. Again {duration(length)} after they entered."


def exits_in_words(flow: Flow) -> list[str]:
    """What makes people leave, wherever they are."""
    return [f"{leave.reason}: {plain(in_words(leave.when))}" for leave in flow.exits]


def act_in_words(kind: str) -> str:
    """An activity's kind for people."""
    return kind.replace("_", " ")


def duration(length: timedelta) -> str:
    """`2 days`."""
    written = format_duration(length)
    unit = UNITS[written[-1]]
    return several(int(written[:-1]), unit, f"{unit}s")


def plain(text: str) -> str:
    """Words for people: values without the marks of code."""
    return (
        text.replace("`", "“", 1).replace("`", "”", 1)
        if text.count("`") == 2
        else text.replace("`", "")
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
