"""The keys of every workspace file, from the models that validate them."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from app.reference.tables import Schema, default_of, kind_of, table
from app.workspace.team import Team
from nurture.flow import Flow
from nurture.templates import MailTemplate
from routing.rules import RoutingRules
from scoring.written.scoring import Scoring
from scoring.written.stages import Stages
from webhooks.destinations import Destination
from webhooks.meanings import FieldMeanings
from webhooks.sources import Source

FILES: Mapping[str, type[BaseModel]] = {
    "team.yaml": Team,
    "stages.yaml": Stages,
    "sources.yaml": Source,
    "meanings.yaml": FieldMeanings,
    "destinations.yaml": Destination,
    "scoring.yaml": Scoring,
    "routing.yaml": RoutingRules,
    "flows/NAME.yaml": Flow,
    "mails/NAME.html": MailTemplate,
}
_NOTES = {
    "sources.yaml": "`sources:` is a list of these.",
    "meanings.yaml": "`meanings:` is a list of these.",
    "destinations.yaml": "`destinations:` is a list of these.",
    "mails/NAME.html": "The front block's keys; `html` and `text` are what stands below it and in `NAME.txt`.",
}
OPENING = """# Workspace files, key by key

How they are used is told in [workspace.md](../workspace.md).
A duration is written `30s`, `15m`, `36h`, `2d` or `1w`; conditions are told in [nurture.md](../nurture.md).
"""


def page() -> str:
    """All files, one after the other."""
    return OPENING + "".join(_file(name, model) for name, model in FILES.items())


def _file(name: str, model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    defs = schema.get("$defs", {})
    parts = [f"\n## {name}\n", _about(schema), _NOTES.get(name, ""), "\n" + _keys(schema, defs)]
    below = [
        f"\n### {each}\n\n{_about(found)}\n\n{_keys(found, defs)}"
        for each, found in sorted(defs.items())
        if found.get("properties")
    ]
    return "\n".join(part for part in parts if part) + "".join(below)


def _about(schema: Schema) -> str:
    return str(schema.get("description", "")).split("\n\n")[0].replace("\n", " ")


def _keys(schema: Schema, defs: Mapping[str, Schema]) -> str:
    return table(["key", "is", "left out"], _rows(schema, defs))


def _rows(schema: Schema, defs: Mapping[str, Schema]) -> Iterator[list[str]]:
    needed = schema.get("required", [])
    for key, found in schema.get("properties", {}).items():
        said = str(found.get("description", ""))
        kind = kind_of(found, defs) + (f": {said}" if said else "")
        yield [f"`{key}`", kind, "must be there" if key in needed else default_of(found)]
