"""What each column of a file means, and a row of cells as an item of `generic_json`. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prospects.faults import Fault, FaultyError, nearest, shown
from prospects.texts import storable
from webhooks.generic_items import PERSON
from webhooks.instants import is_instant
from webhooks.usual_names import usual

OWN = (*PERSON, "external_id", "at", "form", "campaign", "activity")
GROUPS = ("fields", "account", "body")
"""Where a column with a dot goes: `fields.budget`, `account.employees`, `body.page`."""
LEFT_OUT = "-"
_TARGET = re.compile(r"(?:(?:fields|account|body)\.)?[^\W\d][\w-]{0,79}|consent\.[\w*-]{1,80}|-")
_MEND = "a field of ours such as `email`, `account.employees`, `consent.news`, a name of your own, or `-`"
_USUAL = {
    "e_mail": "email", "email_address": "email", "e_mail_address": "email",
    "full_name": "name", "phone_number": "phone", "telephone": "phone",
    "job_title": "title", "company_name": "company",
}  # fmt: skip
_ABROAD = {
    **dict.fromkeys(("mail", "email_adresse", "e_mail_adresse", "courriel", "correo"), "email"),
    **dict.fromkeys(("vorname", "nachname", "prénom", "nom", "nombre", "apellidos"), "name"),
    **dict.fromkeys(("firma", "unternehmen", "organisation", "entreprise", "empresa"), "company"),
    **dict.fromkeys(("telefon", "telefonnummer", "téléphone", "teléfono"), "phone"),
    **dict.fromkeys(("position", "funktion", "role", "rolle", "poste", "cargo"), "title"),
    **dict.fromkeys(("land", "pays", "país"), "country"),
    **dict.fromkeys(("website", "webseite", "site_web"), "domain"),
    **dict.fromkeys(("datum", "date", "created_at", "fecha"), "at"),
}
_ANSWERS = {
    **dict.fromkeys(("yes", "true", "1"), True),
    **dict.fromkeys(("no", "false", "0"), False),
}


class ColumnsError(FaultyError):
    """The columns of this file cannot be used as they are; every mistake is listed."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what stands above it, and the field of ours it fills."""

    heading: str
    target: str


def columns_of(
    header: Sequence[str], said: Mapping[str, str], known: Mapping[str, str]
) -> tuple[Column, ...]:
    """What the columns under these headings mean: as `said`, else as the source maps it, else as guessed.

    What has no name of ours becomes one of the person's fields. No time is guessed at: a spreadsheet's
    date may stand for anything, and a row whose time cannot be read is refused. Raises ColumnsError.
    """
    faults = [
        Fault(heading, "there is no such column", nearest(heading, header))
        for heading in said
        if heading not in header
    ]
    faults += [
        Fault(heading, f"{shown(target)} is no field", _MEND)
        for heading, target in said.items()
        if not _TARGET.fullmatch(target)
    ]
    faults += [
        Fault(heading, "this heading stands twice", "give each column its own")
        for at, heading in enumerate(header)
        if heading and heading in header[:at]
    ]
    guess = guessed(header, known, said)
    found = tuple(
        Column(each, _sure(each, known, said) or _but_no_time(each, guess[each])) for each in header
    )
    faults += _together_faults(found)
    if faults:
        raise ColumnsError(*faults)
    return found


def guessed(
    header: Sequence[str], known: Mapping[str, str], said: Mapping[str, str]
) -> dict[str, str]:
    """What each heading probably means, for somebody to look at: of two that mean the same one does.

    What is `said`, mapped by the source or called by our own name goes before what is only likely.
    """
    sure = {each: target for each in header if (target := _sure(each, known, said))}
    found: dict[str, str] = {}
    for heading in (*sure, *(each for each in header if each not in sure)):
        target = sure.get(heading) or meaning_of(heading) or f"fields.{named(heading)}"
        taken = target in found.values() and target not in ("name", LEFT_OUT)
        found[heading] = f"fields.{named(heading)}_{len(found)}" if taken else target
    return found


