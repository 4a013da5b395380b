"""A step that writes something down about a person: a field of theirs, or a tag. Pure."""

import math
from collections.abc import Mapping
from typing import Any

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from nurture.part import Part, Slug
from prospects.change import Change, SetField, SetTag

MOST_IN_A_ROW = 5
"""Looks that follow one upon another because a flow set something; then somebody must look."""
OWN = "fields."
LONGEST_NAME = 80
LONGEST_VALUE = 1000


class Setting(Part):
    """What is written down. A field's value null takes it away; a tag's value false takes it off."""

    field: str | None = Field(default=None, max_length=len(OWN) + LONGEST_NAME)
    tag: Slug | None = None
    value: StrictBool | StrictInt | StrictFloat | StrictStr | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_thing(cls, written: Any) -> Any:
        if not isinstance(written, Mapping):
            return written
        field, value = written.get("field"), written.get("value")
        if ("field" in written) is ("tag" in written):
            raise PydanticCustomError("set", "write one of `field` and `tag`")
        if "field" in written and "value" not in written:
            raise PydanticCustomError("set", "write a `value`; null takes the field away")
        if isinstance(field, str) and not (field.startswith(OWN) and field[len(OWN) :].strip()):
            raise PydanticCustomError("set", "only fields of your own can be set: `fields.NAME`")
        if "tag" in written and not isinstance(written.get("value", True), bool):
            raise PydanticCustomError("set", "a tag is put on with true and taken off with false")
        if isinstance(value, float) and not math.isfinite(value):
            raise PydanticCustomError("set", "a value must be a number there is")
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            raise PydanticCustomError("set", "a value has at most 1,000 characters")
        return written

    @property
    def change(self) -> Change:
        """The change this step makes."""
        if self.tag is not None:
            return SetTag(self.tag, self.value is not False)
        assert self.field is not None
        return SetField(self.field.removeprefix(OWN), self.value)
