"""What tells who somebody is, what joins two people, and what only has a person look."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.evidence import (
    HINTS,
    KINDS,
    Likeness,
    is_shared,
    likeness,
    names_alike,
    tells,
    worth,
)


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("info@acme.example", True),
        ("sales.uk@acme.example", True),
        ("support+ticket7@acme.example", True),
        ("Vertrieb@firma.example", True),
        ("postmaster@acme.example", True),
        ("ann@acme.example", False),
        ("info.ann@acme.example", False),
        ("infoline@acme.example", False),
        ("info@gmail.com", False),
    ],
)
def test_a_mailbox_that_several_read_is_known_by_its_name(address: str, shared: bool) -> None:
    assert is_shared(address) is shared


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Ada Lovelace", "Lovelace, Ada", True),
        ("A. Lovelace", "Ada Lovelace", True),
        ("Ann Müller", "ANN MÜLLER", True),
        ("Anna Schmidt", "Ana Schmidt", True),
        ("山田太郎", "山田太郎", True),
        ("Ada Lovelace", "Bob Lovelace", False),
        ("A. Lovelace", "B. Lovelace", False),
        ("Ada", None, False),
        ("", "", False),
        ("...", "...", False),
    ],
)
def test_names_are_compared_as_people_write_them(
    one: str | None, other: str | None, alike: bool
) -> None:
    assert names_alike(one, other) is alike


def test_only_what_is_one_persons_own_joins_two_people() -> None:
    assert {kind for kind, each in KINDS.items() if each.joins} == {"email", "linkedin_url"}
    assert worth("a platform's own").joins
    assert not any(tells(kind) for kind in HINTS)


def test_a_switchboard_and_a_browser_say_something_only_with_the_name() -> None:
    ann, bob = "Ann Okoye", "Bob Stone"
    for kind, said in (("phone", Likeness.PHONE), ("click", Likeness.CLICK)):
        assert likeness(kind, one_joins=True, names=(ann, bob)) is None
        assert likeness(kind, one_joins=True, names=(ann, "A. Okoye")) is said
    assert likeness("email", one_joins=True, names=(None, None)) is Likeness.ONE_LEAD
    assert likeness("email", one_joins=False, names=(ann, ann)) is None
    assert likeness("mailbox", one_joins=True, names=(ann, bob)) is None


@settings(max_examples=50)
@given(st.text(max_size=40), st.text(max_size=40))
def test_it_does_not_matter_who_is_compared_with_whom(one: str, other: str) -> None:
    assert names_alike(one, other) == names_alike(other, one)
    assert is_shared(f"{one}@{other}") in (True, False)
