"""Faults and pydantic: what a model found wrong, with place and mend, and faults a validator raises; instants."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ValidationError
from pydantic_core import PydanticCustomError

from prospects.faults import Fault, nearest, shown

_UNION_TAG = re.compile(r"(literal|function-[a-z]+|nullable|list|dict|tuple|constrained-[a-z]+)\[")

_BEGINS_WITH_A_DAY = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _instant(written: Any) -> Any:
    # pydantic would take a number, or a text that is one, for seconds since 1970.
    if isinstance(written, str) and not _BEGINS_WITH_A_DAY.match(written):
        return ""
    return written if isinstance(written, str | datetime) else None


def _in_utc(found: datetime) -> datetime:
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("this lies beyond all time") from None


Instant = Annotated[AwareDatetime, BeforeValidator(_instant), AfterValidator(_in_utc)]
"""An RFC 3339 instant with its offset; comes out in UTC."""


def faults_in(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Every mistake in `error`, which `model` raised."""
    errors = error.errors()
    return [
        fault for each in errors if not _only_echoes(each, errors) for fault in _faults(each, model)
    ]


def _only_echoes(error: Any, errors: Sequence[Any]) -> bool:
    """Whether a list is called too short only because what stands in it is wrong itself."""
    loc = error["loc"]
    return error["type"] == "too_short" and any(
        len(each["loc"]) > len(loc) and each["loc"][: len(loc)] == loc for each in errors
    )


def faulty(*faults: Fault) -> PydanticCustomError:
    """What a validator raises so that place, reason and mend of each mistake stay apart."""
    kept = [{"place": each.place, "reason": each.reason, "mend": each.mend} for each in faults]
    message = "; ".join(str(each) for each in faults)
    return PydanticCustomError("faults", "{message}", {"message": message, "faults": kept})


def _faults(error: Any, model: type[BaseModel]) -> Iterator[Fault]:
    context = error.get("ctx") or {}
    # pydantic names the member of a union in an error's path; nobody wrote such a thing.
    loc = [part for part in error["loc"] if not _UNION_TAG.match(str(part))]
    place = ".".join(str(part) for part in loc)
    if "faults" in context:
        # Rooms keep place, reason and mend apart where they can say more than pydantic.
        yield from (Fault(**each).under(place) for each in context["faults"])
        return
    match error["type"]:
        case "missing":
            yield Fault(place, f"`{loc[-1]}` is missing", f"add `{loc[-1]}: …`")
        case "extra_forbidden":
            good = _keys(model.model_json_schema(), loc[:-1])
            yield Fault(place, f"`{str(loc[-1])[:60]}` means nothing here", nearest(loc[-1], good))
        case _:
            reason, _, mend = str(error["msg"]).partition("; ")
            if reason.startswith("Input should"):
                reason, mend = f"{shown(error['input'])} will not do", reason.replace("Input", "it")
            yield Fault(place, reason, mend)


def _keys(schema: Mapping[str, Any], loc: Sequence[Any]) -> set[str]:
    """The keys that may stand at `loc`."""
    found = [schema]
    for part in loc:
        found = [below for each in found for below in _below(schema, each, part)]
    every = (branch for each in found for branch in _branches(schema, each))
    return {key for branch in every for key in branch.get("properties", {})}


def _below(root: Mapping[str, Any], schema: Mapping[str, Any], part: Any) -> Iterator[Any]:
    for branch in _branches(root, schema):
        if isinstance(part, int):
            yield from (branch[key] for key in ("items",) if isinstance(branch.get(key), dict))
        elif part in branch.get("properties", {}):
            yield branch["properties"][part]
        else:
            free = [
                branch.get("additionalProperties"),
                *branch.get("patternProperties", {}).values(),
            ]
            yield from (each for each in free if isinstance(each, dict))


def _branches(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    yield schema
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _branches(root, each)
