"""`${NAME}` in the values of a workspace: resolved from the environment of whoever applies it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from app.workspace.mistakes import Spot
from app.workspace.nodes import Node, replaced
from prospects.faults import Fault

LONGEST = 64 << 10
_ASKED = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OURS = ("DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A document with its variables filled in.

    `origins` has, by dotted place, what was written there: `${NAME}`, or a text around it.
    """

    node: Node
    origins: Mapping[str, str]
    found: tuple[tuple[Spot, Fault], ...]


def resolve(node: Node, environ: Mapping[str, str]) -> Resolved:
    """Fill in every `${NAME}`; one that is unset, empty or Warmline's own is a fault at its place."""
    origins: dict[str, str] = {}
    found: list[tuple[Spot, Fault]] = []

    def fill(scalar: Node, place: str) -> Node:
        text = scalar.value
        if not isinstance(text, str) or not _ASKED.search(text):
            return scalar
        origins[place] = text
        faults = [fault for name in _ASKED.findall(text) if (fault := _fault(name, environ))]
        found.extend((scalar.spot, fault.under(place)) for fault in faults)
        filled = _ASKED.sub(lambda match: environ.get(match[1], ""), text)
        return scalar if faults else replace(scalar, value=filled)

    return Resolved(replaced(node, fill), origins, tuple(found))


def name_in(origin: str) -> str:
    """NAME of a whole `${NAME}`; a text with more in it stays as it is."""
    match = _ASKED.fullmatch(origin)
    return match[1] if match else origin


def _fault(name: str, environ: Mapping[str, str]) -> Fault | None:
    if not _NAME.fullmatch(name):
        return Fault("", f"`${{{name[:60]}}}` names no variable", "write it like ${API_TOKEN}")
    if _is_ours(name):
        reason = f"`${{{name[:60]}}}` is one of Warmline's own settings and stays there"
        return Fault("", reason, "give the source a secret of its own")
    if not environ.get(name):
        state = "empty" if name in environ else "not set"
        close = get_close_matches(name, [each for each in environ if not _is_ours(each)], n=1)
        mend = f"did you mean `{close[0]}`?" if close else f"set {name[:60]} where `apply` runs"
        return Fault("", f"`${{{name[:60]}}}` is {state}", mend)
    if len(environ[name]) > LONGEST or "\0" in environ[name]:
        return Fault("", f"`${{{name[:60]}}}` is too long", f"at most {LONGEST >> 10} KiB")
    return None


def _is_ours(name: str) -> bool:
    return name.startswith("WARMLINE_") or name in _OURS
