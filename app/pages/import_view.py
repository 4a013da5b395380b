"""What is read about imports, and said of them in words."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.importing import kept, undoing
from app.importing.columns import LEFT_OUT, guessed, named
from app.importing.rows import Holds, ImportRow, State
from app.importing.run import COMMAND
from app.pages.import_views import Column, Import, Line, Look
from app.pages.views import Tone
from prospects.faults import shown

LATEST = 100
EXAMPLES = 3
"""Cells of a column that are shown."""
STATES: Mapping[State, tuple[str, Tone, str]] = {
    State.UPLOADING: ("being sent", Tone.SOON, "The file has not arrived whole. Send it once more."),
    State.READY: ("not begun", Tone.SOON, "Say what each column means, and see what would become of the rows."),
    State.TRYING: ("being tried", Tone.SOON, "Every row is tried, and nothing is kept."),
    State.TRIED: ("tried", Tone.SOON, "This is what would happen. Nothing has happened yet."),
    State.RUNNING: ("coming in", Tone.SOON, "Rows are coming in. You may close this page."),
    State.DONE: ("in the record", Tone.GOOD, "All rows are in."),
    State.FAILED: ("stopped", Tone.BAD, "It stopped here. What came in before is in the record."),
    State.UNDOING: ("being taken back", Tone.SOON, "Everything it brought is being taken back. You may close this page."),
    State.UNDONE: ("taken back", Tone.PLAIN, "It was taken back. Who came only by it is gone, others are as they were."),
    State.DISCARDED: ("let go", Tone.PLAIN, "Nobody brought it in for a month, so the file is gone."),
}  # fmt: skip
STOPPED = "A command is bringing it in. If it was stopped, run it again: it goes on where it was."
FIELDS = (
    ("email", "E-mail"), ("name", "Name, or a part of it"), ("phone", "Phone"), ("title", "Job title"),
    ("company", "Company"), ("domain", "The company's domain"), ("country", "Country"),
    ("zone", "Time zone"), ("language", "Language"), ("at", "When it happened"),
    ("form", "Which form was sent"), ("campaign", "Campaign"), ("external_id", "The row's own id"),
    ("activity", "Kind of a past act"), ("consent.*", "Yes or no to all mail"),
)  # fmt: skip
WORK = frozenset({State.TRYING, State.RUNNING, State.UNDOING})
UNREAD = "It is not written in UTF-8, so somebody has to say how its letters read."
LETTERS = {
    "cp1250": "Central European",
    "cp1251": "Cyrillic",
    "cp1252": "Western European",
    "cp1253": "Greek",
    "cp1254": "Turkish",
    "cp1255": "Hebrew",
    "cp1256": "Arabic",
    "cp932": "Japanese",
    "cp949": "Korean",
    "big5": "Traditional Chinese",
    "gb18030": "Simplified Chinese",
}
"""What spreadsheets call the encodings they write."""
BEFORE = frozenset({State.READY, State.TRYING, State.TRIED})


def lines(session: Session) -> list[Line]:
    """The latest imports, the newest first."""
    query = select(ImportRow).order_by(ImportRow.id.desc()).limit(LATEST)
    return [_line(row) for row in session.execute(query).scalars()]


def _line(row: ImportRow) -> Line:
    state, tone, _ = STATES[State(row.state)]
    refused = f", {row.refused:,} refused" if row.refused else ""
    return Line(
        url=f"/imports/{row.id}",
        name=row.name,
        source=row.source,
        state=state,
        tone=tone,
        at=row.made_at,
        summary=f"{row.rows:,} {'row' if row.rows == 1 else 'rows'}{refused}"
        if row.rows
        else "nothing yet",
    )


def shown_import(
    session: Session, row: ImportRow, known: Mapping[str, str], wrong: Sequence[str] = ()
) -> Import:
    """One import as its page shows it; `known` is the source's own `map`."""
    state, tone, line = STATES[State(row.state)]
    before = row.state in BEFORE
    goes, changed = undoing.who_goes(session, row.id) if not before else (0, 0)
    return Import(
        url=f"/imports/{row.id}",
        name=row.name,
        source=row.source,
        refusals=row.holds == Holds.REFUSALS,
        state=state,
        tone=tone,
        line=row.reason or _line_of(row, line),
        at=row.made_at,
        step=_step(row),
        size=_size(row.size),
        read_as=_read_as(row),
        looks=[Look(name, LETTERS.get(name, name), line) for name, line in row.looks],
        columns=_columns(session, row, known) if before and row.encoding else (),
        wrong=wrong,
        enrol=row.enrol,
        far=_far(row),
        counts=_counts(row),
        refused=row.refused,
        goes=goes,
        changed=changed,
        at_work=row.state in WORK,
    )


