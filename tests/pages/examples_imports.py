"""Example views for the pages of imports."""

from app.pages import import_views
from app.pages.import_view import FIELDS, UNREAD
from app.pages.views import Tone
from tests.pages import examples as ex

OWN = [*FIELDS, ("fields.size", "The person's own field size"), ("-", "Leave it out")]
LINES = [
    import_views.Line(url="/gallery/import-done", name="fair-2026.csv", source="fair", state="in the record", tone=Tone.GOOD, at=ex.ago(hours=2), summary="12,400 rows, 31 refused"),
    import_views.Line(url="/gallery/import-columns", name="a" * 200 + ".csv", source="a" * 60, state="stopped", tone=Tone.BAD, at=ex.ago(days=2), summary="nothing yet"),
]  # fmt: skip
LIST = import_views.Imports(lines=LINES, sources=["fair", "a" * 60], refused="leads.xlsx is packed, or a workbook: unpack it, or save it as CSV")  # fmt: skip
EMPTY = import_views.Imports(lines=[], sources=[])
COUNTS = [("Rows", 12400), ("People we did not know", 11200), ("Leads", 12300), ("Past acts", 0), ("Came before", 69), ("Refused", 31)]  # fmt: skip
COLUMNS = [
    import_views.Column(heading="E-Mail", examples=["ana@nord.example", "bo@nord.example"], target="email", options=OWN),
    import_views.Column(heading=ex.LONG, examples=[ex.LONG[:60], "محمد علي"], target="name", options=OWN),
    import_views.Column(heading="", examples=[], target="-", options=OWN),
]  # fmt: skip


LOOKS = [
    import_views.Look("cp1250", "Central European", "a@x.example,Łukasz Żółć"),
    import_views.Look("cp1252", "Western European", "a@x.example,£ukasz ¯ó³æ"),
    import_views.Look("cp1256", "Arabic", f"a@x.example,{ex.LONG}{'x' * 200}"),
]


def one(**changes: object) -> import_views.Import:
    full: dict[str, object] = {
        "url": "/gallery/import",
        "name": "fair-2026.csv",
        "source": "fair",
        "refusals": False,
        "state": "tried",
        "tone": Tone.SOON,
        "line": "This is what would happen. Nothing has happened yet.",
        "at": ex.ago(minutes=4),
        "step": "columns",
        "size": "1.4 MB",
        "read_as": "utf-8, separated by semicolons",
        "columns": COLUMNS,
        "counts": COUNTS,
        "refused": 31,
    }
    return import_views.Import(**{**full, **changes})  # type: ignore[arg-type]


IMPORTS = {
    "imports": ("marketing/imports.html", {"imports": LIST}),
    "imports-empty": ("marketing/imports.html", {"imports": EMPTY}),
    "import-encoding": ("marketing/import.html", {"import_": one(state="not begun", tone=Tone.SOON, line=UNREAD, step="encoding", columns=(), counts=(), read_as="", looks=LOOKS)}),
    "import-columns": ("marketing/import.html", {"import_": one(wrong=["no column holds an e-mail address or a phone number"])}),
    "import-running": ("marketing/import.html", {"import_": one(state="coming in", line="Rows are coming in. You may close this page.", step="nothing", far=40, at_work=True)}),
    "import-done": ("marketing/import.html", {"import_": one(state="in the record", tone=Tone.GOOD, line="All rows are in.", step="undo", goes=11200, changed=1100)}),
}  # fmt: skip
