"""Days and hours as people write them: with words in them, in several languages, before or behind each other. Pure."""

import re

_SIGNS = str.maketrans(
    {"年": "-", "月": "-", "日": " ", "년": "-", "월": "-", "일": " "}
    | {"時": ":", "时": ":", "시": ":", "分": ":", "분": ":", "秒": " ", "초": " ", "\u00a0": " ", "\u202f": " "}
)  # fmt: skip
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan ene gen sty янв", "feb fév fev lut фев", "mar mär mrz maa мар", "apr avr abr kwi апр",
            "may mai mag mei maj май мая", "jun juin giu cze июн", "jul juil lug lip июл",
            "aug aoû aou ago sie авг", "sep set wrz сен", "oct okt ott out paź окт", "nov lis ноя", "dec dez déc dic gru дек",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
"""How a month's name begins in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian."""
_SMALL = "de del of the th st nd rd er le am at um à uhr den dnia г"
_DAYS = (
    "mon tue wed thu fri sat sun mo di mi do fr sa so die mit don fre sam son"
    " lun mer jeu ven dim mié mie jue vie sáb sab dom gio lu ma me je ve"
)
_BESIDE = frozenset((*_SMALL.split(), *_DAYS.split()))
"""What stands beside a day and tells nothing more: small words, and how the days of the week begin."""
_WORD = re.compile(r"[^\W\d_]+|\d+")
_HOURS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "ist": 5.5,
    "jst": 9, "aest": 10, "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
}  # fmt: skip
_CLOCK = re.compile(
    r"(?:^|[\s,T:])\s*(\d{1,2})(?:[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?:?|(?=\s*[ap]\.?m\b))"
    r"(?:\s*([ap])\.?m\b\.?)?(?:\s*uhr)?"
    rf"(?:\s*({'|'.join(_HOURS)})\b)?(?:\s*([+-])(\d\d):?(\d\d))?(?:\s*\([^()]*\))?(?=$|\s)",
    re.IGNORECASE,
)


def apart(text: str) -> tuple[str, float]:
    """What is written of the day, and the seconds from its midnight in UTC; a clock without a zone is UTC."""
    plain = text.strip().translate(_SIGNS).strip()
    clock = _CLOCK.search(plain)
    if clock is None or int(clock[1]) > 24:
        return plain.rstrip(", "), 0.0
    day = f"{plain[: clock.start()]} {plain[clock.end() :]}"
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].lower() == "p" else 0)
    ahead = 3600 * _HOURS[(clock[5] or "utc").lower()]
    if clock[6]:
        ahead = (60 * int(clock[7]) + int(clock[8])) * (60 if clock[6] == "+" else -60)
    seconds = 3600 * hour + 60 * int(clock[2] or 0) + int(clock[3] or 0)
    return re.sub(r"(?:\bat|\bum|\bà|,)?\s*$", "", day).strip(), float(seconds - ahead)


def named_day(written: str) -> tuple[int, int, int] | None:
    """Year, month and day where the month has its name: `5. Januar 2026`, `Jan 5, 2026`, `5-Jan-26`, `May 2026`."""
    words = _WORD.findall(written.casefold())
    numbers = [word for word in words if word.isdecimal()]
    months = [month for word in words if (month := _month(word))]
    others = [word for word in words if not word.isdecimal() and not _month(word)]
    if not months or len(months) > 2 or len(numbers) not in (1, 2) or not all(map(_idle, others)):
        return None
    # Of two that begin like months the first is a day of the week: `mar. 5 mars`.
    year = next((each for each in numbers if len(each) == 4), None)
    if year is None:
        day, year = numbers if len(numbers) == 2 and len(numbers[-1]) == 2 else ("", "")
        return (2000 + int(year), months[-1], int(day)) if year else None
    day = next((each for each in numbers if each is not year), "1")
    return int(year), months[-1], int(day)


def _month(word: str) -> int | None:
    return _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])


def _idle(word: str) -> bool:
    return word in _BESIDE or (len(word) > 4 and word[:3] in _BESIDE)
