"""Reads the files of a workspace into what they want, every mistake at its line."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from app.workspace import variables, written
from app.workspace.mistakes import Mistake, Spot
from app.workspace.nodes import Node, plain, spot_of
from app.workspace.team import read_team
from app.workspace.wanted import Thing, Wanted
from app.workspace.written import UnreadableError
from nurture.templates import read_mail
from prospects.faults import Fault, FaultyError, listed, nearest, shown

MOST_SOURCES = MOST_MEANINGS = MOST_SEGMENTS = MOST_DESTINATIONS = 500
_ONE_DOCUMENT = {
    "stages.yaml": Thing.STAGES,
    "scoring.yaml": Thing.SCORING,
    "routing.yaml": Thing.ROUTING,
}
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LINE = re.compile(r"line ([0-9]+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files want as far as they could be read; `broken` names those that could not."""

    wanted: list[Wanted] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One YAML file with its variables filled in."""

    file: str
    node: Node
    origins: Mapping[str, str]

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = plain(self.node)
        return found

    def mistake(self, fault: Fault) -> Mistake:
        return Mistake(self.file, spot_of(self.node, fault), fault)

    def wanted(self, kind: Thing, slug: str, body: Mapping[str, Any], place: str = "") -> Wanted:
        lead = f"{place}." if place else ""
        below = {
            each.removeprefix(lead): origin
            for each, origin in self.origins.items()
            if each.startswith(lead)
        }
        return Wanted(
            kind, slug, self.file, body, lambda fault: self.mistake(fault.under(place)), below
        )


def read(texts: Mapping[str, str], environ: Mapping[str, str]) -> Reading:
    """Read every file; what one of them says of another is not looked at yet."""
    reading = Reading()
    for file, text in texts.items():
        before = len(reading.mistakes)
        if file.startswith("mails/"):
            _take(reading, _mail(file, texts))
        else:
            _take(reading, _yaml(file, text, environ))
        if len(reading.mistakes) > before:
            reading.broken.add(file)
    _take(reading, _doubled(reading.wanted))
    return reading


def _take(reading: Reading, found: Iterable[Wanted | Mistake]) -> None:
    for each in list(found):
        if isinstance(each, Mistake):
            reading.mistakes.append(each)
        else:
            reading.wanted.append(each)


def _yaml(file: str, text: str, environ: Mapping[str, str]) -> Iterator[Wanted | Mistake]:
    try:
        node = written.read(text)
    except UnreadableError as error:
        yield from (Mistake(file, spot, fault) for spot, fault in error.found)
        return
    if not isinstance(node.value, Mapping):
        yield Mistake(file, node.spot, Fault("", "this holds no keys", "write `key: value`"))
        return
    filled = variables.resolve(node, environ)
    if filled.found:
        yield from (Mistake(file, spot, fault) for spot, fault in filled.found)
        return
    sheet = _Sheet(file, filled.node, filled.origins)
    if file in _ONE_DOCUMENT:
        yield sheet.wanted(_ONE_DOCUMENT[file], _ONE_DOCUMENT[file], sheet.body)
    else:
        yield from _READERS.get(file, _flow)(sheet)


def _people(sheet: _Sheet) -> Iterator[Wanted | Mistake]:
    try:
        people = read_team(sheet.body)
    except FaultyError as error:
        yield from (sheet.mistake(fault) for fault in error.faults)
        return
    for number, person in enumerate(people):
        yield sheet.wanted(Thing.PERSON, person["email"], person, f"people.{number}")


def _sources(sheet: _Sheet) -> Iterator[Wanted | Mistake]:
    yield from _list(sheet, Thing.SOURCE, MOST_SOURCES, "{slug: site, kind: …}")


def _meanings(sheet: _Sheet) -> Iterator[Wanted | Mistake]:
    yield from _list(sheet, Thing.MEANING, MOST_MEANINGS, "{slug: site, fields: {…: title}}")


def _destinations(sheet: _Sheet) -> Iterator[Wanted | Mistake]:
    yield from _list(sheet, Thing.DESTINATION, MOST_DESTINATIONS, "{slug: meta, kind: …}")


def _segments(sheet: _Sheet) -> Iterator[Wanted | Mistake]:
    yield from _list(sheet, Thing.SEGMENT, MOST_SEGMENTS, "{slug: germans, name: …, if: …}")


def _list(sheet: _Sheet, kind: Thing, most: int, like: str) -> Iterator[Wanted | Mistake]:
    """Each of a file's list of things, by its slug."""
    plural = f"{kind}s"
    for key in sheet.body:
        if key != plural:
            reason = f"`{key[:60]}` means nothing here"
            yield sheet.mistake(Fault(key, reason, nearest(key, [plural])))
    entries = sheet.body.get(plural)
    if not isinstance(entries, list) or len(entries) > most:
        mend = f"a list of at most {most}, like `{plural}: [{like}]`"
        yield sheet.mistake(Fault(plural, f"this is no list of {plural}", mend))
        return
    for number, entry in enumerate(entries):
        yield _entry(sheet, kind, f"{plural}.{number}", entry)


