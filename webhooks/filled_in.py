"""What a filled-in form says: fields under our names, consents, and what led somebody there. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prospects.identities import read_email
from webhooks.adapter import About, Agreement
from webhooks.named_answers import about
from webhooks.sources import Source, SourceKind
from webhooks.touch import TOUCH
from webhooks.usual_names import PLAIN, usual

Fields = Sequence[tuple[str, str]]

TRAP = "website"
"""A field that people do not see and robots fill in."""
TRAPPED = f"the hidden field `{TRAP}` was filled in"
CONSENT = "consent"
CONSENT_TEXT = "consent_text"
USUAL_TOPIC = "marketing"
YES = frozenset({"on", "yes", "true", "1"})
NO = frozenset({"", "off", "no", "false", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledIn:
    """A form as it was sent. `form` is its name where a field told it."""

    about: About
    agreements: tuple[Agreement, ...]
    touch: Mapping[str, str]
    form: str | None


def filled_in(fields: Fields, source: Source, at: datetime, *, guess: bool = False) -> FilledIn:
    """The form of these fields, in their order.

    With `guess` an answer that reads as an e-mail address is one, where no field is called so.
    """
    values: dict[str, str] = {}
    for name, value in named(fields, source):
        if value.strip():
            values[name] = f"{values[name]}, {value}" if name in values else value
    form = values.pop("form", None)
    return FilledIn(
        about=about(with_address(values) if guess else values, ids={}),
        agreements=tuple(agreements(fields, source, at)),
        touch=touch(fields),
        form=form,
    )


def is_trapped(fields: Fields, source: Source) -> bool:
    """Whether the field was filled in that people do not see."""
    return TRAP not in source.map and any(n == TRAP and value.strip() for n, value in fields)


def _is_trap(name: str, source: Source) -> bool:
    """Only forms of our own pages have a trap; elsewhere it is the company's website."""
    return name == TRAP and source.kind is SourceKind.HTML_FORM and TRAP not in source.map


def touch(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters that say what led somebody here."""
    return {name: value for name, value in fields if name in TOUCH and value}


def named(fields: Fields, source: Source) -> Iterator[tuple[str, str]]:
    """The fields under our names: `map` first, then the usual ones; any other is the person's."""
    for name, value in fields:
        if _is_trap(name, source):
            continue
        plain = name.strip().lower().replace("-", "_")
        ours = source.map.get(name) or usual(name) or plain
        if ours in PLAIN or ours.startswith(("account.", "fields.")):
            yield ours, value
        elif name not in TOUCH and not _topic(ours, value) and ours != CONSENT_TEXT:
            yield f"fields.{ours if name in source.map else name}", value


def with_address(values: Mapping[str, str]) -> dict[str, str]:
    """The same answers, where the only ones that read as an e-mail address are taken for one."""
    found = dict(values)
    if not {"email", "work_email"} & set(found):
        addresses = [name for name, value in found.items() if read_email(value)]
        for name in [each for each in addresses if each.startswith("fields.")][:1]:
            found["email"] = found.pop(name)
    return found


def agreements(fields: Fields, source: Source, at: datetime) -> Iterator[Agreement]:
    """Each checkbox once; of a hidden "no" before a ticked "yes", as some frameworks send, the last counts."""
    text = next((value for name, value in fields if name == CONSENT_TEXT and value), None)
    given: dict[str, bool] = {}
    for name, value in fields:
        if topic := _topic(source.map.get(name, name), value):
            given[topic] = value.strip().lower() not in NO
    for topic, yes in given.items():
        yield Agreement(topic, yes, text, at)


def _topic(ours: str, value: str) -> str | None:
    """What a field agrees to: `consent` by its value, `consent.TOPIC` or `consent_TOPIC` by its name."""
    if ours.lower() == CONSENT:
        known = value.strip().lower() in YES | NO
        return USUAL_TOPIC if known else value.strip()[:80]
    for lead in ("consent.", "consent_"):
        if ours.startswith(lead) and ours != CONSENT_TEXT and len(ours) > len(lead):
            return ours.removeprefix(lead)[:80]
    return None
