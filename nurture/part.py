"""What every part of a flow is: strict about its keys, and never changed once read. Pure."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

SLUG = r"^[a-z0-9][a-z0-9_-]{0,59}$"
Slug = Annotated[str, Field(pattern=SLUG)]


class Part(BaseModel):
    """One part of a flow as a marketer writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
