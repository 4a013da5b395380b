"""What a thing of a workspace refers to and is not there."""

from collections.abc import Collection, Iterator, Mapping

from prospects.faults import Fault, nearest, shown
from scoring.written.scoring import POINTS


def no_such(what: str, name: str, place: str, among: Collection[str]) -> Fault:
    """What is named and is not there, with the nearest that is."""
    mend = nearest(name, among) or "add it to the files, or name one that is there"
    return Fault(place, f"there is no {what} {shown(name)}", mend)


def strange_card(model: str, cards: Mapping[str, bool]) -> Iterator[Fault]:
    """A card that was never trained here, or never approved. `cards`: whether each was approved."""
    approved = [each for each, was in cards.items() if was]
    if model == POINTS or model in approved:
        return
    if model not in cards:
        yield no_such("card", model, "model", [POINTS, *approved])
        return
    reason = f"the card {shown(model)} was trained and never approved"
    yield Fault(
        "model", reason, "approve it first, so that it scores in the shadow, or write points"
    )


def strange_stages(
    value: object, stages: Collection[str] | None, place: str = ""
) -> Iterator[Fault]:
    """Stages that a flow enters by or asks for, and that are not on the ladder."""
    if stages is None:
        return
    lead = f"{place}." if place else ""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from strange_stages(each, stages, f"{lead}{number}")
    if not isinstance(value, Mapping):
        return
    asked = {f"{lead}stage": value.get("stage")} if place == "enter" else {}
    if value.get("field") in ("stage", "confirmed_stage"):
        asked |= {f"{lead}value": value.get("value")}
    named = (
        (where, slug)
        for where, slugs in asked.items()
        for slug in (slugs if isinstance(slugs, list) else [slugs])
    )
    for where, slug in named:
        if slug is not None and slug not in stages:
            yield no_such("stage", str(slug), where, stages)
    for key, each in value.items():
        yield from strange_stages(each, stages, f"{lead}{key}")
