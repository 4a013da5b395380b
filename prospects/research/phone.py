"""A phone number tells the country it was given out in. Pure."""

import phonenumbers
from phonenumbers.phonenumberutil import region_code_for_number

from prospects.research.enricher import Enricher, Found
from prospects.values import Person


def look(person: Person, _domain: str | None) -> list[Found]:
    """The country of a number in E.164; numbers of no country (satellites, `+800`) tell none."""
    try:
        number = phonenumbers.parse(person.phone or "", None)
    except phonenumbers.NumberParseException:
        return []
    country = region_code_for_number(number)
    return [Found("country", country)] if country and country.isalpha() else []


PHONE = Enricher("their phone number", look)
