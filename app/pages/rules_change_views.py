"""What the page of changed rules shows, as plain values, and the words for how each change stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from app.pages.views import Tone
from scoring.changes.rows import State

PACE = 20
"""People an hour, for a team that wants to talk to each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingLine:
    """Somebody who waits before the warm line."""

    url: str
    name: str
    company: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One change among the earlier ones."""

    url: str
    at: datetime
    by: str
    says: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChange:
    """One change: how it stands, whom it concerns, and what can be decided."""

    version: int
    state: State
    at: datetime
    by: str
    people: int
    looked: int
    up: int
    down: int
    released: int = 0
    pace: int | None = None
    way: str = "up"
    lines: Sequence[CrossingLine] = ()
    next_url: str | None = None
    may_decide: bool = True
    newest_url: str | None = None
    """For one that newer rules took the place of."""
    failed: int = 0
    """People who could not be looked at, whatever was tried."""
    ops_url: str | None = None
    """Where the viewer sees why."""

    @property
    def title(self) -> str:
        """How it stands."""
        return title_of(self.state)

    @property
    def tone(self) -> Tone:
        """Its colour."""
        return tone_of(self.state)

    @property
    def says(self) -> str:
        """How it stands, and what that means, in a sentence or two."""
        match self.state:
            case State.LOOKING:
                return f"Everybody is looked at by the new rules: {self.looked:,} of {self.people:,} so far. Whom they would take over the line is listed as it is found; it can be decided when all are looked at."
            case State.WAITING:
                return f"{self._whom} Nobody crosses until you say so; whoever does something themselves crosses at once."
            case State.RELEASING:
                pace = f"{self.pace} an hour" if self.pace else "as fast as work allows"
                return f"{self.released:,} were let over so far, {self.up + self.down:,} are still to come, {pace}, those with most points first."
            case State.RELEASED:
                return self._done
            case State.KEPT:
                return f"{self._whom} They stay where they are until they do something themselves, or until you release them after all."
            case State.OVERTAKEN:
                return "Newer rules took the place of these before all was decided. Whom these held, the newer ones have judged anew."
        assert_never(self.state)

    @property
    def fails(self) -> str:
        """Who could not be looked at, and what to do; empty where all could."""
        if not self.failed or self.state is State.OVERTAKEN:
            return ""
        whom = f"{_people(self.failed).capitalize()} could not be looked at, and until that is done they stay where they are."
        why = "" if self.ops_url else " An administrator sees why, in the operations."
        return f"{whom} It is tried again for hours, then given up.{why}"

    @property
    def decidable(self) -> bool:
        """Whether a word of the viewer is wanted, or taken."""
        return self.may_decide and self.state in (State.WAITING, State.KEPT)

    @property
    def stoppable(self) -> bool:
        """Whether the viewer can halt what goes on."""
        return self.may_decide and self.state is State.RELEASING

    @property
    def _whom(self) -> str:
        whom = f"{_people(self.up)} would become warm, and {_people(self.down)} would be warm no longer."
        return f"{whom} {self.released:,} went over the line already." if self.released else whom

    @property
    def _done(self) -> str:
        if self.released:
            return f"{_people(self.released).capitalize()} went over the line. All is done."
        all_ = "All others are" if self.failed else "All are"
        return f"{all_} looked at, and nobody is held before the line. There is nothing to decide."


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanges:
    """The page: one change in full (None: there was none), and the latest ones.

    `coming`: rules were put in force so lately that the look at everybody has not begun.
    """

    shown: RulesChange | None
    others: Sequence[ChangeLine] = ()
    coming: bool = False


def title_of(state: State) -> str:
    """A state in a few words."""
    match state:
        case State.LOOKING:
            return "Everybody is being looked at"
        case State.WAITING:
            return "Waiting for your word"
        case State.RELEASING:
            return "Being let over the line"
        case State.RELEASED:
            return "Done"
        case State.KEPT:
            return "Left where they are"
        case State.OVERTAKEN:
            return "Newer rules took its place"
    assert_never(state)


def tone_of(state: State) -> Tone:
    """The colour of a state."""
    match state:
        case State.WAITING:
            return Tone.SOON
        case State.RELEASED:
            return Tone.GOOD
        case State.LOOKING | State.RELEASING | State.KEPT | State.OVERTAKEN:
            return Tone.PLAIN
    assert_never(state)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"
