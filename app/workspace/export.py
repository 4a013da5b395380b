"""`export`: the workspace as the files that would make it again, with the comments of those it came from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.workspace.kept import Key, Text
from app.workspace.nodes import plain
from app.workspace.rewritten import fresh, rewritten
from app.workspace.standing import Standing
from app.workspace.wanted import Thing
from app.workspace.written import read
from nurture.templates import read_mail, write_mail
from prospects.configuration import Document
from prospects.faults import FaultyError
from prospects.member import Member
from prospects.sealing import SEALED

Body = Mapping[str, Any]
_DEFAULTS: Body = {
    "zone": "UTC",
    "hours": {},
    "weight": 1.0,
    "capacity": {},
    "skills": {},
    "absences": [],
    "active": True,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """The files by name, and the variables that hold what was once written in plain in `sources.yaml` or `destinations.yaml`."""

    files: Mapping[str, str]
    variables: tuple[str, ...] = ()


def export(standing: Standing, kept: Mapping[Key, Text]) -> Exported:
    """Every file of the workspace; what stands as its file said comes back as that file, to the byte."""
    files: dict[str, str] = {}
    if standing.people:
        files["team.yaml"] = _team(standing.people, kept.get((Thing.PERSON, Thing.PERSON)))
    with_secrets: dict[str, Body] = {}
    for kind in (Thing.SOURCE, Thing.DESTINATION):
        bodies = {slug: each.body for slug, each in standing.of(kind).items()}
        if bodies:
            named = {slug: as_named(body) for slug, body in bodies.items()}
            files[f"{kind}s.yaml"] = _list(f"{kind}s", named, kept.get((kind, kind)))
            with_secrets |= bodies
    for kind in (Thing.SEGMENT, Thing.MEANING):
        listed = {slug: with_slug(slug, each) for slug, each in standing.of(kind).items()}
        if listed:
            files[f"{kind}s.yaml"] = _list(f"{kind}s", listed, kept.get((kind, kind)))
    for kind in (Thing.STAGES, Thing.SCORING, Thing.ROUTING):
        body = standing.body(kind)
        if body is not None:
            files[f"{kind}.yaml"] = _document(body, kept.get((kind, kind)))
    for slug, document in standing.of(Thing.FLOW).items():
        text = kept.get((Thing.FLOW, slug))
        files[_free(text.file if text else f"flows/{slug}.yaml", files)] = _document(
            document.body, text
        )
    for slug, document in standing.of(Thing.MAIL).items():
        files |= _mail(slug, document.body, kept.get((Thing.MAIL, slug)))
    return Exported(files, tuple(sorted(set(_invented(with_secrets)))))


def as_named(body: Body) -> dict[str, Any]:
    """The body of a source or destination with `${NAME}` where a value is sealed."""
    found: dict[str, Any] = _unsealed(body, str(body.get("slug", "")))
    return found


def with_slug(slug: str, document: Document) -> Body:
    """A document as its file's list writes it; one of the browser's may leave its own name out."""
    return {"slug": slug, **document.body}


def as_person(member: Member) -> dict[str, Any]:
    """A colleague as team.yaml writes them; what is as for everybody is left out."""
    known: dict[str, Any] = {"email": member.email}
    if member.name != member.email:
        known["name"] = member.name
    if member.roles:
        known["roles"] = sorted(str(role) for role in member.roles)
    for key, built_in in _DEFAULTS.items():
        value = getattr(member, key)
        value = list(value) if isinstance(value, tuple) else value
        if value != built_in:
            known[key] = value
    return known


def _document(body: Body, text: Text | None) -> str:
    return rewritten(text.text, text.body, body) if text else fresh(body)


def _team(people: Mapping[str, Member], text: Text | None) -> str:
    whole = {email: as_person(member) for email, member in people.items()}
    if text is None or text.body is None:
        return fresh({"people": list(whole.values())})
    written = {entry["email"]: entry for entry in text.body["people"]}
    order = [
        *(email for email in written if email in whole),
        *sorted(whole.keys() - written.keys()),
    ]
    entries = [{**_spoken(people[each], written.get(each, {})), **whole[each]} for each in order]
    return rewritten(text.text, text.body, {"people": entries})


def _spoken(member: Member, written: Body) -> dict[str, Any]:
    """The built-in values of those keys that the file writes out: they need not be taken from it."""
    spoken = {key: value for key, value in _DEFAULTS.items() if key in written}
    if "name" in written:
        spoken["name"] = member.name
    return spoken


def _list(key: str, things: Mapping[str, Body], text: Text | None) -> str:
    """A file that holds one list of things with a slug each."""
    if text is None:
        return fresh({key: list(things.values())})
    order = dict.fromkeys([*_slugs(text.text, key, things), *things])
    return rewritten(text.text, None, {key: [things[slug] for slug in order]})


def _slugs(text: str, key: str, among: Body) -> list[str]:
    """The things of a text that stand, in its order."""
    said = plain(read(text)).get(key, [])
    return [str(each["slug"]) for each in said if each.get("slug") in among]


def _mail(slug: str, body: Body, text: Text | None) -> dict[str, str]:
    html, beside = write_mail(body)
    if text and _mail_says(text.text, beside, body):
        html = text.text
    files = {f"mails/{slug}.html": html}
    return files if beside is None else {**files, f"mails/{slug}.txt": beside}


def _mail_says(html: str, beside: str | None, body: Body) -> bool:
    try:
        return bool(read_mail(html, beside) == body)
    except FaultyError:
        return False


def _free(name: str, taken: Mapping[str, str]) -> str:
    stem = name.removesuffix(".yaml")
    numbers = (f"{stem}-{n}.yaml" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbers if each not in taken)


def _unsealed(value: Any, place: str) -> Any:
    if isinstance(value, Mapping):
        if SEALED in value:
            name = value.get("name") or _variable(place)
            return name if "${" in name else f"${{{name}}}"
        return {key: _unsealed(each, f"{place}_{key}") for key, each in value.items()}
    if isinstance(value, list):
        return [_unsealed(each, f"{place}_{n}") for n, each in enumerate(value, 1)]
    return value


def _variable(place: str) -> str:
    """A name for a secret that was written in plain, and is not written out again."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", place).upper()
    return f"SOURCE_{name}" if name[:1].isdigit() or name.startswith("WARMLINE_") else name


def _invented(with_secrets: Mapping[str, Body]) -> Iterator[str]:
    for slug, body in with_secrets.items():
        yield from _nameless(body, slug)


def _nameless(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        if SEALED in value and not value.get("name"):
            yield _variable(place)
        for key, each in value.items():
            yield from _nameless(each, f"{place}_{key}")
    if isinstance(value, list):
        for n, each in enumerate(value, 1):
            yield from _nameless(each, f"{place}_{n}")
