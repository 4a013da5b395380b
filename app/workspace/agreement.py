"""Whether the things of a workspace are right, each by its room's rules, and agree with one another."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from app.workspace.mistakes import Mistake
from app.workspace.referring import no_such, strange_card, strange_stages
from app.workspace.sheets import Reading
from app.workspace.standing import Standing
from app.workspace.wanted import Thing
from nurture.wiring import read_flow
from prospects.conditions.sight import dig
from prospects.conditions.vocabulary import STANDARD
from prospects.faults import Fault, FaultyError, listed, shown
from prospects.ladder import LADDER
from prospects.segments import Segment
from prospects.shapes import faults_in
from routing.rules import BUILT_IN_LANES, RoutingRules
from scoring.rules import read_scoring, read_stages
from scoring.written.scoring import Scoring
from scoring.written.stages import Stages
from webhooks.meanings import FieldMeanings
from webhooks.outbound import Networks, refusal
from webhooks.written import read_source
from webhooks.written_out import read_destination

Body = Mapping[str, Any]
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Around:
    """What things may refer to. None where that cannot be told, because its own file is broken."""

    people: Collection[str] | None
    stages: Collection[str] | None
    lanes: Collection[str] | None
    mails: Collection[str]
    segments: Collection[str] | None
    sources: Collection[str] | None
    cards: Mapping[str, bool]
    egress: Networks


def disagreements(reading: Reading, standing: Standing, egress: Networks) -> list[Mistake]:
    """Every mistake in what is wanted, and in what stands and would no longer fit.

    `egress`: inside networks that sources may be fetched from all the same.
    """
    around = _around(reading, standing, egress)
    found = [
        wanted.mistake(fault)
        for wanted in reading.wanted
        for fault in _CHECKS[wanted.kind](wanted.body, around)
    ]
    return [*found, *_left_behind(reading, standing, around)]


def _around(reading: Reading, standing: Standing, egress: Networks) -> Around:
    people = {each.slug for each in reading.wanted if each.kind is Thing.PERSON}
    mails = {each.slug for each in reading.wanted if each.kind is Thing.MAIL}
    # A mail that cannot be read is there all the same.
    mails |= {PurePosixPath(file).stem for file in reading.broken if file.startswith("mails/")}
    return Around(
        people=None if "team.yaml" in reading.broken else people | set(standing.people),
        stages=_stages(reading, standing),
        lanes=_lanes(reading, standing),
        mails=mails | set(standing.of(Thing.MAIL)),
        segments=_slugs(Thing.SEGMENT, "segments.yaml", reading, standing),
        sources=_slugs(Thing.SOURCE, "sources.yaml", reading, standing),
        cards=standing.cards,
        egress=egress,
    )


def _in_force(kind: Thing, reading: Reading, standing: Standing) -> Body | None:
    wanted = (each.body for each in reading.wanted if each.kind is kind)
    return next(wanted, standing.body(kind))


def _stages(reading: Reading, standing: Standing) -> Collection[str] | None:
    body = _in_force(Thing.STAGES, reading, standing)
    if "stages.yaml" in reading.broken or (body is not None and list(_of_stages(body, None))):
        return None
    return [stage["slug"] for stage in body["stages"]] if body else LADDER


def _slugs(kind: Thing, file: str, reading: Reading, standing: Standing) -> Collection[str] | None:
    if file in reading.broken:
        return None
    wanted = {each.slug for each in reading.wanted if each.kind is kind}
    return wanted | set(standing.of(kind))


def _lanes(reading: Reading, standing: Standing) -> Collection[str] | None:
    body = _in_force(Thing.ROUTING, reading, standing) or {}
    lanes = body.get("lanes") or BUILT_IN_LANES
    known = "routing.yaml" not in reading.broken and isinstance(lanes, Mapping)
    return list(lanes) if known else None


def _of_stages(body: Body, _around: object) -> Iterator[Fault]:
    try:
        read_stages(body)
    except ValidationError as error:
        yield from faults_in(error, Stages)


def _of_scoring(body: Body, around: Around) -> Iterator[Fault]:
    if around.stages is None:
        return
    ladder = {"stages": [{"slug": slug, "name": slug} for slug in around.stages]}
    try:
        model = read_scoring(body, read_stages(ladder)).model
    except ValidationError as error:
        yield from faults_in(error, Scoring)
        return
    yield from strange_card(model, around.cards)


def _of_routing(body: Body, around: Around) -> Iterator[Fault]:
    vocabulary = STANDARD.with_stages(around.stages) if around.stages else STANDARD
    context = {"people": around.people, "vocabulary": vocabulary}
    try:
        RoutingRules.model_validate(body, context=context)
    except ValidationError as error:
        yield from faults_in(error, RoutingRules)


def _of_segment(body: Body, around: Around) -> Iterator[Fault]:
    vocabulary = STANDARD.with_stages(around.stages) if around.stages else STANDARD
    try:
        Segment.model_validate(body, context={"vocabulary": vocabulary})
    except ValidationError as error:
        yield from faults_in(error, Segment)


def _of_source(body: Body, around: Around) -> Iterator[Fault]:
    try:
        source = read_source(body)
    except FaultyError as error:
        yield from error.faults
        return
    if source.api_base_url and "api_base_url" in body:
        # Loopback is the machine that will call, not the one that applies: judged when it calls.
        why = refusal(source.api_base_url, (*around.egress, *LOOPBACK))
        if why:
            yield Fault("api_base_url", why, "the platform's own public address")


def _of_meaning(body: Body, around: Around) -> Iterator[Fault]:
    try:
        FieldMeanings.model_validate(body)
    except ValidationError as error:
        yield from faults_in(error, FieldMeanings)
    slug, known = str(body.get("slug")), around.sources
    if known is not None and slug not in known:
        yield no_such("source", slug, "slug", known)


def _of_destination(body: Body, around: Around) -> Iterator[Fault]:
    try:
        destination = read_destination(body)
    except FaultyError as error:
        yield from error.faults
        return
    for part in ("url", "api_base_url", "token_url"):
        address = getattr(destination, part)
        why = refusal(address, (*around.egress, *LOOPBACK)) if address else None
        if why:
            yield Fault(part, why, "the platform's own public address")
    known = around.sources
    for number, source in enumerate(destination.sources):
        if known is not None and source not in known:
            yield no_such("source", source, f"sources.{number}", known)


def _of_flow(body: Body, around: Around) -> Iterator[Fault]:
    found: tuple[Fault, ...] = ()
    try:
        read_flow(body)
    except FaultyError as error:
        found = error.faults
    yield from found
    # What cannot be read may name what is not there all the same: a marketer wants to hear it once.
    places = {each.place for each in found}
    named = [*_strange_names(body, around), *strange_stages(body, around.stages)]
    yield from (each for each in named if each.place not in places)


def _strange_names(body: Body, around: Around) -> Iterator[Fault]:
    """Segments, mails and lanes that a flow names and that are not there."""
    steps = body.get("steps")
    among = [("segment", "enter.segment", dig(body, "enter.segment"), around.segments)]
    for number, step in enumerate(steps if isinstance(steps, list) else []):
        place = f"steps.{number}"
        among += [
            ("mail", f"{place}.mail.template", dig(step, "mail.template"), around.mails),
            ("lane", f"{place}.hand_off.lane", dig(step, "hand_off.lane"), around.lanes),
        ]
    for what, place, name, known in among:
        if isinstance(name, str) and known is not None and name not in known:
            yield no_such(what, name, place, known)


def _nothing(_body: Body, _around: Around) -> Iterator[Fault]:
    # People and mails were read by their own rules, and refer to nothing.
    yield from ()


_CHECKS: Mapping[Thing, Callable[[Body, Around], Iterator[Fault]]] = {
    Thing.PERSON: _nothing,
    Thing.STAGES: _of_stages,
    Thing.SCORING: _of_scoring,
    Thing.ROUTING: _of_routing,
    Thing.SEGMENT: _of_segment,
    Thing.SOURCE: _of_source,
    Thing.MEANING: _of_meaning,
    Thing.DESTINATION: _of_destination,
    Thing.FLOW: _of_flow,
    Thing.MAIL: _nothing,
}
_RESTS_ON = {
    Thing.SCORING: (Thing.STAGES,),
    Thing.ROUTING: (Thing.STAGES,),
    Thing.SEGMENT: (Thing.STAGES,),
    Thing.FLOW: (Thing.STAGES, Thing.ROUTING),
}


def _left_behind(reading: Reading, standing: Standing, around: Around) -> Iterator[Mistake]:
    """What was applied earlier, is not among these files, and rests on something they change."""
    here = {(each.kind, each.slug) for each in reading.wanted}
    ground = {each.kind: each for each in reading.wanted}
    for (kind, slug), document in standing.documents.items():
        under = [ground[each] for each in _RESTS_ON.get(kind, ()) if each in ground]
        if not under or (kind, slug) in here:
            continue
        for fault in _CHECKS[kind](document.body, around):
            reason = f"the {kind} {shown(slug)} that stands would no longer fit: {fault}"
            yield under[0].mistake(Fault("", reason, f"apply {listed([slug])} with it"))
