"""The public holidays of countries and their parts, each loaded when it is first asked for.

They are told by the library `holidays`; who lives where is read from the zone database. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from prospects.faults import nearest


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The dates nobody works on in any of these places (`DE`, or `DE-BY` for a part of it)."""

    places: tuple[str, ...] = ()

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and any(day in _of(place, day.year) for place in self.places)


def holidays_of(places: Sequence[str], zone: str) -> PublicHolidays:
    """The holidays that somebody in this zone keeps, of the places a workspace names.

    Whose zone lies in one of these countries keeps that country's; anybody else keeps all of them.
    """
    if not places:
        return PublicHolidays()
    home = _countries().get(zone)
    own = tuple(place for place in places if place.partition("-")[0] == home)
    return PublicHolidays(own or tuple(places))


def unknown(place: str) -> tuple[str, str] | None:
    """What is wrong with the name of a place, and the mend; None if its holidays are known."""
    from holidays import country_holidays

    country, dash, part = place.partition("-")
    codes = set(_countries().values())
    if country not in codes or not _is_known(country):
        small = country.upper()
        mend = f"did you mean `{small}`?" if small in codes else "two capitals, like DE"
        return f"there is no country `{country[:20]}`", mend
    if dash and part not in (parts := country_holidays(country).subdivisions):
        return f"`{country}` has no part `{part[:20]}`", nearest(part, parts) or f"write {country}"
    return None


def _is_known(country: str) -> bool:
    from holidays import country_holidays

    try:
        country_holidays(country)
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def _of(place: str, year: int) -> frozenset[date]:
    # Loading the library takes a quarter of a second: whoever names no country never pays it.
    from holidays import country_holidays

    country, _, part = place.partition("-")
    try:
        return frozenset(country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        # A rule that was applied before must not stop routing when the library drops a part.
        return frozenset()


@cache
def _countries() -> dict[str, str]:
    """The country of each zone that lies in one alone."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}
