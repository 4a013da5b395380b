"""How often a process looks for garbage: one that lives long, or through much, looks seldom."""

import gc

OBJECTS = 50_000
"""Newly made, before they are looked through; Python's own 700 cost an import a quarter of its time."""
OFTEN = (20, 50)
"""Looks at the youngest for one at the older ones, and those for one at all: that is every few minutes."""


def look_seldom() -> None:
    """Never look again through what is here by now, and through the rest less often.

    Call it once what the process lives with is imported. What stays until a look is a few megabytes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, *OFTEN)
