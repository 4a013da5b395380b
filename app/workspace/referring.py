"""What a thing of a workspace refers to and is not there."""

from collections.abc import Collection, Iterator, Mapping

from prospects.faults import Fault, nearest, shown


def no_such(what: str, name: str, place: str, among: Collection[str]) -> Fault:
    """What is named and is not there, with the nearest that is."""
    mend = nearest(name, among) or "add it to the files, or name one that is there"
    return Fault(place, f"there is no {what} {shown(name)}", mend)


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
