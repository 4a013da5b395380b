"""Which columns of a log say whose each event is, when it happened, and what: by their headings, else by what they hold."""

from collections.abc import Callable, Collection, Sequence

from app.importing.columns import named
from app.labelled.asked import EventsAsked, WrongAskError
from app.labelled.naming import heading_meant
from app.labelled.reading import Texts
from app.labelled.sorts import Sort, sort_of
from app.labelled.times import Unit, times
from prospects.faults import nearest, shown

_IDS = (
    *("id", "lead_id", "leadid", "lead", "prospect_id", "prospect", "person_id", "person", "contact_id"),
    *("contact", "customer_id", "customer", "user_id", "user", "account_id", "email", "external_id", "uid"),
    *("case_id", "case", "caseid", "case_concept_name", "visitor_id", "visitorid", "visitor", "session_id", "client_id"),
)  # fmt: skip
_TIMES = (
    *("at", "time", "timestamp", "happened_at", "occurred_at", "event_time", "event_at", "event_date", "ts"),
    *("datetime", "date", "created_at", "when", "zeit", "zeitpunkt", "datum"),
    *("time_timestamp", "complete_timestamp", "event_timestamp", "event_datetime", "eventtime", "start_timestamp"),
)  # fmt: skip
_KINDS = (
    *("kind", "event", "event_type", "type", "event_kind", "event_name", "activity", "activity_type"),
    *("action", "name", "ereignis", "art", "typ", "aktivität"),
    *("concept_name", "eventname", "activity_name", "page", "page_type", "url", "path"),
)  # fmt: skip
_LEARNED = (
    *("learned_at", "recorded_at", "received_at", "ingested_at", "loaded_at", "inserted_at"),
    *("processed_at",),
)  # fmt: skip
A_LOOK = 1_000
"""Events that tell whether a column holds times."""
SOME = 0.01
"""The share of a column's cells that must be ids of the table, for its heading to be believed."""
_Holds = Callable[[str], bool]


def of_log(
    texts: Texts, asked: EventsAsked, id_column: str, ids: Collection[str]
) -> tuple[str, str, str]:
    """The columns of whose, when and what. Raises WrongAskError where that cannot be told."""
    whose = _said(texts, "--events-id", asked.id) or _whose(texts, id_column, ids)
    others = {heading: cells for heading, cells in texts.columns.items() if heading != whose}
    when = _said(texts, "--events-time", asked.time)
    when = when or _found(texts, "--events-time", _TIMES, lambda each: _is_time(others.get(each)))
    what = _said(texts, "--events-kind", asked.kind)
    what = what or _found(texts, "--events-kind", _KINDS, lambda each: _is_word(others.get(each)))
    return whose, when, what


def _is_time(cells: Sequence[str] | None) -> bool:
    found = times(cells[:A_LOOK]) if cells else None
    return found is not None and found.unit is Unit.SECONDS


def _is_word(cells: Sequence[str] | None) -> bool:
    return cells is not None and sort_of("", cells).sort is Sort.WORD


def learned_column(texts: Texts, taken: Collection[str]) -> str | None:
    """The column that says when each event was learned of; None where none is called so."""
    plain = {named(each).casefold(): each for each in texts.columns if each not in taken}
    return next((plain[each] for each in _LEARNED if each in plain), None)


def id_column(headings: Sequence[str]) -> str | None:
    """The column that likely says whose each row is; None where none is called so."""
    return _called(headings, _IDS)


def _called(headings: Sequence[str], usual: Sequence[str]) -> str | None:
    plain = {named(heading).casefold(): heading for heading in reversed(headings)}
    return next((plain[name] for each in usual if (name := named(each).casefold()) in plain), None)


def _said(texts: Texts, option: str, said: str | None) -> str | None:
    if said is None:
        return None
    headings = list(texts.columns)
    found = heading_meant(said, headings)
    if found not in headings:
        raise WrongAskError(
            f"{option}: {texts.name} has no column {shown(said)}; {nearest(said, headings)}"
        )
    return found


def _whose(texts: Texts, id_column: str, ids: Collection[str]) -> str:
    """By its heading if its cells are ids of the table, else the column with the most of these."""
    called = _called(list(texts.columns), (id_column, *_IDS))
    known = {
        heading: sum(cell.strip() in ids for cell in cells) / len(texts)
        for heading, cells in texts.columns.items()
    }
    most = max(known, key=lambda each: known[each])
    if called is not None and (known[called] >= SOME or not known[most]):
        return called
    return most if known[most] else _found(texts, "--events-id", (), lambda _: False)


def _found(texts: Texts, option: str, usual: Sequence[str], holds: _Holds) -> str:
    """By its heading, else the only column that holds such a thing."""
    called = _called(list(texts.columns), usual)
    if called is not None:
        return called
    fitting = [heading for heading in texts.columns if holds(heading)]
    if len(fitting) == 1:
        return fitting[0]
    headings = ", ".join(shown(each) for each in list(texts.columns)[:12])
    raise WrongAskError(f"{option}: say which column of {texts.name} it is: {headings}")
