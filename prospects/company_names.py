"""Which company a name means, when no domain tells: exact, near enough, or for a person to say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from rapidfuzz import fuzz, utils

LONGEST = 200
SURE = 92.0
"""Of 100: from here on two names mean one company (`Acme Cooling` and `Acme Coolings`)."""
ASK = 80.0
"""From here on a person is asked; below it nobody need be."""
MOST_ASKED = 5

FORMS = frozenset(
    {
        "ab", "ag", "aps", "as", "asa", "bv", "bvba", "co", "company", "corp", "corporation", "cv", "doo",
        "eg", "ek", "eood", "ev", "gbr", "gesmbh", "gmbh", "group", "gruppe", "holding", "inc",
        "incorporated", "kft", "kg", "kgaa", "kk", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh",
        "nv", "ohg", "ood", "oy", "oyj", "plc", "pte", "pty", "pvt", "sa", "sarl", "sas", "scrl", "se",
        "sia", "sl", "slu", "spa", "spol", "sprl", "srl", "sro", "ug", "uab", "zoo", "zrt",
    }
)  # fmt: skip
"""Words of a company's legal form, and of groups: they stand in one list of names and not in the other."""


class Known(NamedTuple):
    """A company we know. `people` counts whom we know there; `country` is where it is, if that is known."""

    id: UUID
    name: str
    country: str | None
    people: int


@dataclass(frozen=True, slots=True)
class Means:
    """The name means this company."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Perhaps:
    """The name may mean one of these, the likeliest first; a person is asked."""

    ids: Sequence[UUID]


def bare_name(name: str) -> str:
    """A name as it is compared: small letters, no punctuation, without its legal form."""
    dotless = name[:LONGEST].replace(".", "").replace("&", " and ")
    words = utils.default_process(dotless).split()
    while len(words) > 1 and words[-1] in FORMS | {"and"}:
        words.pop()
    return " ".join(words)


def which(name: str, country: str | None, known: Sequence[Known]) -> Means | Perhaps | None:
    """What the name means among the companies known.

    Of several that are near enough decides, in this order: the nearer name, the person's own country,
    the company where we know most people, the one we have known longest (ids rise with time).
    """
    wanted = bare_name(name)
    if not wanted:
        return None
    near = [(fuzz.token_sort_ratio(wanted, bare_name(each.name)), each) for each in known]
    ranked = sorted(
        ((score, each) for score, each in near if score >= ASK),
        key=lambda pair: (
            -pair[0],
            country is None or pair[1].country != country,
            -pair[1].people,
            pair[1].id,
        ),
    )
    if not ranked:
        return None
    if ranked[0][0] >= SURE:
        return Means(ranked[0][1].id)
    return Perhaps([each.id for _, each in ranked[:MOST_ASKED]])
