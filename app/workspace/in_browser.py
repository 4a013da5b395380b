"""A flow as a marketer writes it in the browser: checked like a file, and published by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy.orm import Session

from app.workspace import kept, sheets, written
from app.workspace.agreement import disagreements
from app.workspace.kept import Text
from app.workspace.mistakes import Mistake, MistakesError
from app.workspace.nodes import plain
from app.workspace.standing import Standing, stand
from app.workspace.wanted import Thing
from nurture import flows
from prospects import audit, configuration

OWNER = "browser"
_ORDER = ("flow", "enter", "exits", "steps", "id")


class NotPublishedError(Exception):
    """This flow cannot be published from here; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """A flow that is right: its name, what it says, and the text."""

    slug: str
    body: Mapping[str, Any]
    text: str


def read(text: str, standing: Standing) -> Written:
    """The flow in `text`. Raises MistakesError with every mistake, each at its line."""
    reading = sheets.read({"flows/flow.yaml": text}, {})
    mistakes = [*reading.mistakes, *disagreements(reading, standing, ())]
    if mistakes:
        raise MistakesError([_as_text(each) for each in mistakes])
    (flow,) = reading.wanted
    return Written(flow.slug, flow.body, text)


def _as_text(mistake: Mistake) -> Mistake:
    return Mistake("", mistake.spot, mistake.fault)


def publish(session: Session, flow: Written, now: datetime, *, since: int, by: str) -> int:
    """Make it the version in force and return its number.

    `since` is the document's version that the text was begun from, 0 for a flow that is new.
    Raises NotPublishedError if files own the flow or somebody else changed it meanwhile, and
    MistakesError if what it rests on was taken away meanwhile.
    """
    configuration.lock(session)
    standing = stand(session)
    read(flow.text, standing)
    refuse(standing, flow.slug, since)
    configuration.write(session, Thing.FLOW, flow.slug, flow.body, now, by=by, owner=OWNER)
    file = f"flows/{flow.slug}.yaml"
    text = Text(Thing.FLOW, flow.slug, file, flow.text, flow.body)
    # With its comments, for the editor and for `export`; sealed are only sources.
    kept.keep(session, [text], now, secret="")
    number = flows.publish(session, flow.slug, flow.body, now)
    audit.note(session, "publish flow", flow.slug, now, who=by, version=number)
    return number


def refuse(standing: Standing, slug: str, since: int) -> None:
    """Raise NotPublishedError if this flow cannot be published as one begun from version `since`."""
    before = standing.of(Thing.FLOW).get(slug)
    if before and before.owner != OWNER:
        raise NotPublishedError(
            f"{slug} belongs to the workspace's files. Give yours another name after `flow:`."
        )
    if before and before.version != since:
        raise NotPublishedError(
            f"{slug} was changed by somebody else meanwhile, or there was one of that name. "
            "Look at theirs in another tab, then publish yours as a new one or take theirs over."
        )
    if before is None and since:
        raise NotPublishedError(f"{slug} was taken out of the workspace meanwhile.")


def text_of(session: Session, slug: str) -> str | None:
    """A flow as text: as it was typed, or written out anew; None if there is no such flow."""
    document = configuration.read(session, Thing.FLOW).get(slug)
    if document is None:
        return None
    text = kept.flow_text(session, slug)
    if text is not None and plain(written.read(text)) == document.body:
        return text
    return write_out(document.body)


def write_out(body: Mapping[str, Any]) -> str:
    """A flow's document as YAML that reads back as the same."""
    yaml, out = YAML(), StringIO()
    yaml.default_flow_style = False
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_in_order(body), out)
    return out.getvalue()


def _in_order(value: Any) -> Any:
    """Keys as people expect them: PostgreSQL keeps them in an order of its own."""
    if isinstance(value, Mapping):
        ranks = {key: n for n, key in enumerate(_ORDER)}
        keys = sorted(value, key=lambda key: (ranks.get(key, len(ranks)), key))
        return {key: _in_order(value[key]) for key in keys}
    return [_in_order(each) for each in value] if isinstance(value, list) else value
