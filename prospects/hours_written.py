"""Hours as people write them in a workspace: `{mon-fri: ["09:00-17:00"], sat: []}`."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from prospects.faults import Fault, FaultyError, listed, nearest, shown
from prospects.hours import DAY, Absence, Hours, Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TIMES = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_WINDOW = "write it like 09:00-17:00, or 22:00-06:00 for a night, 00:00-24:00 for all day"
_ALWAYS = tuple((Window(timedelta(0), DAY),) for _ in DAYS)
_ABSENCE_KEYS = ("from", "until", "reason", "by")


class HoursError(FaultyError):
    """These are no working hours; `faults` lists every slip with its place."""


def parse_hours(
    written: Mapping[str, object],
    zone: str,
    *,
    absences: Sequence[object] = (),
    holidays: Container[date] = frozenset(),
) -> Hours:
    """A person's hours from a workspace's `hours`, `zone` and `absences`.

    `written` maps days (`mon`, `mon-fri`, `fri-mon`) to lists of windows. A narrower entry stands
    before a wider one (`fri` before `mon-fri`); a day in none is not worked. A window past midnight
    goes on into the next day. No entry at all means no hours were agreed: always open.
    `absences` are `{from, until, reason}` with dates, both inclusive, and `by` where somebody entered
    it in the browser; `holidays` come from outside.
    Raises HoursError with all slips, under `hours`, `zone` and `absences`.
    """
    faults: list[Fault] = []
    known_zone = _zone(zone, faults)
    week = _week(written, faults) if written else _ALWAYS
    away = [_absence(one, f"absences.{index}", faults) for index, one in enumerate(absences)]
    if faults or known_zone is None:
        raise HoursError(*faults)
    return Hours(known_zone, week, tuple(one for one in away if one is not None), holidays)


def _zone(name: object, faults: list[Fault]) -> ZoneInfo | None:
    # Asking ZoneInfo for a strange name may open strange files: only known ones are asked for.
    if isinstance(name, str) and name in _zones():
        return ZoneInfo(name)
    mend = nearest(name, _zones()) or "write an IANA name like Europe/Berlin"
    faults.append(Fault("zone", f"there is no zone {shown(name)}", mend))
    return None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _week(written: object, faults: list[Fault]) -> tuple[tuple[Window, ...], ...]:
    if not isinstance(written, Mapping):
        mend = 'write {mon-fri: ["09:00-17:00"]}'
        faults.append(Fault("hours", f"{shown(written)} is not a week", mend))
        return _ALWAYS
    entries = [
        (days, _windows(windows, f"hours.{shown(key)[1:-1]}", faults), key)
        for key, windows in written.items()
        if (days := _days(key, faults))
    ]
    chosen: dict[int, tuple[int, list[tuple[int, int]]]] = {}
    each_day = ((day, len(days), windows, key) for days, windows, key in entries for day in days)
    for day, length, windows, key in each_day:
        rival = chosen.get(day)
        if rival and rival[0] == length:
            faults.append(Fault(f"hours.{key}", f"`{DAYS[day]}` stands twice", "keep one"))
        if rival is None or length < rival[0]:
            chosen[day] = (length, windows)
    return _laid_out({day: windows for day, (_, windows) in chosen.items()})


def _days(key: object, faults: list[Fault]) -> list[int]:
    first, dash, last = str(key)[:20].partition("-") if isinstance(key, str) else ("", "", "")
    if first in DAYS and (not dash or last in DAYS):
        begin, end = DAYS.index(first), DAYS.index(last or first)
        return [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]
    mend = f"one of {listed(DAYS)}, or a range like mon-fri"
    faults.append(Fault(f"hours.{shown(key)[1:-1]}", f"{shown(key)} is not a day", mend))
    return []


def _windows(written: object, place: str, faults: list[Fault]) -> list[tuple[int, int]]:
    """Pairs of minutes since midnight; the second is beyond 1440 for a window past midnight."""
    if not isinstance(written, list | tuple):
        faults.append(Fault(place, f"{shown(written)} is not a list", 'write ["09:00-17:00"]'))
        return []
    found: list[tuple[int, int]] = []
    for index, window in enumerate(written):
        match = _TIMES.fullmatch(window) if isinstance(window, str) else None
        opens, closes = _minutes(match) if match else (0, 0)
        if opens == closes or closes > 1440:
            faults.append(Fault(f"{place}.{index}", f"{shown(window)} is not a window", _WINDOW))
            continue
        found.append((opens, closes if closes > opens else closes + 1440))
    return found


def _minutes(match: re.Match[str]) -> tuple[int, int]:
    hour, minute, until_hour, until_minute = (int(part) for part in match.groups())
    return hour * 60 + minute, until_hour * 60 + until_minute


def _laid_out(chosen: Mapping[int, list[tuple[int, int]]]) -> tuple[tuple[Window, ...], ...]:
    """A week of windows that end by midnight, sorted, those that touch made one."""
    pieces: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for day, opens, closes in ((day, *each) for day, found in chosen.items() for each in found):
        pieces[day].append((opens, min(closes, 1440)))
        if closes > 1440:
            pieces[(day + 1) % 7].append((0, closes - 1440))
    return tuple(tuple(_merged(sorted(day))) for day in pieces)


def _merged(pieces: Sequence[tuple[int, int]]) -> Iterator[Window]:
    joined: list[list[int]] = []
    for opens, closes in pieces:
        if joined and opens <= joined[-1][1]:
            joined[-1][1] = max(closes, joined[-1][1])
        else:
            joined.append([opens, closes])
    return (Window(timedelta(minutes=a), timedelta(minutes=b)) for a, b in joined)


def _absence(written: object, place: str, faults: list[Fault]) -> Absence | None:
    if not isinstance(written, Mapping):
        mend = "write {from: 2026-12-24, until: 2027-01-02, reason: leave}"
        faults.append(Fault(place, f"{shown(written)} is not an absence", mend))
        return None
    strange = [key for key in written if key not in _ABSENCE_KEYS]
    faults.extend(
        Fault(f"{place}.{shown(key)[1:-1]}", "no such key", nearest(key, _ABSENCE_KEYS))
        for key in strange
    )
    first = _date(written.get("from"), f"{place}.from", faults)
    last = _date(written.get("until"), f"{place}.until", faults)
    if first is None or last is None:
        return None
    if last < first:
        faults.append(Fault(f"{place}.until", "ends before it begins", "swap from and until"))
    reason = written.get("reason")
    if reason is not None and not isinstance(reason, str):
        mend = "write a word, like leave"
        faults.append(Fault(f"{place}.reason", f"{shown(reason)} is not a text", mend))
    return Absence(first, last, reason[:200] if isinstance(reason, str) else "")


def _date(written: object, place: str, faults: list[Fault]) -> date | None:
    if isinstance(written, date) and not isinstance(written, datetime):
        return written
    try:
        if isinstance(written, str) and len(written) == 10:
            return date.fromisoformat(written)
    except ValueError:
        pass
    faults.append(Fault(place, f"{shown(written)} is not a date", "write it like 2026-12-24"))
    return None
