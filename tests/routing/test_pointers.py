"""The weighted turn: shares are exact, nobody starves, nobody is flooded."""

from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from prospects.ids import MemberId
from prospects.member import Member, Role
from routing.pointers import Pointers, weight


def rep(number: int, share: float = 1) -> Member:
    return Member(
        id=MemberId(UUID(int=number + 1)),
        email=f"rep{number:02}@acme.example",
        name=f"Rep {number}",
        roles=frozenset({Role.REP}),
        weight=share,
    )


def give(pointers: Pointers, team: list[Member], turns: int) -> tuple[Pointers, list[Member]]:
    got = []
    for _ in range(turns):
        chosen = pointers.next(team)
        pointers = pointers.after(chosen, team)
        got.append(chosen)
    return pointers, got


shares = st.lists(st.integers(1, 9), min_size=1, max_size=8)


@given(shares, st.integers(1, 3))
def test_after_as_many_turns_as_all_shares_together_everybody_had_exactly_their_share(
    written: list[int], rounds: int
) -> None:
    team = [rep(n, share) for n, share in enumerate(written)]
    _, got = give(Pointers("t"), team, sum(written) * rounds)
    assert [got.count(member) for member in team] == [share * rounds for share in written]


@given(
    st.lists(st.sampled_from([0.1, 0.3, 0.5, 1, 2, 7]), min_size=2, max_size=6), st.integers(0, 60)
)
def test_levels_never_part_by_more_than_the_widest_step(written: list[float], turns: int) -> None:
    team = [rep(n, share) for n, share in enumerate(written)]
    pointers, _ = give(Pointers("t"), team, turns)
    levels = [pointers.level(member) for member in team]
    assert max(levels) - min(levels) <= max(1 / weight(member) for member in team)


@given(shares, st.lists(st.sets(st.integers(0, 7), min_size=1), min_size=1, max_size=80))
def test_whoever_comes_and_goes_nobody_present_waits_longer_than_the_shares_say(
    written: list[int], presences: list[set[int]]
) -> None:
    team = [rep(n, share) for n, share in enumerate(written)]
    pointers = Pointers("t")
    waited = {member.id: 0 for member in team}
    for presence in presences:
        here = [team[n] for n in sorted(presence) if n < len(team)]
        if not here:
            continue
        chosen = pointers.next(here)
        pointers = pointers.after(chosen, here)
        for member in team:
            passed_by = member in here and member != chosen
            waited[member.id] = waited[member.id] + 1 if passed_by else 0
        # Everybody else may use up one whole step of the slowest, plus one turn each.
        assert max(waited.values()) <= sum(written) / min(written) + len(team)


def test_among_equals_the_one_who_waited_longest_is_chosen() -> None:
    a, b, c = team = [rep(0), rep(1), rep(2)]
    pointers, got = give(Pointers("t"), team, 3)
    assert got == [a, b, c]
    _, again = give(pointers, team, 3)
    assert again == [a, b, c]
    # b sat one out while the others went on: all three stand level, and b has waited longest.
    pointers, _ = give(pointers, [a, c], 2)
    assert pointers.next(team) == b


def test_a_newcomer_is_not_flooded() -> None:
    team = [rep(0), rep(1)]
    pointers, _ = give(Pointers("t"), team, 100)
    newcomer = rep(2)
    _, got = give(pointers, [*team, newcomer], 9)
    assert got.count(newcomer) == 3


def test_somebody_back_from_leave_gets_a_normal_share() -> None:
    a, b, c = team = [rep(0), rep(1), rep(2)]
    pointers, _ = give(Pointers("t"), team, 3)
    pointers, _ = give(pointers, [a, b], 200)
    _, got = give(pointers, team, 30)
    assert got.count(c) == 10


def test_who_was_only_passed_over_for_one_lead_keeps_their_place() -> None:
    a, slow = rep(0), rep(1, 0.1)
    pointers, _ = give(Pointers("t"), [a, slow], 11)
    assert pointers.level(a) == pointers.level(slow) == 10
    # The next lead was declined by a, so the slow one takes it; a is still present.
    pointers = pointers.after(slow, [a, slow])
    assert pointers.level(a) == 10
    _, got = give(pointers, [a, slow], 10)
    assert got == [a] * 10


def test_shares_are_read_as_written() -> None:
    assert weight(rep(0, 0.1)) == Fraction(1, 10)
