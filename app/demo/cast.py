"""Who comes to Isotherm in eight weeks: made from names by a seed, the same people each time. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.demo.names import FAMILY_FIRST, PLACES, TITLES, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Somebody who may buy, as they would write themselves into a form."""

    given: str
    family: str
    email: str
    company: str
    domain: str
    country: str
    title: str
    phone: str = ""

    @property
    def name(self) -> str:
        """As it is written where they live."""
        if self.country in FAMILY_FIRST:
            return f"{self.family}{self.given}"
        return f"{self.given} {self.family}"


def cast(seed: int, count: int) -> list[Buyer]:
    """`count` people, no two with the same name or address; one to five of them at a company."""
    dice = random.Random(seed)  # noqa: S311 - a story, no secret
    everybody = [buyer for place in PLACES for buyer in _of(place, dice)]
    dice.shuffle(everybody)
    return everybody[:count]


def colleague(of: Buyer, others: Sequence[Buyer]) -> Buyer | None:
    """Somebody else among `others` at the same company."""
    return next((each for each in others if each.domain == of.domain and each != of), None)


def _of(place: Place, dice: random.Random) -> list[Buyer]:
    """Each given name meets each family name at most once; companies take turns."""
    couples = [(given, family) for given in place.given for family in place.family]
    dice.shuffle(couples)
    most = min(len(couples), 6 * len(place.companies))
    return [
        _buyer(place, *couple, place.companies[number % len(place.companies)], dice)
        for number, couple in enumerate(couples[:most])
    ]


def _buyer(
    place: Place,
    given: tuple[str, str],
    family: tuple[str, str],
    company: tuple[str, str],
    dice: random.Random,
) -> Buyer:
    domain = f"{company[1]}.example"
    number = f"{dice.randrange(1000):03}"
    return Buyer(
        given=given[0],
        family=family[0],
        email=f"{given[1]}.{family[1]}@{domain}",
        company=company[0],
        domain=domain,
        country=place.country,
        title=dice.choice(TITLES),
        phone=f"{place.phone}{number}" if place.phone and dice.random() < 0.8 else "",
    )