def _line_of(row: ImportRow, line: str) -> str:
    if _step(row) == "encoding":
        return UNREAD
    return STOPPED if _by_command(row) else line


def _by_command(row: ImportRow) -> bool:
    return row.by == COMMAND and row.state == State.RUNNING


def _step(row: ImportRow) -> str:
    """What there is to do: say the encoding, say the columns, wait, undo, or nothing."""
    if row.state in BEFORE:
        return "columns" if row.encoding else "encoding"
    may_undo = row.holds == Holds.LEADS and row.state in undoing.TAKEN_BACK
    return "undo" if may_undo else "nothing"


def _far(row: ImportRow) -> int | None:
    """Percent of the file; None where a command reads it, and where it is being taken back."""
    if row.by == COMMAND or row.state == State.UNDOING or not row.size:
        return None
    return min(100, round(100 * row.at_byte / row.size))


def _size(count: int) -> str:
    return f"{count / (1 << 20):,.1f} MB" if count >= 1 << 20 else f"{max(1, count >> 10):,} kB"


def _read_as(row: ImportRow) -> str:
    separators = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    return f"{row.encoding}, separated by {separators[row.separator]}" if row.encoding else ""


def _counts(row: ImportRow) -> list[tuple[str, int]]:
    if not row.rows:
        return []
    if row.holds == Holds.REFUSALS:
        told = [("Addresses never to be mailed", row.unwanted), ("Known before", row.came_before)]
    else:
        # A trial writes nothing down, so it knows nobody again who stands further below once more.
        tried = row.state in (State.TRYING, State.TRIED)
        told = [
            ("New people, at most" if tried else "People we did not know", row.people),
            ("Leads", row.leads),
            ("Past acts", row.activities),
            ("Came before", row.came_before),
        ]
    return [("Rows", row.rows), *told, ("Refused", row.refused)]


def _columns(session: Session, row: ImportRow, known: Mapping[str, str]) -> list[Column]:
    first = [cells for _, cells in kept.first_rows(session, row)]
    guess = guessed(row.header, known, row.said)
    return [
        Column(
            heading=heading,
            examples=[_cut(cells[n]) for cells in first if n < len(cells) and cells[n]][:EXAMPLES],
            target=guess[heading],
            options=_options(heading, guess[heading], refusals=row.holds == Holds.REFUSALS),
        )
        for n, heading in enumerate(row.header)
    ]


def _cut(cell: str) -> str:
    return cell if len(cell) <= 60 else f"{cell[:59]}…"


def _options(heading: str, target: str, *, refusals: bool) -> list[tuple[str, str]]:
    if refusals:
        return [("email", "E-mail"), (LEFT_OUT, "Leave it out")]
    name = named(heading)
    own = [
        (f"fields.{name}", f"The person's own field {name}"),
        (f"account.{name}", f"The company's field {name}"),
        (f"consent.{name}", f"Yes or no to {name}"),
        (f"body.{name}", f"{name}, of a past act"),
        (LEFT_OUT, "Leave it out"),
    ]
    found = [*FIELDS, *own]
    # What the source's map says, or the heading itself, may be none of these.
    return found if target in dict(found) else [(target, shown(target).strip("`")), *found]
