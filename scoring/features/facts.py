"""Features of who somebody is: their title, their company, by what they came. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache, partial

from prospects.identities import sort_of_mail
from scoring.card.terms import Side, Value
from scoring.features.feature import Feature, Of, Sort
from scoring.features.known import Known
from scoring.features.tally import Touch
from scoring.features.values import LONGEST, number_of, word_of

BANDS = (10, 50, 200, 1_000, 5_000)
"""How many people work at most at a company of each size; above the last it is the largest."""
OF_COLLEAGUES = frozenset({"account.people_active", "account.functions_active"})
"""What only a look at everybody at their company tells."""
MOST_PEOPLE = 1e9
"""More do not work anywhere: what is larger is no number of people."""
_FIGURE = re.compile(r"\d[\d.,' ]*(?:k\b)?", re.IGNORECASE)
_IN_THOUSANDS = re.compile(r"(\d+)[.,](\d{1,2}) ?k", re.IGNORECASE)


def features() -> Iterator[Feature]:
    """Those of the person, of the company, of what brought them, and the marketer's points."""
    yield from _of_person()
    yield from _of_company()
    yield from _of_touches()
    yield _number(
        "points.fit",
        "points",
        "What the marketer's fit rules give",
        lambda seen: seen.points.fit if seen.points else None,
        rising=True,
    )
    yield _number(
        "points.engagement",
        "points",
        "What the marketer's engagement rules give, without what a rep found",
        lambda seen: seen.points.engagement if seen.points else None,
        side=Side.ENGAGEMENT,
        rising=True,
    )


def _of_person() -> Iterator[Feature]:
    yield _word("person.seniority", "How high they stand, going by the title", _seniority)
    yield _word("person.function", "What their work is about, going by the title", _function)
    yield _word(
        "person.country", "The country they are in", lambda seen: word_of(seen.person.country)
    )
    yield _word("person.free_mail", "Whether they write from a free mail address", _free_mail)
    yield _word("person.throwaway_mail", "Whether the address is one to throw away", _throwaway)
    left = "Whether they left a phone number"
    yield _word("person.phone_left", left, lambda seen: _yes(seen.person.phone))


def _of_company() -> Iterator[Feature]:
    known = "Whether we know their company"
    yield _word("account.known", known, lambda seen: _yes(seen.company))
    people = "How many people work at their company"
    yield _number("account.employees", "people", people, _employees)
    yield _word("account.size", "How large their company is, in bands", _size)
    yield _word("account.industry", "What their company does", _industry)
    yield _number(
        "account.people_active",
        "people",
        "How many people at their company did something in the last 30 days, they among them",
        partial(_active, what="people"),
        side=Side.ENGAGEMENT,
    )
    yield _number(
        "account.functions_active",
        "functions",
        "In how many different functions these people work",
        partial(_active, what="functions"),
        side=Side.ENGAGEMENT,
    )


def _of_touches() -> Iterator[Feature]:
    first, last = "of the first thing they did", "of what last brought them"
    yield _word("came.source", f"The source {first}", lambda seen: _of(seen.first, "source"))
    yield _word("came.campaign", f"The campaign {first}", lambda seen: _of(seen.first, "campaign"))
    by_campaign = partial(_last, having="campaign")
    yield _word("came.last_source", f"The source {last}", partial(by_campaign, what="source"))
    yield _word("came.last_campaign", f"The campaign {last}", partial(by_campaign, what="campaign"))
    by_form = partial(_last, having="form", what="form")
    yield _word("came.last_form", "The last form they sent", by_form)


def employees_of(value: object) -> float | None:
    """How many people: a number, or the lower end of a range as forms offer it (`51-200`, `1,000+`, `1k`)."""
    if isinstance(value, str):
        figure = _figure(value) if len(value) <= LONGEST else None
    else:
        figure = number_of(value)
    return figure if figure is not None and 0 <= figure <= MOST_PEOPLE else None


@lru_cache(maxsize=4096)
def _figure(text: str) -> float | None:
    found = _FIGURE.search(text)
    if found is None or text.lstrip().startswith("-"):
        return number_of(text)
    if part := _IN_THOUSANDS.match(found[0]):
        return float(f"{part[1]}.{part[2]}") * 1_000
    digits = re.sub(r"\D", "", found[0])
    return float(digits) * (1_000 if found[0].lower().endswith("k") else 1)


def _word(name: str, says: str, of: Of) -> Feature:
    return Feature(name=name, side=Side.FIT, sort=Sort.WORD, unit="", says=says, of=of)


def _number(
    name: str, unit: str, says: str, of: Of, *, side: Side = Side.FIT, rising: bool = False
) -> Feature:
    return Feature(
        name=name, side=side, sort=Sort.NUMBER, unit=unit, says=says, of=of, rising=rising
    )


def _seniority(seen: Known) -> Value:
    return seen.titles(seen.person.title)[0]


def _function(seen: Known) -> Value:
    return seen.titles(seen.person.title)[1]


def _free_mail(seen: Known) -> Value:
    return of_mail(seen.person.email)[0]


def _throwaway(seen: Known) -> Value:
    return of_mail(seen.person.email)[1]


def of_mail(email: str | None) -> tuple[Value, Value]:
    """Whether mail where this address is is free, and whether addresses there are to throw away."""
    _, at, host = (email or "").rpartition("@")
    return _of_host(host) if at else (None, None)


@lru_cache(maxsize=4096)
def _of_host(host: str) -> tuple[Value, Value]:
    """The same of a host, which colleagues ask for as well."""
    sort = sort_of_mail(host)
    return (_yes(sort[0]), _yes(sort[1])) if sort else (None, None)


def _active(seen: Known, *, what: str) -> float | None:
    active = seen.company.active if seen.company else None
    return float(getattr(active, what)) if active else None


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _employees(seen: Known) -> float | None:
    return employees_of(seen.company.fields.get("employees")) if seen.company else None


def _size(seen: Known) -> Value:
    people = _employees(seen)
    if people is None:
        return None
    lows = (1, *(band + 1 for band in BANDS))
    for low, high in zip(lows, BANDS, strict=False):
        if people <= high:
            return f"{low}-{high}"
    return f"{lows[-1]}+"


def _industry(seen: Known) -> Value:
    told = word_of(seen.company.fields.get("industry")) if seen.company else None
    return told.casefold() if told else None


def _of(touch: Touch | None, what: str) -> Value:
    return (getattr(touch, what) or None) if touch else None


def _last(seen: Known, *, having: str, what: str) -> Value:
    fitting = [each for each in seen.touches if getattr(each, having)]
    return _of(max(fitting, default=None), what)
