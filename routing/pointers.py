"""The weighted turn in exact arithmetic: the lowest level is next, and rises by one over the weight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from prospects.ids import MemberId
from prospects.member import Member


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where one member stands; `last_turn` is the number of the team's turn they last had, 0 for none."""

    level: Fraction = Fraction(0)
    last_turn: int = 0


@dataclass(frozen=True, slots=True)
class Pointers:
    """One team's turn. `turn` counts the turns given.

    Nobody's level counts as lower than `floor`, which follows the lowest of those who were there: so a
    newcomer, or somebody back from leave, starts beside the others instead of being flooded.
    """

    team: str
    turn: int = 0
    floor: Fraction = Fraction(0)
    of: Mapping[MemberId, Pointer] = field(default_factory=dict)

    def level(self, member: Member) -> Fraction:
        """Where the member stands in the turn now."""
        return max(self.floor, self.of.get(member.id, Pointer()).level)

    def next(self, among: Iterable[Member]) -> Member:
        """Whose turn it is: the lowest level; then who waited longest; then by e-mail."""
        return min(
            among,
            key=lambda member: (
                self.level(member),
                self.of.get(member.id, Pointer()).last_turn,
                member.email,
            ),
        )

    def after(self, chosen: Member, present: Iterable[Member]) -> "Pointers":
        """The turn once `chosen` has had one.

        `present` are all who could have had a turn, even if not this lead's: only they hold the floor down.
        """
        level = self.level(chosen) + 1 / weight(chosen)
        turn = self.turn + 1
        moved = replace(self, turn=turn, of={**self.of, chosen.id: Pointer(level, turn)})
        return replace(
            moved, floor=max(self.floor, min(moved.level(member) for member in (*present, chosen)))
        )

    def give_back(self, member: Member, share: Fraction = Fraction(1)) -> "Pointers":
        """The turn once this part of `member`'s last one is given back to them.

        They stand as before it, but not before those who have waited longer; the floor never falls.
        """
        had = self.of.get(member.id)
        if had is None:
            return self
        level = max(Fraction(0), had.level - share / weight(member))
        return replace(self, of={**self.of, member.id: replace(had, level=level)})


def weight(member: Member) -> Fraction:
    """The member's share as it was written: 0.1 is a tenth, not the nearest binary number."""
    return Fraction(str(member.weight))
