"""Conditions as fields of pydantic models: written and read in their plain form."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from prospects.conditions.parse import ConditionError, parse, parse_where
from prospects.conditions.tree import Op, Tree, to_plain
from prospects.conditions.vocabulary import STANDARD, Vocabulary

_ANY_CONDITION: JsonSchemaValue = {"type": "object", "title": "Condition"}
_FORMS: list[JsonSchemaValue] = [
    {"required": ["all"], "properties": {"all": {"type": "array", "items": _ANY_CONDITION}}},
    {"required": ["any"], "properties": {"any": {"type": "array", "items": _ANY_CONDITION}}},
    {"required": ["not"], "properties": {"not": _ANY_CONDITION}},
    {
        "required": ["field", "op"],
        "properties": {
            "field": {"type": "string"},
            "op": {"enum": [op.value for op in Op]},
            "value": {},
        },
    },
]
_HAPPENED: JsonSchemaValue = {
    "required": ["activity"],
    "properties": {
        "activity": {"type": "string"},
        "where": _ANY_CONDITION,
        "within": {"type": "string"},
        "op": {"enum": ["eq", "ne", "gt", "gte", "lt", "lte"]},
        "value": {"type": "integer", "minimum": 0},
    },
}


class _PlainForm:
    """Tells pydantic how to read, write and describe a tree."""

    def __init__(self, read: Callable[[object, Vocabulary], Tree], forms: list[Any]) -> None:
        self._read = read
        self._forms = forms

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(to_plain),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        forms = [{"type": "object", "additionalProperties": False, **form} for form in self._forms]
        return {"title": "Condition", "oneOf": forms}

    def _validate(self, plain: object, info: core_schema.ValidationInfo[Any]) -> Tree:
        context = info.context if isinstance(info.context, dict) else {}
        try:
            return self._read(plain, context.get("vocabulary", STANDARD))
        except ConditionError as error:
            faults = [
                {"place": fault.place, "reason": fault.reason, "mend": fault.mend}
                for fault in error.faults
            ]
            # pydantic's own path ends at the field; the rest of it travels in the context.
            raise PydanticCustomError(
                "condition", "{message}", {"message": str(error), "faults": faults}
            ) from error


Condition = Annotated[Tree, _PlainForm(parse, [*_FORMS, _HAPPENED])]
"""A model's field that holds a condition over a person.

Pass `context={"vocabulary": ...}` to `model_validate` for the stages of this workspace. An error has
type `condition` and in `ctx["faults"]` each slip's place below the field, reason and mend.
"""

Where = Annotated[Tree, _PlainForm(lambda plain, _: parse_where(plain), _FORMS)]
"""A model's field that holds a condition over an activity's body."""
