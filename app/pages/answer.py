"""The form a rep answers a brief with, as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.pages.views import Claim, Mistake, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationForm:
    """The rep's answer as typed so far, with the mistakes of the last try."""

    url: str
    who: Who
    claim: Claim | None
    stages_before: Sequence[tuple[str, str]]
    stages_after: Sequence[tuple[str, str]]
    verdicts: Sequence[tuple[str, str, str]]
    channels: Sequence[tuple[str, str]]
    stances: Sequence[tuple[str, str]]
    needs: Sequence[str]
    typed: Mapping[str, Sequence[str]]
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)
    draft_key: str = ""
    revision: str = "0"
    fresh: bool = False
    restored: bool = False
    supersedes: str | None = None
    latest: str = ""

    def value(self, name: str, turn: int = 0) -> str:
        """What was typed in the `turn`-th field of that name."""
        values = self.typed.get(name, ())
        return values[turn] if turn < len(values) else ""

    def chosen(self, name: str, value: str) -> bool:
        """Whether a choice is ticked."""
        return value in self.typed.get(name, ())

    def any(self, *names: str) -> bool:
        """Whether anything was typed or mistaken in one of these fields."""
        typed = any(value for name in names for value in self.typed.get(name, ()))
        return typed or any(name in self.mistakes for name in names)
