"""What a form says about one field that is wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong in one field, and what would be right."""

    reason: str
    mend: str = ""


def too_long(text: str, most: int, what: str) -> Mistake | None:
    """What to say of a text that its field does not hold; nothing that was typed is cut off in silence."""
    over = len(text) - most
    if over <= 0:
        return None
    reason = f"{what} is {len(text):,} characters long, and at most {most:,} fit."
    return Mistake(reason=reason, mend=f"Take {over:,} away.")


def as_counted(written: str) -> str:
    """What a field held, with one character for each line's end: a browser counts one, and sends two."""
    return written.replace("\r\n", "\n")
