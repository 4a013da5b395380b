"""What the name of a column tells: which of our features it feeds, whose work it shows, when it is filled. Pure."""

import re
from itertools import pairwise

from app.importing.columns import guessed, named
from app.labelled.sorts import tokens
from scoring.card.terms import Side
from scoring.features.registry import ACCOUNT_FIELD, FIELD, READ_ALREADY

_TELLS = frozenset(
    {
        *("close", "closed", "closing", "won", "lost", "win", "loss", "converted", "conversion", "outcome"),
        *("abschluss", "abgeschlossen", "gewonnen", "verloren", "verlustgrund", "auftragswert", "churn"),
    }
)  # fmt: skip
"""Words in the names of columns that are filled when a deal ends."""
_OURS = frozenset(
    {
        *("owner", "rep", "agent", "salesperson", "seller", "assignee", "besitzer", "verkäufer", "betreuer"),
        *("vertriebler", "zuständig", "sdr", "bdr"),
    }
)  # fmt: skip
_BESIDE_OURS = frozenset(
    {
        *("lead", "deal", "account", "contact", "opportunity", "record", "sales", "name", "id", "assigned"),
        *("our", "company", "hubspot", "salesforce", "crm", "current", "first", "last", "team", "kunden"),
    }
)  # fmt: skip
"""Words beside which one of these is a colleague: a lead's owner is, a home owner is not."""
_OURS_OF_TWO = frozenset(
    {
        *(("sales", "manager"), ("account", "manager"), ("assigned", "to"), ("account", "executive")),
        *(("sales", "team"), ("sales", "person"), ("regional", "office"), ("created", "by"), ("modified", "by")),
    }
)  # fmt: skip
_ARRIVED = frozenset(
    {
        *("source", "quelle", "campaign", "kampagne", "utm", "medium", "channel", "kanal", "referrer", "origin"),
        *("herkunft", "country", "land", "industry", "branche", "sector", "employees", "mitarbeiter", "title"),
    }
)  # fmt: skip
"""Words in the names of columns that are filled the moment a lead arrives."""
_ACTS = frozenset(
    {
        *("visit", "visits", "view", "views", "click", "clicks", "open", "opens", "opened", "session", "sessions"),
        *("page", "pages", "download", "downloads", "webinar", "webinars", "meeting", "meetings", "call", "calls"),
        *("email", "emails", "mails", "reply", "replies", "activity", "activities", "engagement", "spent"),
        *("duration", "website", "score", "recency", "frequency", "last", "previous", "days", "besuche", "klicks"),
        *("aufrufe", "aktivität", "aktivitäten", "anrufe", "seiten", "dauer", "event", "events", "touches"),
    }
)  # fmt: skip


def targets(headings: list[str]) -> dict[str, str]:
    """The field of ours that each column would fill if the table were imported: `title`, `fields.Budget`, …"""
    return guessed(headings, {}, {})


def features_of(heading: str, target: str, *, number: bool) -> tuple[str, ...]:
    """The features that such a column feeds once people are imported from it; a title feeds two.

    A column of numbers feeds no feature that is a word, and the other way round.
    """
    if target == "title":
        return ("person.seniority", "person.function")
    if target in _LIVE and not number:
        return (_LIVE[target],)
    group, _, name = target.partition(".")
    if group == "account" and name not in READ_ALREADY:
        return (f"{ACCOUNT_FIELD}{name}",)
    return (target,) if group in ("account", "fields") else (f"{FIELD}{named(heading)}",)


_LIVE = {"country": "person.country", "campaign": "came.campaign"}


def side_of(heading: str) -> Side:
    """Whether a column tells what somebody did, going by its name, or who they are."""
    return Side.ENGAGEMENT if _ACTS & set(tokens(heading)) else Side.FIT


def filled_at_the_end(heading: str) -> bool:
    """Whether the name says that the column is filled when a deal ends."""
    return bool(_TELLS & set(tokens(heading))) or bool(re.search(r"(?i)lost.?reason", heading))


def known_on_arrival(heading: str) -> bool:
    """Whether the name says that the column is filled the moment a lead arrives."""
    return bool(_ARRIVED & set(tokens(heading))) and not filled_at_the_end(heading)


def whose_work(heading: str) -> bool:
    """Whether it names who of us works the lead: no trait of the buyer, and not known before hand-over."""
    words = tokens(heading)
    pairs = set(pairwise(words))
    colleague = bool(_OURS & set(words)) and set(words) <= _OURS | _BESIDE_OURS
    return colleague or bool(_OURS_OF_TWO & pairs)
