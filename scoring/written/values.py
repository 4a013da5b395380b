"""Values that several parts of scoring.yaml are made of. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from prospects.durations import Duration
from prospects.faults import nearest


def _known_stage(slug: str, info: ValidationInfo) -> str:
    # The ladder is in another file, so the reader passes its slugs as context.
    ladder: Sequence[str] = (info.context or {}).get("stages", ())
    if ladder and slug not in ladder:
        raise PydanticCustomError(
            "stage",
            "there is no stage `{slug}` in stages.yaml; {mend}",
            {"slug": slug[:60], "mend": nearest(slug, ladder)},
        )
    return slug


def _longer_than_nothing(duration: timedelta) -> timedelta:
    if not duration:
        raise PydanticCustomError("duration", "this must be longer than 0s")
    return duration


StageSlug = Annotated[str, AfterValidator(_known_stage)]
Lasting = Annotated[Duration, AfterValidator(_longer_than_nothing)]