def _but_no_time(heading: str, target: str) -> str:
    return f"fields.{named(heading)}" if target == "at" else target


def named(heading: str) -> str:
    """A heading as the name of a field or topic of ours."""
    plain = re.sub(r"[^\w-]+", "_", heading.strip()).strip("_-")
    return plain[:60] if re.match(r"[^\W\d]", plain) else f"field_{plain[:50]}".rstrip("_")


def meaning_of(heading: str) -> str | None:
    """Our name for what spreadsheets of some languages, and forms, call so."""
    plain = re.sub(r"\W+", "_", heading.strip().lower()).strip("_")
    ours = _ABROAD.get(plain) or usual(heading)
    ours = {"first_name": "name", "last_name": "name", "work_email": "email"}.get(ours or "", ours)
    return {"work_phone": "phone"}.get(ours or "", ours)


def _together_faults(columns: Sequence[Column]) -> list[Fault]:
    targets = [each.target for each in columns]
    if not {"email", "phone"} & set(targets):
        mend = "say which with --map 'COLUMN=email'"
        return [Fault("", "no column holds an e-mail address or a phone number", mend)]
    return [
        Fault(
            each.heading, f"`{each.target}` is filled by another column already", "map one of them"
        )
        for at, each in enumerate(columns)
        if each.target in targets[:at] and each.target not in ("name", LEFT_OUT)
    ]


def _sure(heading: str, known: Mapping[str, str], said: Mapping[str, str]) -> str | None:
    """What a heading means for certain: as said, as the source maps it, or by our own name."""
    name = re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")
    name = _USUAL.get(name, name)
    group = heading.partition(".")[0]
    own = heading != LEFT_OUT and group in (*GROUPS, "consent") and _TARGET.fullmatch(heading)
    ours = name if name in OWN else heading if own else None
    # Spreadsheets end their lines with separators of columns that are empty.
    return said.get(heading) or known.get(heading) or ours or (None if heading else LEFT_OUT)


def item_of(columns: Sequence[Column], cells: Sequence[str]) -> dict[str, Any]:
    """The item a row stands for; empty cells say nothing. Raises ColumnsError, naming columns."""
    if len(cells) > len(columns):
        reason = f"{len(cells)} cells stand under {len(columns)} headings"
        raise ColumnsError(Fault("", reason, "look for a separator or a quote in a text"))
    item: dict[str, Any] = {}
    faults: list[Fault] = []
    for column, cell in zip(columns, cells, strict=False):
        if cell and column.target != LEFT_OUT:
            faults += _filled(item, column, cell)
    if faults:
        raise ColumnsError(*faults)
    return item


def _filled(item: dict[str, Any], column: Column, cell: str) -> list[Fault]:
    """Put a cell where it belongs; what is wrong with it, if anything."""
    group, dot, name = column.target.partition(".")
    if not storable(cell):
        return [
            Fault(column.heading, "this holds a character that no text here has", "take it out")
        ]
    if column.target == "at" and not is_instant(cell):
        mend = "write it like 2026-03-03 or 2026-03-03T10:00:00Z"
        return [Fault(column.heading, f"{shown(cell)} is no time", mend)]
    if dot and group == "consent":
        answer = _ANSWERS.get(cell.strip().lower())
        if answer is None:
            return [Fault(column.heading, f"{shown(cell)} is neither yes nor no", "`yes` or `no`")]
        item.setdefault("consent", []).append({"topic": name, "given": answer})
    elif dot:
        item.setdefault(group, {})[name] = cell
    elif column.target == "name" and "name" in item:
        item["name"] = f"{item['name']} {cell}"
    elif column.target in OWN:
        item[column.target] = cell
    else:
        item.setdefault("fields", {})[column.target] = cell
    return []