def _entry(sheet: _Sheet, kind: Thing, place: str, entry: object) -> Wanted | Mistake:
    slug = entry.get("slug") if isinstance(entry, dict) else None
    if isinstance(entry, dict) and isinstance(slug, str) and _SLUG.fullmatch(slug):
        return sheet.wanted(kind, slug, entry, place)
    if isinstance(entry, dict) and "slug" in entry:
        return sheet.mistake(Fault(f"{place}.slug", f"{shown(slug)} is no slug", _SLUG_MEND))
    return sheet.mistake(Fault(place, "`slug` is missing", _SLUG_MEND))


def _flow(sheet: _Sheet) -> Iterator[Wanted | Mistake]:
    slug = sheet.body.get("flow")
    if isinstance(slug, str) and _SLUG.fullmatch(slug):
        yield sheet.wanted(Thing.FLOW, slug, sheet.body)
    else:
        reason = f"{shown(slug)} is no slug" if "flow" in sheet.body else "`flow` is missing"
        yield sheet.mistake(Fault("flow", reason, _SLUG_MEND))
        # Looked at all the same, so that its other mistakes are told at once; none of it is applied.
        yield sheet.wanted(Thing.FLOW, f"?{sheet.file}", {**sheet.body, "flow": "unnamed"})


_READERS: Mapping[str, Callable[[_Sheet], Iterator[Wanted | Mistake]]] = {
    "team.yaml": _people,
    "segments.yaml": _segments,
    "sources.yaml": _sources,
    "meanings.yaml": _meanings,
    "destinations.yaml": _destinations,
}
_SLUG_MEND = "a name of small letters, digits, `-` and `_`"


def _mail(file: str, texts: Mapping[str, str]) -> Iterator[Wanted | Mistake]:
    path = PurePosixPath(file)
    html = str(path.with_suffix(".html"))
    if path.suffix == ".txt":
        if html not in texts:
            fault = Fault("", "a text without its mail", f"write `{html}`, with a front block")
            yield Mistake(file, Spot(), fault)
        return
    if not _SLUG.fullmatch(path.stem):
        yield Mistake(file, Spot(), Fault("", f"{shown(path.stem)} is no slug", _SLUG_MEND))
        return
    text = texts.get(str(path.with_suffix(".txt")))
    try:
        # nurture reads it too, but cannot say on which line it is wrong.
        written.read(_front(texts[file]).removeprefix("---"))
        body = read_mail(texts[file], text)
    except UnreadableError as error:
        yield from (Mistake(file, spot, fault) for spot, fault in error.found)
        return
    except FaultyError as error:
        yield from (_in_mail(file, texts[file], fault) for fault in error.faults)
        return
    yield Wanted(Thing.MAIL, path.stem, file, body, lambda fault: Mistake(file, Spot(), fault))


def _in_mail(file: str, html: str, fault: Fault) -> Mistake:
    """Where a fault of a mail stands: a line of one of its templates, or a key of its front block."""
    match = _LINE.fullmatch(fault.reason)
    if match is None:
        return Mistake(file, Spot(_line_of(fault.place, html)), fault)
    before = {"html": _front(html).count("\n") + 2, "subject": _line_of("subject", html) - 1}
    beside = str(PurePosixPath(file).with_suffix(".txt")) if fault.place == "text" else file
    spot = Spot(before.get(fault.place, 0) + int(match[1]))
    return Mistake(beside, spot, Fault(fault.place, match[2], fault.mend))


def _front(html: str) -> str:
    """The front block with its first line, without its last."""
    return html.replace("\r\n", "\n").split("\n---", 1)[0]


def _line_of(key: str, html: str) -> int:
    lines = html.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)


_NAMED_BY = {
    Thing.SOURCE: "slug",
    Thing.MEANING: "slug",
    Thing.DESTINATION: "slug",
    Thing.SEGMENT: "slug",
    Thing.FLOW: "flow",
}


def _doubled(wanted: Iterable[Wanted]) -> Iterator[Mistake]:
    first: dict[tuple[Thing, str], Wanted] = {}
    for each in wanted:
        known = first.setdefault((each.kind, each.slug), each)
        if known is not each:
            place = _NAMED_BY.get(each.kind, "")
            reason = f"there is another {each.kind} {shown(each.slug)} in {listed([known.file])}"
            yield each.mistake(Fault(place, reason, "give it a name of its own"))
