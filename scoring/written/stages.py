"""What a marketer writes in stages.yaml: the ladder of a purchase, and what to ask on each rung."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from prospects.faults import Fault
from prospects.shapes import faulty

SLUG = r"^[a-z0-9][a-z0-9_-]{0,39}$"


class Strict(BaseModel):
    """A part of a file: a key we do not know is a mistake, not a remark."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True)


def _on_the_web(url: str) -> str:
    if not url.lower().startswith(("https://", "http://")):
        raise PydanticCustomError("url", "a link starts with https:// or http://")
    return url


Text = Annotated[str, Field(min_length=1, max_length=500)]
Slug = Annotated[str, Field(pattern=SLUG)]
Link = Annotated[str, Field(max_length=2000), AfterValidator(_on_the_web)]


class Question(Strict):
    """What the rep asks the buyer, and the answer that would prove our claim wrong."""

    ask: Text
    disproves_if: Text


class Content(Strict):
    """Something to give to a buyer at this stage."""

    slug: Slug
    title: Text
    url: Link


class Stage(Strict):
    """One rung: what a buyer there still needs, what to ask, what to give."""

    slug: Slug
    name: Text
    needs: tuple[Text, ...] = ()
    questions: tuple[Question, ...] = ()
    content: tuple[Content, ...] = ()


class Stages(Strict):
    """The whole of stages.yaml; the order of the list is the order of the purchase."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        slugs = [stage.slug for stage in self.stages]
        for number, slug in enumerate(slugs):
            if slug in slugs[:number]:
                reason = f"two stages are called `{slug}`"
                raise faulty(Fault(f"stages.{number}.slug", reason, "give it a name of its own"))
        return self
