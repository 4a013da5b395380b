"""A part of a look at everybody as the subject of a promise, and back again."""

import re
from uuid import UUID

from scoring.changes.screened_rows import Part

ALONE = "!"
"""Between the two ids of a part that is one person, who could not be looked at among others."""
_PART = re.compile(r"\d+/([0-9a-f]*)([-+!])([0-9a-f]{32})")


def ref_of(version: int, part: Part) -> str:
    """3/AFTER-UPTO; with a + in between for who was busy, with a ! for one person alone."""
    after = part.after.hex if part.after else ""
    sign = ALONE if part.alone else "+" if part.again else "-"
    return f"{version}/{after}{sign}{part.upto.hex}"


def part_of(ref: str) -> Part | None:
    """What stands in the subject of a promise; None for the look at everybody."""
    found = _PART.fullmatch(ref)
    if found is None:
        return None
    after, sign, upto = found.groups()
    return Part(UUID(after) if after else None, UUID(upto), again=sign == "+", alone=sign == ALONE)


def version_of(ref: str) -> int:
    """By which rules the look is."""
    return int(ref.partition("/")[0])
