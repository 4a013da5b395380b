"""A log of events in a file, made ready to be looked back upon from each row's instant."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.endings import FailedError
from app.importing.columns import named
from app.labelled.asked import EventsAsked, WrongAskError
from app.labelled.log_columns import learned_column, of_log
from app.labelled.reading import Texts, Told, read_texts
from app.labelled.rows import Rows
from app.labelled.sorts import Sort, sort_of
from app.labelled.times import Unit, times
from prospects.faults import shown
from scoring.cells import numbers, says_nothing
from scoring.features.protected import protected
from scoring.training.happenings import NOBODY, Log, log_of

_OURS = {
    **dict.fromkeys(
        ("pageview", "page_viewed", "visit", "page_visit", "web_visit", "page", "view"), "page_view"
    ),
    **dict.fromkeys(("email_open", "email_opened", "mail_open", "opened", "mail_opened"), "open"),
    **dict.fromkeys(
        ("email_click", "email_clicked", "mail_click", "clicked", "link_click"), "click"
    ),
    **dict.fromkeys(("email_reply", "replied", "email_replied", "mail_reply"), "reply"),
    **dict.fromkeys(("form_submit", "form_submitted", "form_submission", "form_fill"), "form"),
    **dict.fromkeys(("downloaded", "content_download", "whitepaper", "asset_download"), "download"),
    **dict.fromkeys(("webinar_attended", "attended_webinar", "webinar_attend"), "webinar"),
    **dict.fromkeys(("adclick", "ad_clicked"), "ad_click"),
    **dict.fromkeys(("meeting_booked", "meeting_held"), "meeting"),
    **dict.fromkeys(("trial_start", "trial_started"), "trial"),
    **dict.fromkeys(("unsubscribe", "email_unsubscribed"), "unsubscribed"),
    **dict.fromkeys(("bounce", "email_bounced"), "bounced"),
}
LONGEST_WORD = 40
MOST_WORDS = 30
"""Different words of a further column; one with more describes single events."""


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """A log with the columns it was read from, and sentences on how it was read."""

    log: Log
    remarks: tuple[str, ...]


def brought(asked: EventsAsked, rows: Rows, id_column: str, told: Told) -> Brought:
    """The log of this file for these rows. Raises WrongAskError and FailedError."""
    texts = read_texts(
        asked.path, None, told, named=[each for each in (asked.id, asked.time, asked.kind) if each]
    )
    known = {key: n for n, key in enumerate(dict.fromkeys(rows.keys or ()))}
    whose, when, what = of_log(texts, asked, id_column, known)
    who = [known.get(cell.strip(), NOBODY) for cell in texts.columns[whose]]
    if set(who) == {NOBODY}:
        raise _of_nobody(texts, whose, id_column, rows)
    at, how = _times(texts, when)
    slugs = {cell: _slug(cell) for cell in set(texts.columns[what])}
    learned = learned_column(texts, {whose, when, what})
    spoken = {whose, when, what, *([learned] if learned else [])}
    log = log_of(
        [each if then is not None else NOBODY for each, then in zip(who, at, strict=True)],
        at,
        [slugs[cell] for cell in texts.columns[what]],
        learned=_times(texts, learned)[0] if learned else None,
        marks={
            named(each): _marks(texts.columns[each]) for each in _further(texts, spoken, Sort.WORD)
        },
        amounts={
            named(each): _amounts(texts, each) for each in _further(texts, spoken, Sort.NUMBER)
        },
    )
    remark = (
        f"events: whose is {shown(whose)}, when is {shown(when)} ({how}), what is {shown(what)}"
    )
    late = [f"events count once they were learned of, by {shown(learned)}"] if learned else []
    return Brought(log, (*texts.remarks, remark, *late))


def _of_nobody(texts: Texts, whose: str, id_column: str, rows: Rows) -> WrongAskError:
    """That the two files do not speak of the same ids, with one of each."""
    theirs, ours = texts.columns[whose][0], rows.texts.columns[id_column][0]
    return WrongAskError(
        f"--events: no event of {texts.name} belongs to a row: its {shown(whose)} says {shown(theirs)},"
        f" {shown(id_column)} of the table {shown(ours)}; --events-id and --id name the columns that agree"
    )


def _times(texts: Texts, column: str) -> tuple[Sequence[float | None], str]:
    cells = texts.columns[column]
    found = times(cells)
    if found is None or found.unit is not Unit.SECONDS:
        odd = next((n for n, cell in enumerate(cells) if times([cell]) is None), 0)
        raise FailedError(
            f"{texts.name}, column {shown(column)}, line {texts.lines[odd]}: {shown(cells[odd])} is no time;"
            " write times like 2026-03-03T10:00:00Z, all in one way"
        )
    return found.values, found.how


def _slug(cell: str) -> str:
    """A kind as our timeline calls it, else as the log does."""
    plain = named(cell).casefold() if cell.strip() else "other"
    return _OURS.get(plain, plain)


def _further(texts: Texts, taken: set[str], sort: Sort) -> list[str]:
    """Further columns of this sort that may be learned from."""
    return [
        heading
        for heading, cells in texts.columns.items()
        if heading not in taken and not protected(heading) and sort_of(heading, cells).sort is sort
    ][:6]


def _marks(cells: Sequence[str]) -> list[str | None]:
    counted = Counter(cells)
    common = {
        cell: " ".join(cell.split())[:LONGEST_WORD]
        for cell, _ in counted.most_common(MOST_WORDS)
        if not says_nothing(cell)
    }
    return [common.get(cell) for cell in cells]


def _amounts(texts: Texts, heading: str) -> list[float | None]:
    cells = texts.columns[heading]
    return numbers(cells, sort_of(heading, cells).decimal)
