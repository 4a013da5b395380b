"""What a marketer writes about features in scoring.yaml: own words for titles, and what may be looked at all the same. Pure."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from prospects.titles import Function, Seniority, plain
from scoring.written.stages import Strict


def _with_letters(words: str) -> str:
    if not plain(words):
        raise PydanticCustomError("words", "titles are compared by the letters a-z and digits only")
    return words


Phrase = Annotated[str, Field(min_length=2, max_length=80), AfterValidator(_with_letters)]
Because = Annotated[str, Field(min_length=10, max_length=500)]


class OwnTitle(Strict):
    """A title with these words in it is so senior, and about this work; the first that fits counts.

    What is left out here is read from the title as built in.
    """

    words: Phrase
    seniority: Seniority | None = None
    function: Function | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.seniority is None and self.function is None:
            raise PydanticCustomError("title", "say a `seniority`, a `function`, or both")
        return self


class AllowedFeature(Strict):
    """A field that features are kept from and that this workspace decided to let models see."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    because: Because
    by: Annotated[str, Field(min_length=1, max_length=200)]
    at: date
